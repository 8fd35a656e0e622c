import { describe } from 'vitest';
import { memoryStorage } from '../../src/adapters/memory/index.js';
import { openPostgres } from '../contracts/support/postgres-under-test.js';
import { describeWithPostgres } from '../support/database.js';
import { watchSuite } from './support/watch-suite.js';

describe('watching builds, in memory', () =>
  watchSuite(async () => ({ ...memoryStorage(), passTime: async () => {}, close: async () => {} })));

describeWithPostgres('watching builds, on Postgres', () => watchSuite(() => openPostgres()));
