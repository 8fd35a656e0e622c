import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDatabase, describeWithPostgres } from '../support/database.js';
import { isFull } from '../support/size.js';
import { until } from '../support/until.js';
import { type Started, startExample, startScript } from './support/start-example.js';

const LAST_LINE = '/v1/openapi.json\n';

/** Runs one printed line as it stands, in a shell of its own. */
const run = async (line: string): Promise<string> => {
  const { stdout } = await promisify(execFile)('bash', ['-c', line], { maxBuffer: 16 * 1024 * 1024 });
  return stdout;
};
const linesIn = (printed: string) => printed.split('\n').filter((line) => /^(curl|sleep) /.test(line));
const only = (lines: readonly string[], part: RegExp): string => {
  const [line, another] = lines.filter((each) => part.test(each));
  if (line === undefined || another !== undefined) throw new Error(`Not one line that has ${part}.`);
  return line;
};

describeWithPostgres('npm start', () => {
  let host: Started;
  let lines: readonly string[];
  /** What each line answered, in their order. */
  const answers = new Map<string, string>();
  const answerTo = (part: RegExp) => JSON.parse(answers.get(only(lines, part)) ?? '');

  beforeAll(async () => {
    host = startScript('start', { PORT: '0' });
    lines = linesIn(await host.printed(LAST_LINE));
    for (const line of lines) answers.set(line, await run(line));
  }, 180_000);
  afterAll(() => {
    host.process.kill();
  });

  it('prints a line for each thing to try', () => {
    expect(lines).toHaveLength(12);
    expect([...answers.values()].filter((answer) => answer === '')).toHaveLength(1);
  });

  it('shows a build from the request to QA & Testing, in the list and alone', async () => {
    expect(answerTo(/\/login$/)).toMatchObject({ name: 'Olga', roles: ['ops_build'] });
    const { automation_version_id: id, refusal } = answerTo(/--etag-save/);
    expect(refusal).toBeNull();
    expect(answerTo(/-X PATCH/)).toMatchObject({ status: 'Build in Progress', automation_version_id: id });

    const list = only(lines, /builds\?limit=10/);
    const show = only(lines, /\/build$/);
    type Build = { readonly automation_version_id: string };
    const listed = async () =>
      JSON.parse(await run(list)).builds.find((build: Build) => build.automation_version_id === id);
    await until(async () => (await listed())?.automation_version_status === 'QA & Testing');
    const built = { automation_version_id: id, automation_version_status: 'QA & Testing', status: 'active' };
    expect(await listed()).toMatchObject(built);
    expect(JSON.parse(await run(show))).toMatchObject({
      ...built,
      project_name: 'Invoice approval',
      workflow_url: expect.stringMatching(/^https:/),
      explanation: { state: 'active' },
    });
  });

  it('shows the way in for ops, a refusal, a failed build and its retry, which succeeds', async () => {
    const [accepted, refused] = lines.filter((line) => line.endsWith('/request-build'));
    expect(JSON.parse(answers.get(accepted ?? '') ?? '')).toMatchObject({
      status: 'Build in Progress',
      run: 1,
    });
    expect(JSON.parse(answers.get(refused ?? '') ?? '')).toMatchObject({ error_code: 'quote_not_signed' });

    const [failed] = answerTo(/status=error/).builds;
    expect(failed).toMatchObject({ project_name: 'Lead routing', error_reason: 'blueprint_rejected' });
    expect(failed.error_details).toMatchObject({ findings_in_all: 1 });
    expect(answerTo(/\/retry$/)).toMatchObject({ binding_id: failed.binding_id, status: 'pending', run: 2 });
    const list = only(lines, /builds\?limit=10/);
    type Build = { readonly status: string };
    await until(async () =>
      JSON.parse(await run(list)).builds.every(({ status }: Build) => status === 'active'),
    );
  });

  it('shows its metrics and its API', () => {
    expect(answers.get(only(lines, /\/metrics$/))).toMatch(
      /^wrk_calls_total\{result="success",answer="created"\} \d/m,
    );
    const { paths } = answerTo(/openapi\.json/);
    expect(Object.keys(paths)).toContain('/v1/automation-versions/{id}/status');
  });

  it('ends on SIGTERM in good order, having logged JSON and no secret, and leaves nothing behind', async () => {
    host.process.kill('SIGTERM');
    const { exitCode, complaints } = await host.finished;
    expect(exitCode).toBe(0);
    const logged = complaints.split('\n').filter((line) => line.startsWith('{'));
    const messages = logged.map((line) => JSON.parse(line).message);
    expect(messages.slice(messages.indexOf('stopping'))).toEqual(['stopping', 'stopped']);
    expect(messages).not.toContain('stop_failed');
    const password = /"password":"([^"]+)"/.exec(lines[0] ?? '')?.[1];
    expect(password?.length).toBeGreaterThan(8);
    expect(complaints).not.toContain(password);
    const cookies = /-c (\S+)/.exec(lines[0] ?? '')?.[1];
    expect(existsSync(cookies ?? '/')).toBe(false);
  }, 180_000);
});

