import { err, ok, type Result } from 'neverthrow';
import { createBuilds, type RequestBuildInput } from 'wrk-builds';
import { postgres } from 'wrk-builds/postgres';
import type { FakeWrk } from 'wrk-builds/testing';
import { wrkHttp } from 'wrk-builds/wrk-http';
import type { BlueprintFile } from './blueprint-file.js';
import type { OpenDatabase } from './database.js';
import { insertProject, readBuild, type StoredBuild } from './host-rows.js';
import { notifiersOn } from './notifiers.js';
import { PEOPLE, resolveRecipients } from './people.js';
import { bar, type Screen } from './screen.js';
import { tellEvents } from './tell-events.js';
import { tellRefusal, tellResult } from './tell-result.js';

/** Where the scenes play. */
export interface Stage {
  readonly screen: Screen;
  readonly opened: OpenDatabase;
  readonly tenantId: string;
  /** The stand-in for WRK, and where it listens. */
  readonly wrk: FakeWrk;
  readonly wrkUrl: string;
}

/** One build, asked for by a person. */
export interface Scene {
  readonly title: string;
  readonly file: BlueprintFile;
  /** Who asks, and who is to build. */
  readonly request: Pick<RequestBuildInput, 'trigger' | 'userId' | 'assigneeId'>;
}

/** Requests one build, works it off to its end, shows all of it, and returns where it stands then. */
export async function playScene(
  { screen, opened, ...stage }: Stage,
  scene: Scene,
): Promise<Result<StoredBuild, string>> {
  const { database, schemas } = opened;
  const { name, text, policy } = scene.file;
  screen.title(scene.title);
  screen.fact('blueprint', `${name}, ${Buffer.byteLength(text)} bytes`);

  // 1. A host would have all of this already.
  const inserted = await insertProject(database, schemas, stage.tenantId, { name, blueprintText: text });
  if (inserted.isErr()) return err(inserted.error);
  const project = inserted.value;

  // 2. The wiring: what a host writes once, when it starts.
  const startedAt = performance.now();
  const elapsedMs = () => performance.now() - startedAt;
  const storage = postgres(database, schemas);
  const builds = createBuilds({
    ...storage,
    wrk: wrkHttp({ baseUrl: stage.wrkUrl, duplicates: { by: 'idempotency-key' } }),
    notifiers: notifiersOn((line) => screen.step(elapsedMs(), line, 'cyan'), storage.inAppNotifier),
    resolveRecipients,
    blueprint: policy,
    onEvent: tellEvents(screen, elapsedMs),
  });

  // 3. Request.
  const { tenantId, versionId } = project;
  const accepted = await builds.requestBuild({ tenantId, automationVersionId: versionId, ...scene.request });
  if (accepted.isErr()) {
    tellRefusal(screen, accepted.error);
    return ok(await readBuild(database, schemas, project));
  }
  const { progress, complete, tasks } = await readBuild(database, schemas, project);
  screen.fact('', `checklist ${bar(progress)}   ${complete} of ${tasks} tasks`);

  // 4. Work it off. Retries wait in the queue, and `drain` waits for them.
  const workers = builds.startWorkers({ pollIntervalMs: 50 });
  await workers.drain();
  await workers.stop();

  // 5. What the tables say now.
  const stored = await readBuild(database, schemas, project);
  const audit = await storage.auditLog.list({ tenantId, resourceId: versionId });
  const calls = stage.wrk.calls().filter((call) => call.reference === accepted.value.bindingId);
  const made = stage.wrk.workflowsByReference().get(accepted.value.bindingId) ?? 0;
  tellResult(screen, { stored, audit, calls, made, blueprintText: text });
  return ok(stored);
}

/** A request by the ops team, for the solutions engineer to build. */
export const byOps: Scene['request'] = {
  trigger: 'admin_request_build',
  userId: PEOPLE.ops_team.id,
  assigneeId: PEOPLE.solutions_engineer.id,
};

/** A request by the project's owner; nobody is assigned yet. */
export const byOwner: Scene['request'] = { trigger: 'patch_status', userId: PEOPLE.project_owner.id };
