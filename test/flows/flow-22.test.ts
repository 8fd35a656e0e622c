import { exceptionTests } from './flow-22/exceptions.js';
import { notificationTests } from './flow-22/notifications.js';
import { orchestrationTests } from './flow-22/orchestration.js';
import { describeInEachStore } from './support/in-each-store.js';

describeInEachStore('Flow 22, Build Orchestration,', (open) => {
  orchestrationTests(open);
  notificationTests(open);
  exceptionTests(open);
});
