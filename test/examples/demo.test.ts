import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { readBlueprintFile } from '../../examples/demo/blueprint-file.js';
import { readOptions } from '../../examples/demo/options.js';
import { createDatabase, describeWithPostgres } from '../support/database.js';
import { isFull } from '../support/size.js';
import { type Finished, startExample } from './support/start-example.js';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wrk-builds-demo-'));
});

afterAll(() => rm(folder, { recursive: true }));

const demo = (args: readonly string[], environment?: Readonly<Record<string, string>>): Promise<Finished> =>
  startExample('examples/demo/main.ts', args, environment).finished;

const demoOf = async (text: string, environment?: Readonly<Record<string, string>>) => {
  const file = join(folder, 'own.json');
  await writeFile(file, text);
  return demo(['--blueprint', file], environment);
};

const linesOf = ({ output }: Finished) => output.split('\n');

/** Runs one on a database of the server, which is there much sooner than an embedded one. */
const onServer = async (run: (environment: { DATABASE_URL: string }) => Promise<Finished>) => {
  const { url, drop } = await createDatabase();
  try {
    return await run({ DATABASE_URL: url });
  } finally {
    await drop();
  }
};

(isFull ? describe : describeWithPostgres)('npm run demo', () => {
  let tour: Finished;
  let scenes: readonly string[];

  beforeAll(async () => {
    tour = isFull ? await demo([]) : await onServer((environment) => demo([], environment));
    scenes = tour.output.split(/^(?=\d\. A build)/m).slice(1);
  }, 180_000);

  it('ends well, without a word of warning', () => {
    expect(tour).toMatchObject({ exitCode: 0, complaints: '' });
    expect(scenes).toHaveLength(3);
  });

  it('fits a terminal of 80 columns, and has no colours in a pipe', () => {
    expect(linesOf(tour).filter((line) => line.length > 80)).toEqual([]);
    expect(tour.output).not.toContain('\u001b');
  });

  it('brings a build from the request to QA & Testing, and tells everybody of it', () => {
    const [works] = scenes;
    expect(works).toContain('request accepted: version and project are “Build in Progress”');
    expect(works).toMatch(/checklist ░{20} {3}0 % {3}0 of 12 tasks/);
    expect(works).toMatch(/e-mail {2}build_started +to Clara, client/);
    expect(works).toMatch(/e-mail {2}build_assigned +to Sven, solutions engineer/);
    expect(works).toMatch(/in-app {2}build_started +to Petra, project owner/);
    expect(works).toMatch(/Slack {3}build_started +to #builds, ops channel/);
    expect(works).toMatch(/e-mail {2}build_complete +to Clara, client/);
    expect(works).toMatch(/e-mail {2}qa_ready +to Omar, ops team/);
    expect(works).toMatch(/in-app {2}build_complete +to Petra, project owner/);
    expect(works).toMatch(/version +QA & Testing\n +project +QA & Testing/);
    expect(works).toMatch(/checklist +█{11}░{9} {2}58 % {3}7 of 12 tasks/);
    expect(works).toMatch(/workflow +https:\/\/\S+/);
    expect(works).toMatch(/request_build +by Omar, ops team\n +build_complete +by the worker/);
  });

  it('shows what WRK finds wrong with a blueprint, and what ops do about it', () => {
    const [, rejected] = scenes;
    expect(rejected).toContain('WRK answered 422 and rejected the blueprint');
    expect(rejected).toMatch(/binding +error: blueprint_rejected/);
    expect(rejected).toMatch(/version +Build in Progress/);
    expect(rejected).toMatch(/e-mail {2}build_failed +to Omar, ops team/);
    expect(rejected).toContain('1 POST under 1 key, 0 workflows made');
    expect(rejected).toContain('nodes[1]: Clearbit is retired, use HubSpot Breeze.');
    expect(rejected).toContain('nodes[6].parameters.event: There is no such event.');
    expect(rejected).toMatch(/next, ops +1\. fix the findings/);
  });

  it('waits between the calls of a shaky WRK, and has one workflow in the end', () => {
    const [, , shaky] = scenes;
    expect(shaky).toContain('WRK answered 503');
    expect(shaky?.match(/the build waits \d\.\d s in the queue/g)).toHaveLength(2);
    expect(shaky).toContain('run 1, call 3');
    expect(shaky).toMatch(/binding +active/);
    expect(shaky).toContain('3 POSTs under 1 key, 1 workflow made');
  });
});

describeWithPostgres('npm run demo -- --blueprint', () => {
  if (isFull) {
    it('builds a blueprint that is written as steps', async () => {
      const built = await onServer((environment) =>
        demo(['--blueprint', 'examples/blueprints/onboarding-steps.json'], environment),
      );
      expect(built).toMatchObject({ exitCode: 0, complaints: '' });
      expect(built.output).toContain('read as steps');
      expect(built.output).toMatch(/version +QA & Testing/);
    }, 180_000);
  }

  it('gives every finding of an incomplete blueprint with its path, and exit code 1', async () => {
    const incomplete = '{ "nodes": [{ "id": "a" }, {}], "edges": [{ "source": "a", "target": "b" }] }';
    const refused = await onServer((environment) => demoOf(incomplete, environment));
    expect(refused.exitCode).toBe(1);
    expect(refused.output).toContain('request refused: blueprint_incomplete');
    expect(refused.output).toContain('nodes[1].id: Add an id');
    expect(refused.output).toContain('edges[0].target: Set this to the id of a node');
    expect(refused.output).not.toContain('a worker takes the build');
  }, 180_000);
});

describe('the file of npm run demo -- --blueprint', () => {
  it('is refused if it is not there with exit code 1, and says why', async () => {
    const refused = await demo(['--blueprint', join(folder, 'none.json')]);
    expect(refused).toMatchObject({ exitCode: 1, output: '' });
    expect(refused.complaints).toContain('none.json cannot be read: there is no such file.');
  });

  it.each([
    ['is not JSON', '{ "nodes": [', 'own.json is not JSON: '],
    ['is not text', Buffer.from([0xff, 0xfe, 0x00]), 'own.json is not UTF-8 text'],
  ])('is refused if it %s', async (_, content, message) => {
    await writeFile(join(folder, 'own.json'), content);
    const read = await readBlueprintFile(join(folder, 'own.json'));
    expect(read._unsafeUnwrapErr()).toContain(message);
  });

  if (isFull) {
    it('is refused if it is a folder', async () => {
      expect((await readBlueprintFile(folder))._unsafeUnwrapErr()).toContain('it is a folder');
    });
  }

  if (isFull) {
    it('is found from where npm was called, and its text is taken as it is', async () => {
      vi.stubEnv('INIT_CWD', folder);
      await writeFile(join(folder, 'near.json'), '\ufeff{ "steps": [12345678901234567890] }');
      const read = await readBlueprintFile('near.json');
      expect(read._unsafeUnwrap()).toMatchObject({
        name: 'near.json',
        shape: 'steps',
        text: '{ "steps": [12345678901234567890] }',
      });
      vi.unstubAllEnvs();
    });
  }
});

describeWithPostgres('npm run demo with DATABASE_URL', () => {
  const blueprint = `{
    "id": 12345678901234567890,
    "nodes": [{ "id": "a", "limit": -98765432109876543210 }, { "id": "b" }],
    "edges": [{ "source": "a", "target": "b" }]
  }`;

  if (isFull) {
    it('sends numbers to WRK digit by digit, and leaves nothing behind in the database', async () => {
      const { url, drop } = await createDatabase();
      const client = new pg.Client({ connectionString: url });
      await client.connect();
      try {
        await client.query('create table projects (id int); insert into projects values (7)');
        const built = await demoOf(blueprint, { DATABASE_URL: url });
        expect(built).toMatchObject({ exitCode: 0, complaints: '' });
        expect(built.output).toContain('12345678901234567890 arrived at WRK unchanged');
        expect(built.output).toContain('-98765432109876543210 arrived at WRK unchanged');

        const left = await client.query(
          `select nspname from pg_namespace where nspname !~ '^pg_' and nspname not in ('public', 'information_schema')`,
        );
        expect(left.rows).toEqual([]);
        const mine = await client.query(
          `select table_name from information_schema.tables where table_schema = 'public'`,
        );
        expect(mine.rows).toEqual([{ table_name: 'projects' }]);
        expect((await client.query('select id from projects')).rows).toEqual([{ id: 7 }]);
      } finally {
        await client.end();
        await drop();
      }
    }, 180_000);

    it('leaves nothing behind when it is interrupted', async () => {
      const { url, drop } = await createDatabase();
      const client = new pg.Client({ connectionString: url });
      await client.connect();
      try {
        const started = startExample('examples/demo/main.ts', [], { DATABASE_URL: url });
        await started.printed('a worker takes the build');
        started.process.kill('SIGINT');
        expect(await started.finished).toMatchObject({ exitCode: 130, complaints: '' });
        const left = await client.query(`select nspname from pg_namespace where nspname like 'wrk_builds%'`);
        expect(left.rows).toEqual([]);
      } finally {
        await client.end();
        await drop();
      }
    }, 180_000);
  }

  if (isFull) {
    it('says what to do about a database that cannot be used, and keeps the URL to itself', async () => {
      const refused = await demo([], { DATABASE_URL: 'postgres://someone:secret@127.0.0.1:1/none' });
      expect(refused.exitCode).toBe(1);
      expect(refused.complaints).toContain('cannot be used (unreachable)');
      expect(refused.output + refused.complaints).not.toContain('secret');
    }, 180_000);
  }
});

if (isFull) {
  describe('the arguments of the demo', () => {
    it('are explained by --help', async () => {
      const helped = await demo(['--help']);
      expect(helped).toMatchObject({ exitCode: 0, complaints: '' });
      expect(helped.output).toContain('npm run demo -- --blueprint FILE');
      expect(linesOf(helped).filter((line) => line.length > 80)).toEqual([]);
    });

    it('are refused with exit code 2 when they are unknown', async () => {
      const refused = await demo(['--nope']);
      expect(refused).toMatchObject({ exitCode: 2, output: '' });
      expect(refused.complaints).toContain("Unknown option '--nope'");
      expect(refused.complaints).toContain('npm run demo -- --help');
    });

    it.each([
      ['a word without a flag', ['invoice.json'], "Unexpected argument 'invoice.json'"],
      ['a flag without its file', ['--blueprint'], "Option '--blueprint <value>' argument missing"],
      ['an empty name of a file', ['--blueprint='], '--blueprint needs the name of a file'],
    ])('cannot be used with %s', (_, args, message) => {
      expect(readOptions(args)).toEqual({ kind: 'unusable', message: expect.stringContaining(message) });
    });
  });
}
