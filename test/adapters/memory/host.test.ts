import { ok } from 'neverthrow';
import { describe, expect, it } from 'vitest';
import { memoryStorage } from 'wrk-builds/memory';
import { buildableProject, projectTask, stableId, TENANT } from '../../../src/testing/builders.js';
import * as given from '../../../src/testing/contracts/support/given.js';
import * as then from '../../../src/testing/contracts/support/then.js';
import * as when from '../../../src/testing/contracts/support/when.js';
import { deferredDecision } from '../../../src/testing/decision-builders.js';
import { openMemory, settle } from './open-memory.js';

describe('the host of a memory store', () => {
  it('waits for the lock of a row before it writes or removes it, and then writes onto what was committed', async () => {
    const store = openMemory();
    const project = await given.project(store);
    const decision = await given.acceptance(store, project);
    const done: string[] = [];
    let renaming: Promise<unknown> = Promise.resolve();
    await when.commit(store, async (tx) => {
      await store.repository.save(tx, [decision]);
      const rename = store.host.update('projects', project.projectId, { name: 'New name' });
      const remove = store.host.remove('quotes', project.quoteId);
      renaming = Promise.all([
        rename.then(() => done.push('renamed')),
        remove.then(() => done.push('removed')),
      ]);
      await settle();
      expect(done).toEqual([]);
    });
    await renaming;
    expect(await store.host.read()).toMatchObject({
      projects: [{ name: 'New name', status: 'Build in Progress' }],
      quotes: [],
    });
  });

  it('holds a lock until it is released, also against a second one', async () => {
    const store = openMemory();
    const project = await given.project(store);
    let second: Promise<{ release: () => Promise<void> }> = Promise.reject(new Error('never asked'));
    second.catch(() => undefined);
    let isHeld = false;
    await when.locked(store, ['projects', project.projectId], async () => {
      second = store.host.lock('projects', project.projectId);
      void second.then(() => {
        isHeld = true;
      });
      await settle();
      expect(isHeld).toBe(false);
    });
    await (await second).release();
    expect(await when.save(store, await given.acceptance(store, project))).toEqual(['ok']);
  });

  it('gets back what it wrote, documents parsed and dates in ISO 8601', async () => {
    const store = openMemory();
    const { rows } = buildableProject();
    const quotes = rows.quotes.map((quote) => ({ ...quote, expiresAt: '2026-03-01T13:00:00+01:00' }));
    const tasks = [projectTask({ tenantId: TENANT, projectId: rows.projects[0]?.id ?? '' }, 'one')];
    await store.host.insert({ ...rows, quotes, tasks });
    const expected = quotes.map((quote) => ({ ...quote, expiresAt: '2026-03-01T12:00:00.000Z' }));
    expect(await store.host.read()).toEqual({ ...rows, quotes: expected, tasks });
  });

  it.each([
    [
      'a second row under one id',
      {
        automations: [
          { id: 'a', tenantId: 't', name: 'x' },
          { id: 'a', tenantId: 't', name: 'y' },
        ],
      },
    ],
    ['a project without its automation', { projects: buildableProject().rows.projects }],
    ['a version without its automation', { automationVersions: buildableProject().rows.automationVersions }],
    ['a quote without its version', { quotes: buildableProject().rows.quotes }],
    [
      'a version whose project is missing',
      {
        automations: buildableProject().rows.automations,
        automationVersions: buildableProject().rows.automationVersions,
      },
    ],
    [
      'a project that is 101% done',
      {
        automations: buildableProject().rows.automations,
        projects: buildableProject().rows.projects.map((project) => ({ ...project, checklistProgress: 101 })),
      },
    ],
    [
      'a quote that expires on no date',
      {
        ...buildableProject().rows,
        quotes: buildableProject().rows.quotes.map((quote) => ({ ...quote, expiresAt: 'soon' })),
      },
    ],
    [
      'a document that is not valid JSON',
      {
        ...buildableProject().rows,
        automationVersions: buildableProject().rows.automationVersions.map((version) => ({
          ...version,
          blueprintJson: '{',
        })),
      },
    ],
    [
      'two tasks from one template on one project',
      {
        tasks: [
          projectTask(buildableProject(), 'one'),
          projectTask(buildableProject(), 'one', { id: stableId('x') }),
        ],
      },
    ],
  ])('cannot insert %s, and nothing that came along', async (_, rows) => {
    const store = openMemory();
    await then.nothingChanges(store, () => expect(store.host.insert(rows)).rejects.toThrow());
  });

  it('cannot remove a row that another one points at, or write one that is missing', async () => {
    const store = openMemory();
    const { automationId, projectId, versionId } = await given.project(store);
    await then.nothingChanges(store, async () => {
      await expect(store.host.remove('automations', automationId)).rejects.toThrow(
        'another row refers to it',
      );
      await expect(store.host.remove('projects', projectId)).rejects.toThrow('another row refers to it');
      await expect(store.host.remove('automationVersions', versionId)).rejects.toThrow(
        'another row refers to it',
      );
      await expect(store.host.update('projects', 'gone', { name: 'x' })).rejects.toThrow('There is no row');
      await store.host.remove('projects', 'gone');
    });
  });

  it('keeps the document of a version that is null, as JSON text', async () => {
    const store = openMemory();
    const project = await given.project(store);
    await store.host.update('automationVersions', project.versionId, { blueprintJson: null });
    expect((await then.candidate(store, project)).automationVersion.blueprintJson).toBe('null');
  });
});

