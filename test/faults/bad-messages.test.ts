import { expect, it } from 'vitest';
import { OTHER_TENANT } from '../../src/testing/builders.js';
import { wrkBehaviour } from '../../src/testing/wrk/fake-wrk-behaviour.js';
import { describeWithPostgres } from '../support/database.js';
import * as given from '../support/given.js';
import * as then from '../support/then.js';
import { until } from '../support/until.js';
import * as when from '../support/when.js';
import { onPostgres } from './support/on-postgres.js';

type Scene = Awaited<ReturnType<ReturnType<typeof onPostgres>>>;

const ADD = `insert into wrk_builds.messages (queue, key, tenant_id, body, binding_id, run_at) values ('build-requests', $1, $2, $3, $4, now())`;

/** As time passes: whatever waits in the queue is due. What is in somebody's hands is left alone. */
const hurry = (app: Scene) =>
  app.query(
    `update wrk_builds.messages set run_at = now()
      where queue = 'build-requests' and dead_at is null and lease_until is null and run_at > now()`,
  );

describeWithPostgres('messages that should not be there, and waits', () => {
  const open = onPostgres();

  it.each<[string, unknown]>([
    ['is no object', 'not a message'],
    ['has another shape', { v: 1, kind: 'build_request', tenantId: 7, more: { secret: 'planted-4711' } }],
    ['is empty', {}],
    ['is as deep as a well', JSON.parse(`${'['.repeat(3_000)}${']'.repeat(3_000)}`)],
  ])(
    'row 30: a message that %s is poison: a dead letter after five deliveries, and builds go on beside it',
    async (_, body) => {
      const app = await open();
      const { bindingId, tenantId } = await given.requestedBuild(app);
      await app.query(ADD, ['poison', tenantId, JSON.stringify(body), null]);
      const process = app.another();
      const workers = when.startBuilds(process);
      const counted = new Set<number>();
      await until(async () => {
        await hurry(app);
        const [row] = await app.query(
          `select delivery_count, dead_at from wrk_builds.messages where key = 'poison'`,
        );
        counted.add(Number(row?.delivery_count));
        return row?.dead_at !== null;
      });
      await when.happened(process, 'build_completed');
      await workers.stop();
      const [letter, ...others] = await app.store.deadLetters.list({ tenantId, limit: 10 });
      expect(letter).toMatchObject({
        deliveryCount: 5,
        reason: expect.stringContaining('not a message of version 1'),
      });
      expect([others, Math.max(...counted)]).toEqual([[], 5]);
      expect(then.count(process, 'message_dead_lettered')).toBe(1);
      expect(JSON.stringify(process.events)).not.toContain('planted-4711');
      expect([then.workflows(app), app.fake.calls().length]).toEqual([{ [bindingId]: 1 }, 1]);
    },
  );

  it('row 31: a message of a newer version is postponed, however often it came, and read by whoever can', async () => {
    const app = await open();
    const { bindingId, tenantId } = await given.requestedBuild(app);
    // A newer process has sent the only message of this build.
    await app.query(
      `update wrk_builds.messages set body = jsonb_set(body, '{v}', '2') || '{"news": true}', delivery_count = 50
        where queue = 'build-requests'`,
    );
    const process = app.another();
    const workers = when.startBuilds(process, { sweepIntervalMs: 100 });
    await until(async () => {
      const [row] = await app.query(
        `select delivery_count, run_at > now() + interval '20 seconds' as later from wrk_builds.messages
          where queue = 'build-requests' and body->>'v' = '2'`,
      );
      return Number(row?.delivery_count) > 50 && row?.later === true;
    });
    expect(await app.store.queue.stats('build-requests')).toMatchObject({ waiting: 1, dead: 0 });
    expect([app.fake.calls().length, then.count(process, 'build_claimed')], 'not guessed at').toEqual([0, 0]);
    await workers.stop();

    // As a worker of the newer version would: it can read what the older one kept for it.
    await app.query(
      `update wrk_builds.messages set body = jsonb_set(body, '{v}', '1') - 'news', run_at = now() where tenant_id = $1
        and queue = 'build-requests'`,
      [tenantId],
    );
    await when.workUntil(app.another(), 'build_completed');
    expect(then.workflows(app)).toEqual({ [bindingId]: 1 });
  });

  it.each(['the row of the message', 'its body'] as const)(
    'row 32: a message whose tenant is another than the build’s, in %s: no call, no write, a dead letter, an audit entry',
    async (where) => {
      const app = await open();
      const { bindingId, tenantId } = await given.requestedBuild(app);
      await app.query('delete from wrk_builds.messages');
      const row = where === 'its body' ? tenantId : OTHER_TENANT;
      const named = where === 'its body' ? OTHER_TENANT : tenantId;
      const body = { v: 1, kind: 'build_request', tenantId: named, bindingId, requestId: 'forged' };
      await app.query(ADD, ['forged', row, body, bindingId]);
      const before = await app.query('select * from wrk_builds.workflow_bindings');
      const host = await app.store.host.read();
      const process = app.another();
      await when.workUntil(process, 'message_dead_lettered');
      expect(await app.query('select * from wrk_builds.workflow_bindings')).toEqual(before);
      expect(await app.store.host.read()).toEqual(host);
      expect([then.workflows(app), app.fake.calls().length, then.count(process, 'build_claimed')]).toEqual([
        {},
        0,
        0,
      ]);
      expect(await app.store.deadLetters.list({ tenantId: row, limit: 10 })).toMatchObject([
        { deliveryCount: 1, body, reason: 'names a build that does not exist for its tenant' },
      ]);
      const { audit } = await app.store.libraryRows();
      expect(audit.filter((entry) => entry.action_type === 'message_refused')).toMatchObject([
        { tenant_id: row, resource_id: bindingId },
      ]);
    },
  );

  const AT = 'Wed, 21 Oct 2015 07:28:00 GMT';
  it.each<[string, string, number]>([
    ['in seconds', '7', 7_000],
    ['as a date', 'Wed, 21 Oct 2015 07:30:00 GMT', 120_000],
    ['negative', '-5', 1],
    ['absurd', '999999999999', 900_000],
    ['as a date in another age', 'Fri, 31 Dec 2199 23:59:59 GMT', 900_000],
  ])(
    'row 24: a Retry-After %s is waited for in the queue, clamped, and holds nothing meanwhile',
    async (_, header, runInMs) => {
      const app = await open();
      const { bindingId } = await given.requestedBuild(app);
      const headers = { 'Retry-After': header, Date: AT };
      app.fake.script(wrkBehaviour.answers(429, { headers }), wrkBehaviour.answers(503, { headers }));
      const process = app.another();
      const workers = when.startBuilds(process, { concurrency: { builds: 1 } });
      const waits = async (times: number) => {
        await when.happened(process, 'build_rescheduled', times);
        expect(process.events.filter(({ type }) => type === 'build_rescheduled').at(-1)).toMatchObject({
          runInMs,
        });
        const [row] = await app.query(
          `select b.lease_until, b.run_at > now() and m.run_at = b.run_at as waits
             from wrk_builds.workflow_bindings b join wrk_builds.messages m on m.key = b.id::text where b.id = $1`,
          [bindingId],
        );
        if (runInMs > 1) expect(row).toEqual({ lease_until: null, waits: true });
      };
      await waits(1);
      if (runInMs > 1) {
        // The one slot is free for another build.
        app.fake.otherwise(() => wrkBehaviour.creates());
        expect((await process.builds.stats()).buildsInFlight).toBe(0);
        const hurryAll = () =>
          app.query(`with due as (update wrk_builds.workflow_bindings set run_at = now())
                     update wrk_builds.messages set run_at = now() where queue = 'build-requests'`);
        await hurryAll();
        await waits(2);
        const { bindingId: other } = await given.requestedBuild(app, 'other');
        await when.happened(process, 'build_completed');
        expect(then.workflows(app)).toEqual({ [other]: 1 });
        await hurryAll();
      }
      await until(async () => (await then.binding(app, bindingId))?.status === 'active');
      await workers.stop();
      expect(then.answers(process).slice(0, 2)).toEqual(['not_now', 'api_error']);
      expect(then.workflows(app)[bindingId]).toBe(1);
    },
  );
});