if (isFull)
  describeWithPostgres('npm start without workers', () => {
    it('leaves builds to npm run worker, by the line that it prints', async () => {
      const host = startScript('start', { PORT: '0', WORKERS: 'none' });
      let worker: Started | null = null;
      try {
        const printed = await host.printed(LAST_LINE);
        const lines = linesIn(printed);
        await run(only(lines, /\/login$/));
        await run(only(lines, /--etag-save/));
        const { automation_version_id: id } = JSON.parse(await run(only(lines, /-X PATCH/)));
        const show = only(lines, /\/build$/);
        expect(JSON.parse(await run(show))).toMatchObject({
          automation_version_id: id,
          status: 'pending',
          calls: [],
        });

        const line = /^(DATABASE_URL=\S+) (WRK_URL=\S+) (WRK_TOKEN=\S+) npm run worker$/m.exec(printed);
        const settings = (line?.slice(1) ?? []).map((setting) => setting.split(/=(.*)/s).slice(0, 2));
        worker = startScript('worker', Object.fromEntries(settings));
        const { url } = JSON.parse(
          /^\{.*"working".*$/m.exec(await worker.logged('"working"}\n'))?.[0] ?? '{}',
        );
        await until(async () => JSON.parse(await run(show)).automation_version_status === 'QA & Testing');

        const figures = await (await fetch(`${url}/metrics`)).text();
        expect(figures).toMatch(/^worker_job_count\{queue="build-requests",status="completed"\} 1$/m);
        expect(await (await fetch(`${url}/readyz`)).json()).toEqual({ status: 'ready', findings: [] });
        const ofHost = await run(only(lines, /\/metrics$/));
        expect(ofHost).not.toMatch(/^worker_job_count\{/m);

        worker.process.kill('SIGTERM');
        expect(await worker.finished).toMatchObject({ exitCode: 0 });
      } finally {
        worker?.process.kill();
        host.process.kill();
        await host.finished;
      }
    }, 180_000);
  });

if (isFull)
  describeWithPostgres('the Express host with DATABASE_URL', () => {
    it('puts nobody into that database unless it is told to, and shows none of its secrets', async () => {
      const { url, drop } = await createDatabase();
      const client = new pg.Client({ connectionString: url });
      await client.connect();
      const settings = {
        DATABASE_URL: url,
        WRK_URL: 'http://127.0.0.1:9',
        WRK_TOKEN: 'wrk-secret',
        PORT: '0',
      };
      const people = async () => (await client.query('select email from host.people')).rows.length;
      const start = (more: Readonly<Record<string, string>>) =>
        startExample('examples/express-host/main.ts', [], { ...settings, ...more });
      try {
        const plain = start({ WORKERS: 'none' });
        const printed = await plain.printed('SEED=yes npm start');
        expect(printed).toContain(
          'DATABASE_URL="$DATABASE_URL" WRK_URL="$WRK_URL" WRK_TOKEN="$WRK_TOKEN" npm run worker',
        );
        expect(await people()).toBe(0);
        plain.process.kill('SIGINT');
        const { exitCode, output, complaints } = await plain.finished;
        expect(exitCode).toBe(0);
        expect(output + complaints).not.toContain(url);
        expect(output + complaints).not.toContain('wrk-secret');

        const seeded = start({ WORKERS: 'none', SEED: 'yes' });
        await seeded.printed(LAST_LINE);
        expect(await people()).toBe(4);
        const { port } = new URL(
          linesIn(await seeded.printed(LAST_LINE))
            .at(-1)
            ?.split(' ')
            .at(-1) ?? '',
        );
        const second = await start({ PORT: port }).finished;
        expect(second.exitCode).toBe(1);
        expect(second.output).toBe('');
        expect(second.complaints).toContain('The port is taken: set PORT to another one');
        seeded.process.kill('SIGTERM');
        expect(await seeded.finished).toMatchObject({ exitCode: 0 });
      } finally {
        await client.end();
        await drop();
      }
    }, 180_000);
  });

describe('the settings of the Express host', () => {
  const refusalOf = (main: string, environment: Readonly<Record<string, string>>) =>
    startExample(`examples/express-host/${main}.ts`, [], environment).finished;

  it('are all listed that will not do, without their values', async () => {
    const refused = await refusalOf('main', {
      DATABASE_URL: 'no-url-but-s3cret',
      WRK_TOKEN: 'wrk-secret',
      PORT: '70000',
      WORKERS: 'some',
      SESSION_SECRET: 'short',
    });
    expect(refused).toMatchObject({ exitCode: 1, output: '' });
    for (const name of ['DATABASE_URL', 'PORT', 'WORKERS', 'SESSION_SECRET'])
      expect(refused.complaints).toContain(`at ${name}`);
    expect(refused.complaints).not.toMatch(/s3cret|wrk-secret/);
  });

  if (isFull) {
    it('name WRK_URL and WRK_TOKEN together or not at all', async () => {
      const { exitCode, complaints } = await refusalOf('main', { WRK_TOKEN: 'wrk-secret' });
      expect(exitCode).toBe(1);
      expect(complaints).toContain('Set WRK_URL and WRK_TOKEN, or neither of them.');
    });
  }

  if (isFull) {
    it('name a database and a WRK for a worker', async () => {
      const { exitCode, complaints } = await refusalOf('worker', { DATABASE_URL: '' });
      expect(exitCode).toBe(1);
      expect(complaints).toContain('at DATABASE_URL');
      expect(complaints).toContain('at WRK_URL');
      expect(complaints).toContain('`WORKERS=none npm start` prints it');
    });
  }
});
