import { exceptionTests } from './flow-21/exceptions.js';
import { notificationTests } from './flow-21/notifications.js';
import { requestTests } from './flow-21/request.js';
import { describeInEachStore } from './support/in-each-store.js';

describeInEachStore('Flow 21, Request Build,', (open, family) => {
  requestTests(open);
  notificationTests(open);
  exceptionTests(open, family);
});
