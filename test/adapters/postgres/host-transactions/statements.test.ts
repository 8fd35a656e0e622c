import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { fromPg } from '../../../../src/adapters/postgres/index.js';
import { openPostgres } from '../../../contracts/support/postgres-under-test.js';
import { describeWithPostgres } from '../../../support/database.js';
import { requestFor, seedProjects, wire } from '../support/wire.js';

/** What a statement is, by something that only it says. */
const KINDS: readonly (readonly [string, RegExp])[] = [
  ['savepoint', /^savepoint/],
  ['release', /^release savepoint/],
  ['roll back', /^rollback to savepoint/],
  ['look at the transaction', /transaction_isolation/],
  ['load', /stored_answer/],
  ['write', /verdict/],
  ['enqueue', /insert into .*messages/],
  ['audit', /insert into .*audit_logs/],
  ['wait', /for share/],
  ['set the limit of waits', /^select pg_catalog\.set_config\('lock_timeout'/],
];

describeWithPostgres('a joined request on the wire', () => {
  let store: Awaited<ReturnType<typeof openPostgres>>;
  beforeAll(async () => {
    store = await openPostgres();
  });
  beforeEach(() => store.clear());
  afterAll(() => store?.close());

  /** Requests a build in a transaction that is committed, and says which statements that took. */
  const sentFor = async (lockWaitMs: number) => {
    const [project] = await seedProjects(store.host, 'project');
    if (!project) throw new Error('a project was made');
    const { builds } = wire(store.pool, { lockWaitMs });
    const request = async () => {
      const client = await store.pool.connect();
      const sent: string[] = [];
      const listened: Parameters<typeof fromPg>[0] = {
        query: (config) => {
          const text = config.text.trim();
          sent.push(KINDS.find(([, sign]) => sign.test(text))?.[0] ?? text);
          return client.query(config);
        },
      };
      await client.query('begin');
      await builds.requestBuild(requestFor(project), { tx: fromPg(listened) });
      await client.query('commit');
      client.release();
      return sent;
    };
    return { project, request };
  };

  const opening = ['savepoint', 'look at the transaction'];

  it('costs eight statements when it is accepted, and five when it is refused', async () => {
    const { request } = await sentFor(20);
    const closing = ['set the limit of waits', 'release'];
    expect(await request()).toEqual([...opening, 'load', 'write', 'enqueue', 'audit', ...closing]);
    expect(await request()).toEqual([...opening, 'load', ...closing]);
  });

  it('goes back, and looks again in savepoints of their own, when somebody holds a row', async () => {
    const { project, request } = await sentFor(20);
    const { release } = await store.host.lock('projects', project.projectId);
    const sent = await request();
    await release();
    const undone = ['roll back', 'release'];
    const waited = ['savepoint', 'wait', ...undone];
    const look = `${waited.join(', ')}, `;
    const expected = [
      ...[...opening, 'load', 'write', ...undone],
      ...[...opening, ...waited, 'load', 'write', ...undone],
      ...[...opening, ...waited, 'load', 'write', ...undone],
    ];
    // How often it looks is a matter of time.
    expect(sent.join(', ').replaceAll(new RegExp(`(${look})+`, 'g'), look)).toBe(expected.join(', '));
  });
});
