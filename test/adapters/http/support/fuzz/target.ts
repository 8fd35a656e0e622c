import type { AnsweredRequest, BuildsHandler } from '../../../../../src/adapters/http/index.js';
import { type Caller, createBuildsHandler } from '../../../../../src/adapters/http/index.js';
import { ROUTES } from '../../../../../src/adapters/http/routes/all-routes.js';
import { buildableProject, OTHER_TENANT, stableId, TENANT } from '../../../../../src/testing/builders.js';
import { wrkBehaviour } from '../../../../../src/testing/wrk/fake-wrk-behaviour.js';
import { type AnyApp, openOver } from '../../../../operations/support/in-each-family.js';
import * as when from '../../../../support/when.js';
import { adoptByHand, type ReadyIds, readyRoute } from '../ready-routes.js';
import { type Marks, markedStorage } from './marked-storage.js';

/** How often each route can be carried out in one target. */
export const ROUNDS = 2;

export const ALLOWED_ORIGIN = 'https://app.example';

/** A store with something for every route, and the handler in front of it. */
export interface FuzzTarget {
  readonly handler: BuildsHandler;
  /** What fuzzed requests are aimed at, of the tenant that they come from. */
  readonly targets: ReadyIds;
  /** What a route can be carried out on in a round, and who asks: a tenant that nothing fuzzed can reach. */
  readonly readyFor: (operationId: string, round: number) => { ids: ReadyIds; authorization: string };
  /** The marks of everything in the store, which change with every write. */
  readonly marks: () => Marks;
  /** The rows that were written since, for whoever has to find out by what. */
  readonly writtenAfter: (highest: number) => readonly string[];
}

const BLUEPRINT = { nodes: [{ id: 'a' }, { id: 'b' }], edges: [{ source: 'a', target: 'b' }] };

const tenantOf = (operationId: string, round: number) => stableId('valid', operationId, round);

function callerOf(authorization: string): Caller | null {
  const person = (tenantId: string | null, role: string): Caller => {
    return { kind: 'user', tenantId, userId: stableId('person', role), roles: [role] };
  };
  const [, who = '', operationId, round] = /^Bearer (\w+)(?: (\w+) (\d+))?$/.exec(authorization) ?? [];
  if (operationId !== undefined) return person(tenantOf(operationId, Number(round)), 'ops_build');
  const known: Readonly<Record<string, Caller>> = {
    ops: person(TENANT, 'ops_build'),
    owner: person(TENANT, 'project_owner'),
    none: person(TENANT, 'guest'),
    unassigned: person(null, 'ops_build'),
    other: person(OTHER_TENANT, 'ops_build'),
    key: { kind: 'api_key', tenantId: TENANT },
  };
  return Object.hasOwn(known, who) ? (known[who] ?? null) : null;
}

async function insertProject(app: AnyApp, tenantId: string, name: string) {
  const project = buildableProject({ tenantId, name });
  const automationVersions = project.rows.automationVersions.map((row) => ({
    ...row,
    blueprintJson: BLUEPRINT,
  }));
  await app.store.host.insert({ ...project.rows, automationVersions });
  return { ...project, bindingId: '' };
}

async function requestBuild(app: AnyApp, tenantId: string, name: string): Promise<ReadyIds> {
  const project = await insertProject(app, tenantId, name);
  const request = { tenantId, automationVersionId: project.versionId, trigger: 'auto_build' } as const;
  return { ...project, bindingId: (await app.builds.requestBuild(request))._unsafeUnwrap().bindingId };
}

/** Opens a target; the listener is told of every answer, also of one that reaches nobody. */
export async function openFuzzTarget(onAnswer: (answered: AnsweredRequest) => void): Promise<FuzzTarget> {
  const { storage, ...looks } = markedStorage();
  const app = openOver(storage);
  const rounds = Array.from({ length: ROUNDS }, (_, round) => round);
  const wanted = rounds.flatMap((round) =>
    ROUTES.map((route) => {
      const { operationId } = route;
      return {
        key: `${operationId} ${round}`,
        needs: readyRoute(route).needs,
        tenantId: tenantOf(operationId, round),
      };
    }),
  );
  const ready = new Map<string, ReadyIds>();
  const failing = wanted.filter(({ needs }) => needs === 'failed_build');
  for (const { key, tenantId } of failing) {
    app.fake.script(wrkBehaviour.answers(422));
    ready.set(key, await requestBuild(app, tenantId, 'project'));
  }
  await when.work(app, failing.length);
  for (const { key, needs, tenantId } of wanted) {
    if (needs === 'pending_build') ready.set(key, await requestBuild(app, tenantId, 'project'));
    if (needs === 'adopted_build') {
      const ids = await requestBuild(app, tenantId, 'project');
      await adoptByHand(app, { ...ids, tenantId }, key);
      ready.set(key, ids);
    }
    if (needs === 'dead_letter') {
      ready.set(key, await requestBuild(app, tenantId, 'project'));
      await app.giveUpMessage(tenantId, key);
    }
    if (needs === 'ready_project') ready.set(key, await insertProject(app, tenantId, 'project'));
  }
  const building = await requestBuild(app, TENANT, 'building');
  const { projectId, versionId } = await insertProject(app, TENANT, 'waiting');
  await requestBuild(app, OTHER_TENANT, 'theirs');
  return {
    handler: createBuildsHandler({
      builds: app.builds,
      authenticate: (request) => callerOf(request.headers.get('authorization') ?? ''),
      roles: { operate_builds: ['ops_build'] },
      allowedOrigins: [ALLOWED_ORIGIN],
      // Large enough that the deepest nesting is read, and found to be too deep.
      maxBodyBytes: 262_144,
      onOtherStatus: async (request) => Response.json({ moved: (await request.text()).length }),
      // A server that reads nothing, as from a GET with a body, hears only by writing that its client is gone.
      events: { heartbeatMs: 5 },
      onAnswer,
    }),
    targets: { projectId, versionId, bindingId: building.bindingId },
    readyFor: (operationId, round) => {
      const ids = ready.get(`${operationId} ${round}`) ?? { projectId: '', versionId: '', bindingId: '' };
      return { ids, authorization: `Bearer ops ${operationId} ${round}` };
    },
    ...looks,
  };
}
