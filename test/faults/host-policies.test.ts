import { ok } from 'neverthrow';
import { describe, expect, it } from 'vitest';
import { type MemoryTx, memoryStorage } from '../../src/adapters/memory/index.js';
import type { BuildEvent } from '../../src/observability/events.js';
import { buildableProject } from '../../src/testing/builders.js';
import type { AppOptions } from '../support/app.js';
import * as given from '../support/given.js';
import * as when from '../support/when.js';

/** What a function of the host may do instead of its work, without TypeScript to keep it from that. */
const FAILURES: readonly (readonly [string, () => never, string])[] = [
  [
    'throws an Error',
    () => {
      throw new TypeError('no rules');
    },
    'TypeError: no rules',
  ],
  [
    'throws what cannot be read',
    () => {
      throw Object.create(null);
    },
    'an object, which is no Error',
  ],
  ['returns null', () => null as never, 'returned null'],
  ['returns a number', () => Number.NaN as never, 'returned NaN'],
];

const failed = ({ events }: { readonly events: readonly BuildEvent[] }) =>
  events.flatMap((event) => (event.type === 'host_function_failed' ? [event] : []));

async function openProject(options: AppOptions<MemoryTx>) {
  const app = given.app(memoryStorage(), options);
  const project = buildableProject({ name: 'project' });
  await app.store.host.insert(project.rows);
  const { tenantId, versionId: automationVersionId } = project;
  const request = () => app.builds.requestBuild({ tenantId, automationVersionId, trigger: 'auto_build' });
  const bindings = async () => (await app.store.libraryRows()).bindings.length;
  return { app, request, bindings, tenantId };
}

describe('a function of the host that takes part in a decision', () => {
  it.each(FAILURES)(
    'row 50: C10 blueprint %s: told, and the request is refused',
    async (_, blueprint, problem) => {
      const { app, request, bindings } = await openProject({ blueprint });
      expect((await request())._unsafeUnwrapErr()).toMatchObject({
        code: 'blueprint_incomplete',
        details: { missing: [{ findings: [{ message: expect.stringContaining('could not be checked') }] }] },
      });
      expect(await bindings()).toBe(0);
      expect(failed(app)).toEqual([
        {
          type: 'host_function_failed',
          function: 'blueprint',
          tenantId: null,
          problem: expect.stringContaining(problem),
        },
      ]);
    },
  );

  it('row 50: C10 blueprint throws once a build has been accepted: it ends as invalid_blueprint, without a call', async () => {
    let works = true;
    const { app, request } = await openProject({
      blueprint: () => {
        if (!works) throw new TypeError('no rules');
        return ok({ systems: [] });
      },
    });
    await request();
    works = false;
    await when.work(app);
    expect(app.events).toContainEqual(
      expect.objectContaining({ type: 'build_failed', reason: 'invalid_blueprint' }),
    );
    expect([failed(app).length > 0, app.fake.calls.length]).toEqual([true, 0]);
  });

  it.each(FAILURES)(
    'row 50: C10 checklist %s: told, and nothing is written',
    async (_, checklist, problem) => {
      const { app, request, bindings } = await openProject({ checklist });
      await expect(Promise.resolve(request())).rejects.toBeDefined();
      expect(await bindings()).toBe(0);
      expect(failed(app)).toMatchObject([
        { function: 'checklist', problem: expect.stringContaining(problem) },
      ]);
    },
  );

  it.each([
    ...FAILURES,
    ['answers later', () => Promise.resolve('manual') as never, 'returned an object'] as const,
  ])('row 50: C10 orchestration %s: told, and nothing is written', async (_, orchestration, problem) => {
    const { app, request, bindings, tenantId } = await openProject({ orchestration });
    await expect(Promise.resolve(request())).rejects.toBeDefined();
    expect(await bindings()).toBe(0);
    expect(failed(app)).toMatchObject([
      { function: 'orchestration', tenantId, problem: expect.stringContaining(problem) },
    ]);
  });

  it.each([
    ...FAILURES,
    ['rejects', () => Promise.reject(new Error('no crm')) as never, 'Error: no crm'] as const,
    ['returns a list of rubbish', () => [null] as never, 'returned a list that is no answer'] as const,
  ])('row 50: C10 prerequisites %s: told, and nothing is written', async (_, ask, problem) => {
    const { app, request, bindings, tenantId } = await openProject({ prerequisites: [ask] });
    await expect(Promise.resolve(request())).rejects.toBeDefined();
    expect(await bindings()).toBe(0);
    expect(failed(app)).toMatchObject([
      { function: 'prerequisites.0', tenantId, problem: expect.stringContaining(problem) },
    ]);
  });

  it.each(FAILURES)('row 50: C10 onEvent %s: nothing is affected', async (_, onEvent) => {
    const { request, bindings } = await openProject({ onEvent });
    expect((await request()).isOk()).toBe(true);
    expect(await bindings()).toBe(1);
  });

  it.each(FAILURES)(
    'row 50: C10 a client of WRK %s: the answer is unknown, and the build is not left to its lease',
    async (_, createWorkflow) => {
      const { app } = await openProject({});
      const broken = given.app(app.store, {
        wrk: { ...app.wrk, createWorkflow },
        retry: { maxRetries: 0 },
      });
      await given.requestedBuild(broken, 'another');
      await when.work(broken);
      expect(broken.events).toContainEqual(
        expect.objectContaining({
          type: 'wrk_answered',
          detail: expect.stringContaining('the client of WRK'),
        }),
      );
      expect(broken.events).toContainEqual(expect.objectContaining({ type: 'build_failed' }));
    },
  );
});
