import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { RequestBuildInput } from '../../../../src/input/request-build-input.js';
import { type BuildableProject, buildableProject } from '../../../../src/testing/builders.js';
import * as then from '../../../../src/testing/contracts/support/then.js';
import { buildsOver } from '../../../postgres/support.js';
import { until } from '../../../support/until.js';
import type { HostLibrary, HostStore } from './host-libraries.js';

const requestFor = (
  { tenantId, versionId }: BuildableProject,
  more: Pick<RequestBuildInput, 'idempotencyKey' | 'requestId'> = {},
): RequestBuildInput => ({ tenantId, automationVersionId: versionId, trigger: 'auto_build', ...more });

/** What a request does in a transaction that the host began with this library. */
export function joinSuite(library: HostLibrary): void {
  describe(`a request in a transaction of ${library.name}`, () => {
    let store: HostStore;
    let project: BuildableProject;
    beforeAll(async () => {
      store = await library.open();
    });
    beforeEach(async () => {
      await store.clear();
      project = buildableProject();
      await store.host.insert(project.rows);
    });
    afterAll(() => store?.close());

    const open = () => buildsOver(store);
    const rename = (name: string) =>
      `update automations set name = '${name}' where id = '${project.automationId}'`;
    const nameOfAutomation = async () => (await store.host.read()).automations[0]?.name;

    it('sees what the host changed there, is all there when the host commits, and a worker builds it', async () => {
      await store.host.update('quotes', project.quoteId, { status: 'draft' });
      const { builds, events } = open();
      await store.transaction(async ({ tx, run }) => {
        await run(`update quotes set status = 'signed' where id = '${project.quoteId}'`);
        const accepted = await builds.requestBuild(requestFor(project), { tx });
        expect(accepted._unsafeUnwrap()).toMatchObject({ automationVersionId: project.versionId, run: 1 });
        await run(rename('Renamed afterwards'));
      });
      expect(events).toMatchObject([{ type: 'request_accepted', joined: true, replayed: false }]);
      const { bindings, messages, audit } = await store.libraryRows();
      expect([bindings.length, messages.length, audit.length]).toEqual([1, 4, 1]);
      const { quotes, automationVersions, projects, tasks } = await store.host.read();
      expect([quotes[0]?.status, automationVersions[0]?.status, projects[0]?.status]).toEqual([
        'signed',
        'Build in Progress',
        'Build in Progress',
      ]);
      expect(tasks.length).toBeGreaterThan(0);
      expect(await nameOfAutomation()).toBe('Renamed afterwards');

      const workers = builds.startWorkers({ pollIntervalMs: 5 });
      await until(() => events.some((event) => event.type === 'build_completed'));
      await workers.stop();
    });

    it('leaves nothing when the host rolls back', async () => {
      const { builds } = open();
      const mistake = new Error("a mistake of the host's");
      await then.nothingChanges(store, async () => {
        const rolledBack = store.transaction(async ({ tx, run }) => {
          await run(rename('Never'));
          const accepted = await builds.requestBuild(requestFor(project, { idempotencyKey: 'key' }), { tx });
          expect(accepted.isOk()).toBe(true);
          throw mistake;
        });
        await expect(rolledBack).rejects.toBe(mistake);
      });
      expect((await builds.requestBuild(requestFor(project))).isOk(), 'it can be requested again').toBe(true);
    });

    it('that is refused writes nothing, and the host commits its own', async () => {
      await store.host.update('quotes', project.quoteId, { status: 'draft' });
      const { builds } = open();
      await store.transaction(async ({ tx, run }) => {
        await run(rename('Before'));
        const refused = await builds.requestBuild(requestFor(project), { tx });
        expect(refused._unsafeUnwrapErr().code).toBe('quote_not_signed');
        await run(`${rename('Before and after')} and name = 'Before'`);
      });
      expect(await nameOfAutomation()).toBe('Before and after');
      const { bindings, messages, audit } = await store.libraryRows();
      expect([bindings, messages, audit]).toEqual([[], [], []]);
    });

    it('that the database does not take writes nothing, says why without a value, and the host commits its own', async () => {
      const { builds } = open();
      await store.transaction(async ({ tx, run }) => {
        await run(rename('Before'));
        await run(
          `alter table audit_logs add constraint nobody_does_anything check (action_type = 'nothing')`,
        );
        const failed = builds.requestBuild(requestFor(project, { requestId: 'of-this-request' }), { tx });
        const error = (await failed)._unsafeUnwrapErr();
        expect(error).toMatchObject({
          code: 'host_refused',
          details: { sqlState: '23514', table: 'audit_logs', constraint: 'nobody_does_anything' },
        });
        const problem = JSON.stringify(error);
        expect(problem).toContain('nobody_does_anything');
        expect(problem).not.toContain('of-this-request');
        expect(problem).not.toContain(project.versionId);
        await run('savepoint of_the_host');
        await expect(run('release savepoint wrk_builds'), 'no savepoint is left').rejects.toThrow();
        await run('rollback to savepoint of_the_host');
        await run('alter table audit_logs drop constraint nobody_does_anything');
        await run(rename('Before and after'));
      });
      expect(await nameOfAutomation()).toBe('Before and after');
      const { bindings, messages, audit } = await store.libraryRows();
      expect([bindings, messages, audit]).toEqual([[], [], []]);
      expect((await store.host.read()).automationVersions[0]?.status).toBe('Ready for Build');
    });

    it('finds the one before it in the same transaction, also when both are made at once', async () => {
      const other = buildableProject({ name: 'other' });
      await store.host.insert(other.rows);
      const { builds } = open();
      await store.transaction(async ({ tx }) => {
        const codes = async (...answers: ReturnType<typeof builds.requestBuild>[]) =>
          (await Promise.all(answers)).map((answer) => (answer.isOk() ? 'ok' : answer.error.code));
        const request = (of: BuildableProject) => builds.requestBuild(requestFor(of), { tx });
        expect(await codes(request(project), request(project), request(other))).toEqual([
          'ok',
          'build_already_in_progress',
          'ok',
        ]);
        expect(await codes(request(other))).toEqual(['build_already_in_progress']);
      });
      expect((await store.libraryRows()).bindings).toHaveLength(2);
    });

    it("C3 asks the host's prerequisites there, whose statements take values, a list as JSON and operators of every kind", async () => {
      const asked: unknown[] = [];
      const { builds } = buildsOver({
        ...store,
        prerequisites: [
          async ({ projectIds, tx }) => {
            const text = `select name, $1::text::jsonb ? $2::text as listed, '$1' as quoted from automations where id = $3::text::uuid`;
            const values = [JSON.stringify(projectIds), project.projectId, project.automationId];
            asked.push(...((await tx?.query(text, values)) ?? []));
            return [];
          },
        ],
      });
      await store.transaction(async ({ tx, run }) => {
        await run(rename('Renamed before'));
        expect((await builds.requestBuild(requestFor(project), { tx })).isOk()).toBe(true);
      });
      expect(asked).toEqual([{ name: 'Renamed before', listed: true, quoted: '$1' }]);
    });

    it('under an idempotency key is replayed there and after the commit, and refused for another body', async () => {
      const { builds, events } = open();
      const keyed = requestFor(project, { idempotencyKey: 'key' });
      await store.transaction(async ({ tx }) => {
        const first = await builds.requestBuild(keyed, { tx });
        expect(first.isOk()).toBe(true);
        expect(await builds.requestBuild(keyed, { tx })).toEqual(first);
      });
      const later = await builds.requestBuild(keyed);
      expect(later._unsafeUnwrap().bindingId).toBe((await store.libraryRows()).bindings[0]?.id);
      await store.transaction(async ({ tx }) => {
        expect(await builds.requestBuild(keyed, { tx })).toEqual(later);
        const reused = await builds.requestBuild({ ...keyed, lastKnownStatus: 'Draft' }, { tx });
        expect(reused._unsafeUnwrapErr().code).toBe('idempotency_key_reused');
      });
      expect(events.map((event) => 'replayed' in event && event.replayed)).toEqual([
        false,
        true,
        true,
        true,
        false,
      ]);
      expect((await store.libraryRows()).bindings).toHaveLength(1);
    });

    it("leaves the connection as it was: no named statement, no savepoint, the host's own lock timeout", async () => {
      const { builds } = open();
      await store.transaction(async ({ tx, run }) => {
        await run(`set local lock_timeout = '1234ms'`);
        await run('savepoint of_the_host');
        expect((await builds.requestBuild(requestFor(project), { tx })).isOk()).toBe(true);
        expect(await run('show lock_timeout')).toEqual([{ lock_timeout: '1234ms' }]);
        expect((await builds.requestBuild(requestFor(project), { tx })).isErr()).toBe(true);
        expect(await run('show lock_timeout')).toEqual([{ lock_timeout: '1234ms' }]);
        // Only a joined request runs these two; the others are prepared by the requests of other tests.
        expect(
          await run(
            `select name from pg_prepared_statements where statement ~ '^savepoint|transaction_isolation'`,
          ),
        ).toEqual([]);
        await expect(run('release savepoint wrk_builds')).rejects.toThrow();
        await run('rollback to savepoint of_the_host');
      });
      expect((await store.libraryRows()).bindings).toEqual([]);
    });

    it.each([
      ['sees one snapshot', 'set transaction isolation level serializable', 'begin it as READ COMMITTED'],
      ['sees one snapshot, too', 'set transaction isolation level repeatable read', 'is REPEATABLE READ'],
      ['is read-only', 'set transaction read only', 'is read-only: begin it as READ WRITE'],
    ])('is refused when the transaction %s, and the host goes on', async (_, start, message) => {
      const { builds } = open();
      await then.nothingChanges(store, () =>
        store.transaction(async ({ tx, run }) => {
          await run(start);
          await expect(builds.requestBuild(requestFor(project), { tx })).rejects.toThrow(message);
          expect(await run('select 1 as one')).toEqual([{ one: 1 }]);
        }),
      );
    });

    it('is refused when the transaction has failed already', async () => {
      const { builds } = open();
      await then.nothingChanges(store, async () => {
        const failing = store.transaction(async ({ tx, run }) => {
          await run('select 1 / 0').catch(() => {});
          await expect(builds.requestBuild(requestFor(project), { tx })).rejects.toThrow(
            'has already failed and can only be rolled back',
          );
          throw new Error('rolled back by the host');
        });
        await expect(failing).rejects.toThrow('rolled back by the host');
      });
    });

    it('is refused once the transaction is over', async () => {
      const { builds } = open();
      const kept: Parameters<Parameters<HostStore['transaction']>[0]>[0][] = [];
      await store.transaction(async (host) => void kept.push(host));
      await then.nothingChanges(store, async () => {
        for (const { tx } of kept)
          await expect(builds.requestBuild(requestFor(project), { tx })).rejects.toThrow();
      });
      expect(kept).toHaveLength(1);
    });
  });
}
