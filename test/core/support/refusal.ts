import type { Refusal } from '../../../src/core/build/decision.js';
import { deepFreeze } from './deep-freeze.js';

/** What a host's database says that refuses a write by a foreign key of its audit log. */
export const REFUSAL: Refusal = deepFreeze({
  kind: 'refused',
  isOfText: false,
  sqlState: '23503',
  table: 'audit_logs',
  constraint: 'audit_logs_tenant',
  column: null,
  hostFunction: null,
  message: 'A constraint refused a row.',
});
