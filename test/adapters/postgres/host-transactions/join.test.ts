import { describeWithPostgres } from '../../../support/database.js';
import { checklistSuite } from './checklist-suite.js';
import { LIBRARIES_BESIDE, LIBRARIES_ON_A_SERVER } from './host-libraries.js';
import { joinSuite } from './join-suite.js';

describeWithPostgres('on real Postgres', () => {
  for (const library of [...LIBRARIES_ON_A_SERVER, ...LIBRARIES_BESIDE]) {
    joinSuite(library);
    checklistSuite(library);
  }
});