describe('a lease in a memory store', () => {
  it('is extended only once it is known what became of a decision that is just being written', async () => {
    const store = openMemory();
    const build = await given.build(store);
    const claimed = await when.claim(store, build);
    const lease = { ...build, fence: claimed.binding.fence };
    const answers: unknown[] = [];
    let extending: Promise<unknown> = Promise.resolve();
    const extendDuring = (end: () => never | ReturnType<typeof ok<undefined>>) =>
      store.repository.transaction(async (tx) => {
        await store.repository.save(tx, [deferredDecision(claimed)]);
        extending = store.repository
          .extendLeases([lease], { leaseMs: 1000 })
          .then((answer) => answers.push(...answer));
        const before = answers.length;
        await settle();
        expect(answers, 'it waits').toHaveLength(before);
        return end();
      });
    await extendDuring(() => {
      throw new Error('rolled back');
    }).catch(() => undefined);
    await extending;
    expect(answers).toEqual([true]);
    await extendDuring(() => ok(undefined));
    await extending;
    expect(answers).toEqual([true, false]);
  });
});

describe('a memory store', () => {
  it('works on the real clock with random ids unless told otherwise', async () => {
    const storage = memoryStorage();
    await storage.host.insert(buildableProject().rows);
    const before = Date.now();
    await storage.repository.transaction(async (tx) => {
      const entry = { tenantId: TENANT, userId: null, resourceId: 'r', metadata: {} };
      await storage.auditLog.append(tx, [
        { ...entry, actionType: 'build_failed', resourceType: 'workflow_binding' },
      ]);
      return ok(undefined);
    });
    const stored = then.present((await storage.auditLog.list({ tenantId: TENANT, resourceId: 'r' }))[0]);
    expect(Date.parse(stored.createdAt)).toBeGreaterThanOrEqual(before);
    expect(stored.id).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  });

  it('is empty after it was cleared', async () => {
    const store = openMemory();
    const build = await given.build(store);
    expect(await then.build(store, build)).toMatchObject({ binding: { status: 'pending' } });
    await store.clear();
    expect(await store.repository.loadBuilds([build])).toEqual([null]);
    expect(Object.values(await store.host.read()).flat()).toEqual([]);
    expect(Object.values(await store.libraryRows()).flat()).toEqual([]);
  });
});
