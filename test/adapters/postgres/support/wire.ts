import type { NodePostgresPool, PostgresTx } from '../../../../src/adapters/postgres/index.js';
import { nodePostgres, postgres } from '../../../../src/adapters/postgres/index.js';
import { createBuilds } from '../../../../src/create-builds.js';
import type { BuildsOptions } from '../../../../src/input/builds-options.js';
import type { BuildEvent } from '../../../../src/observability/events.js';
import { type BuildableProject, buildableProject } from '../../../../src/testing/builders.js';
import type { HostDatabase } from '../../../../src/testing/storage-harness.js';
import { createFakeWrk } from '../../../../src/testing/wrk/fake-wrk.js';
import { fakeWrkClient } from '../../../../src/testing/wrk/fake-wrk-client.js';

/** The library over a pool, with a WRK in memory and nobody to notify, unless told otherwise. */
export function wire(pool: NodePostgresPool, options: Partial<BuildsOptions<PostgresTx>> = {}) {
  const fake = createFakeWrk();
  const events: BuildEvent[] = [];
  const nobody = { deliver: async () => ({ status: 'delivered' as const }) };
  const builds = createBuilds({
    // A storage of the options' own replaces this one: where it has no listener, nobody listens.
    ...postgres(nodePostgres(pool, { listen: options.repository === undefined })),
    wrk: fakeWrkClient(fake, { duplicates: { by: 'idempotency-key' } }),
    notifiers: { email: nobody, inApp: nobody },
    resolveRecipients: async () => [],
    onEvent: (event) => events.push(event),
    ...options,
  });
  const count = (type: BuildEvent['type']) => events.filter((event) => event.type === type).length;
  return { builds, events, fake, count };
}

/** A request for the only version of a project. */
export function requestFor({ tenantId, versionId }: Pick<BuildableProject, 'tenantId' | 'versionId'>) {
  return { tenantId, automationVersionId: versionId, trigger: 'patch_status' } as const;
}

/** Puts projects into the host's tables that a build may be requested for. */
export async function seedProjects(host: Pick<HostDatabase, 'insert'>, ...names: readonly string[]) {
  const projects = names.map((name) => buildableProject({ name }));
  for (const { rows } of projects) await host.insert(rows);
  return projects;
}
