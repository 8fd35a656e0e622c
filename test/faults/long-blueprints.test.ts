import { expect, it, onTestFinished } from 'vitest';
import { memoryStorage } from '../../src/adapters/memory/index.js';
import { graphBlueprint } from '../../src/core/blueprint/blueprint-policy.js';
import { buildableProject, stableId } from '../../src/testing/builders.js';
import { openOver } from '../operations/support/in-each-family.js';
import * as given from '../support/given.js';
import * as when from '../support/when.js';

const unused = async () => {};

/** An app with a small limit, so that any blueprint is over a tenth of it, in which a host's own check takes its time. */
function openSlow() {
  let finish = () => {};
  const isChecked = new Promise<readonly []>((resolve) => {
    finish = () => resolve([]);
  });
  const store = { ...memoryStorage(), passTime: unused, close: unused };
  const options = { blueprintLimits: { bytes: 3_000 }, prerequisites: [() => isChecked] };
  return { app: openOver(store, options), finish };
}

it('row 48: a tenant with a costly request under way waits with the next, and nobody else does', async () => {
  const { app, finish } = openSlow();
  const [one, other] = ['one', 'other'].map((name) => buildableProject({ name, tenantId: stableId(name) }));
  if (!one || !other) throw new Error('There is no project.');
  for (const { rows } of [one, other]) await app.store.host.insert(rows);
  const request = ({ tenantId, versionId: automationVersionId }: typeof one) => {
    const of = { tenantId, automationVersionId };
    return [app.builds.requestBuild({ ...of, trigger: 'auto_build' }), app.builds.previewBuild(of)] as const;
  };

  const [first, refused] = request(one);
  expect((await refused)._unsafeUnwrapErr()).toMatchObject({ code: 'too_many_costly_requests' });
  const [ofOther] = request(other);
  finish();
  expect((await first).isOk()).toBe(true);
  expect((await ofOther).isOk()).toBe(true);
});

it('row 48: a blueprint that grew over a limit after it was accepted ends its build without a call', async () => {
  const store = { ...memoryStorage(), passTime: unused, close: unused };
  const app = openOver(store);
  const { tenantId, bindingId, versionId } = await given.requestedBuild(app);
  const nodes = [{ id: 'a', note: 'x'.repeat(2_200_000) }];
  await app.store.host.update('automationVersions', versionId, { blueprintJson: { nodes, edges: [] } });
  await when.work(app);

  expect(app.fake.calls()).toEqual([]);
  const build = (await app.builds.getBuild({ tenantId, bindingId }))._unsafeUnwrap();
  expect(build.binding).toMatchObject({ status: 'error', errorReason: 'invalid_blueprint' });
  expect(JSON.stringify(build.errorDetails)).toContain('at most 2097152 are allowed');
});

/** A blueprint of 200 kB that has a hundred times as many nodes as most. */
const LONG = {
  nodes: Array.from({ length: 4_000 }, (_, n) => ({ id: `node ${n}` })),
  edges: Array.from({ length: 4_000 }, (_, n) => ({
    source: `node ${n}`,
    target: `node ${(n + 1) % 4_000}`,
  })),
};

it('row 48: B1 no two long blueprints are decided in one turn of the event loop', async () => {
  const store = { ...memoryStorage(), passTime: unused, close: unused };
  const turns = { now: 0, decided: [] as number[] };
  const app = openOver(store, {
    blueprint: (document, limits) => {
      turns.decided.push(turns.now);
      return graphBlueprint(document, limits);
    },
  });
  const many = Array.from({ length: 6 }, (_, n) =>
    buildableProject({ name: `project ${n}`, tenantId: stableId('t', n) }),
  );
  for (const { rows, versionId } of many) {
    await store.host.insert(rows);
    await store.host.update('automationVersions', versionId, { blueprintJson: LONG });
  }
  const next = () => {
    turns.now += 1;
    turning = setImmediate(next);
  };
  let turning = setImmediate(next);
  onTestFinished(() => clearImmediate(turning));

  const requests = many.map(({ tenantId, versionId: automationVersionId }) =>
    app.builds.requestBuild({ tenantId, automationVersionId, trigger: 'auto_build' }),
  );
  expect((await Promise.all(requests)).every((answer) => answer.isOk())).toBe(true);
  expect(new Set(turns.decided).size, 'requests').toBe(6);

  turns.decided = [];
  await when.work(app, 6);
  expect(app.fake.workflows()).toHaveLength(6);
  expect(new Set(turns.decided).size, 'claimed builds').toBe(6);
});
