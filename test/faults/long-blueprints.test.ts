import { expect, it } from 'vitest';
import { memoryStorage } from '../../src/adapters/memory/index.js';
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
