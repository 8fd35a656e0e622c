/** A process of workers and nothing else, to be killed: it has no handler for any signal. */
import pg from 'pg';
import { nodePostgres, postgres } from '../../../src/adapters/postgres/index.js';
import { type WrkHttpOptions, wrkHttp } from '../../../src/adapters/wrk-http/index.js';
import type { WrkLookup } from '../../../src/core/orchestration/wrk-answer.js';
import { createBuilds } from '../../../src/create-builds.js';
import { readSettings } from './settings.js';

const settings = readSettings(process.env);

const duplicates = (): WrkHttpOptions['duplicates'] => {
  if (settings.duplicates.by !== 'lookup') return settings.duplicates;
  return {
    by: 'lookup',
    settleMs: settings.duplicates.settleMs,
    find: async ({ tenantId, reference, signal }) => {
      const url = `${settings.lookupUrl}?${new URLSearchParams({ tenantId, reference })}`;
      const response = await fetch(url, { signal });
      return (await response.json()) as WrkLookup;
    },
  };
};

// Whoever started it may be killed too: then this pipe ends, and nothing is left behind.
process.stdin.resume().once('end', () => process.exit(1));

const pool = new pg.Pool({ connectionString: settings.databaseUrl, max: 5 });
const nobody = { deliver: async () => ({ status: 'delivered' as const }) };
createBuilds({
  ...postgres(nodePostgres(pool)),
  wrk: wrkHttp({ baseUrl: settings.wrkUrl, duplicates: duplicates() }),
  notifiers: { email: nobody, inApp: nobody },
  resolveRecipients: async () => [],
}).startWorkers(settings.workers);
