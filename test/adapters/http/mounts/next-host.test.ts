import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import pg from 'pg';
import { afterAll, beforeAll, vi } from 'vitest';
import { migrate, nodePostgres } from 'wrk-builds/postgres';
import { buildableProject } from 'wrk-builds/testing';
import { cookieOf } from '../../../../examples/next-host/lib/session.js';
import { AGENCY_HOST } from '../../../contracts/support/host-shapes.js';
import { createDatabase, describeWithPostgres } from '../../../support/database.js';
import { opsOf } from '../support/http-caller.js';
import { itServesBuilds } from './support/describe-builds.js';
import { describeMount } from './support/describe-mount.js';
import { buildNextHost, type NextHost } from './support/next-host.js';

let host: NextHost;

beforeAll(async () => {
  const route = await readFile('examples/next-host/app/api/[...path]/route.ts', 'utf8');
  const handler = await readFile('test/support/echo-handler.ts', 'utf8');
  const echoRoute = (basePath: string, lib: string) =>
    route.replace("'../../../lib/builds'", `'${lib}/echo'`).replace("'/api'", `'${basePath}'`);
  host = await buildNextHost({
    'lib/echo.ts': `${handler}\nexport const openApi = createEchoHandler;\n`,
    'app/echo/[...path]/route.ts': echoRoute('/echo', '../../../lib'),
    'app/[...path]/route.ts': echoRoute('', '../../lib'),
  });
}, 300_000);

afterAll(() => host?.remove());

const next = {
  name: 'Next.js 14',
  start: () => host.start(),
  streamsBodies: true,
  // The route at the root takes all that is left.
  hasOtherRoutes: false,
};

describeMount(next, '/echo');
describeMount(next, '');

describeWithPostgres('the builds on Next.js 14', () => {
  itServesBuilds(async () => {
    const database = await createDatabase();
    const pool = new pg.Pool({ connectionString: database.url });
    await AGENCY_HOST.createTables(nodePostgres(pool));
    await migrate(nodePostgres(pool), AGENCY_HOST.options);
    const origin = 'https://app.example';
    const secret = randomUUID();
    const running = await host.start({
      DATABASE_URL: database.url,
      APP_ORIGIN: origin,
      SESSION_SECRET: secret,
      WRK_URL: 'http://127.0.0.1:1',
      WRK_TOKEN: randomUUID(),
      WRK_APP_HOST: 'app.wrk.example',
      MAIL_URL: 'smtp://127.0.0.1:1',
      MAIL_FROM: 'builds@vendor.example',
    });
    vi.stubEnv('SESSION_SECRET', secret);
    const { userId, roles, tenantId } = opsOf(buildableProject().tenantId);
    const cookie = cookieOf({ userId, roles, tenantId, expiresAt: Date.now() + 3_600_000 });
    vi.unstubAllEnvs();
    await pool.query('insert into agency.accounts (id, email) values ($1, $2)', [
      userId,
      'ops@vendor.example',
    ]);
    const { insert } = AGENCY_HOST.host(
      async (text, values = []) => (await pool.query(text, [...values])).rows,
    );
    return {
      url: `${running.url}/api`,
      signedIn: { cookie, origin },
      insert,
      stop: async () => {
        await running.stop();
        await pool.end();
        await database.drop();
      },
    };
  });
});
