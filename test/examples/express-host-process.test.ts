import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { describe, expect, it } from 'vitest';
import { createHostTables, nodePostgres } from 'wrk-builds/postgres';
import { createFakeWrk, startFakeWrkServer } from 'wrk-builds/testing';
import { insertProject } from '../../examples/demo/host-rows.js';
import { createDatabase, describeWithPostgres } from '../support/database.js';
import { startMailService } from './support/mail-service.js';
import { startExample } from './support/start-example.js';

const MAIN = 'examples/express-host/main.ts';
const SCHEMAS = { schema: 'wrk_builds', host: { schema: 'public' } };
const tenantId = randomUUID();
const ops = {
  token: `token-${randomUUID()}`,
  userId: randomUUID(),
  tenantId,
  email: 'ops@host.example',
  roles: ['ops_build', 'client'],
};
const blueprintText =
  '{ "nodes": [{ "id": "a" }, { "id": "b" }], "edges": [{ "source": "a", "target": "b" }] }';

describeWithPostgres('the Express host as a process', () => {
  it('builds what is requested, and ends cleanly on SIGTERM', async () => {
    const { url, drop } = await createDatabase();
    const folder = await mkdtemp(join(tmpdir(), 'wrk-builds-host-'));
    const people = join(folder, 'people.json');
    await writeFile(people, JSON.stringify([ops]));
    const pool = new pg.Pool({ connectionString: url });
    const wrk = createFakeWrk({ token: 'wrk-secret' });
    const wrkServer = await startFakeWrkServer(wrk);
    const mail = await startMailService();
    try {
      const database = nodePostgres(pool);
      await createHostTables(database);
      const inserted = await insertProject(database, SCHEMAS, tenantId, { name: 'Invoices', blueprintText });
      const { projectId } = inserted._unsafeUnwrap();

      const host = startExample(MAIN, [], {
        DATABASE_URL: url,
        WRK_URL: wrkServer.url,
        WRK_TOKEN: 'wrk-secret',
        MAIL_URL: mail.url,
        PEOPLE_FILE: people,
        PORT: '0',
      });
      const port = /"port":(\d+)/.exec(await host.printed('"listening"'))?.[1];
      const response = await fetch(`http://127.0.0.1:${port}/v1/admin/projects/${projectId}/request-build`, {
        method: 'POST',
        headers: { authorization: `Bearer ${ops.token}`, 'x-request-id': 'click-7' },
      });
      expect(response.status).toBe(202);
      await host.printed('"template":"qa_ready"');
      await host.printed('"template":"build_complete"');

      host.process.kill('SIGTERM');
      const { exitCode, output, complaints } = await host.finished;
      expect({ exitCode, complaints }).toEqual({ exitCode: 0, complaints: '' });
      expect(output).toContain('"message":"stopped"');
      expect(output).not.toMatch(/wrk-secret|token-/);
      const lines = output
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line));
      const completed = lines.find(({ message }) => message === 'build_completed');
      expect(completed).toMatchObject({ level: 'info', request_id: 'click-7', tenant_id: tenantId });

      const { rows } = await pool.query('select status from projects');
      expect(rows).toEqual([{ status: 'QA & Testing' }]);
      expect([...mail.templates]).toEqual(expect.arrayContaining(['build_complete', 'qa_ready']));
      expect(wrk.workflows()).toHaveLength(1);
    } finally {
      mail.server.close();
      await wrkServer.close();
      await pool.end();
      await drop();
      await rm(folder, { recursive: true });
    }
  }, 180_000);
});

describe('the Express host without its settings', () => {
  it('lists them all, and does not start', async () => {
    const refused = await startExample(MAIN, [], {
      PEOPLE_FILE: '/nowhere/people.json',
      WRK_TOKEN: 'wrk-secret',
    }).finished;
    expect(refused).toMatchObject({ exitCode: 1, output: '' });
    for (const name of ['DATABASE_URL', 'WRK_URL', 'MAIL_URL', 'PEOPLE_FILE']) {
      expect(refused.complaints).toContain(`at ${name}`);
    }
    expect(refused.complaints).not.toContain('wrk-secret');
  });
});
