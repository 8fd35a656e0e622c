// What stands in the store before a test of the whole library; the store alone has its own in src/testing.

import type { Builds } from '../../src/builds.js';
import type { Queue } from '../../src/ports/queue.js';
import {
  type BuildableProject,
  type BuildableProjectOptions,
  buildableProject,
} from '../../src/testing/builders.js';
import type { HostDatabase } from '../../src/testing/storage-harness.js';
import { openApp } from './app.js';

export * from '../../src/testing/contracts/support/given.js';
export { openApp as app };

/** A request for the first version of a project. */
function requestFor({ tenantId, versionId }: Pick<BuildableProject, 'tenantId' | 'versionId'>) {
  return { tenantId, automationVersionId: versionId, trigger: 'auto_build' } as const;
}

/** A project, and the binding of its build. */
export type RequestedBuild = BuildableProject & { readonly bindingId: string };

/** A project of its own whose build was requested through an app: a name, or what else tells it from others. */
export async function requestedBuild<Tx>(
  {
    store,
    builds,
  }: {
    readonly store: { readonly host: Pick<HostDatabase, 'insert'> };
    readonly builds: Pick<Builds<Tx>, 'requestBuild'>;
  },
  of: string | BuildableProjectOptions = 'project',
): Promise<RequestedBuild> {
  const project = buildableProject(typeof of === 'string' ? { name: of } : of);
  await store.host.insert(project.rows);
  const answer = await builds.requestBuild(requestFor(project));
  return { ...project, bindingId: answer._unsafeUnwrap().bindingId };
}

/** A queue without the messages that wake a worker for a build, as one that was flushed. */
export async function flushedQueue<Tx>({
  store,
}: {
  readonly store: { readonly queue: Queue<Tx> };
}): Promise<void> {
  await store.queue.acknowledge(await store.queue.claim('build-requests', { limit: 1_000, leaseMs: 1 }));
}
