import { BUILD_IN_PROGRESS } from '../../../core/build/statuses.js';
import type { Tables } from '../mapping/tables.js';
import { literal } from './quoting.js';

/** A timestamp as text with microseconds, independent of session settings. */
export const timeText = (column: string) =>
  `pg_catalog.to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;

/** How long ago a time was, in milliseconds. */
const msAgo = (column: string) => `(extract(epoch from pg_catalog.now() - ${column}) * 1000)::float8`;

/** `v` is the version, `a` its automation, `blueprint` of `blueprintJoin`, whose text is a column next to the facts. */
export const versionJson = `pg_catalog.json_build_object(
    'id', v.id, 'automationId', a.id, 'automationName', a.name, 'status', v.status,
    'updatedAt', ${timeText('v.updated_at')}, 'rowVersion', v.row_version, 'blueprintBytes', blueprint.bytes)`;

/**
 * Joins the blueprint of `v`: its text, which is left out where it is longer than `max` bytes (`null`: no maximum), so that
 * it never travels, and its length. `offset 0` keeps a jsonb column from being printed once for each use.
 */
export const blueprintJoin = (max: string): string => `
left join lateral (
  select whole.text as whole, pg_catalog.octet_length(whole.text) as bytes,
         case when coalesce(pg_catalog.octet_length(whole.text) <= ${max}, true) then whole.text end as text
    from (select coalesce(v.blueprint, 'null') as text where v.id is not null offset 0) whole) blueprint on true`;

export const projectJson = `pg_catalog.json_build_object('id', p.id, 'name', p.name, 'status', p.status, 'rowVersion', p.row_version)`;

export const bindingJson = `pg_catalog.json_build_object(
    'id', b.id, 'status', b.status, 'run', b.run, 'fence', b.fence, 'priority', b.priority, 'requestId', b.request_id,
    'requestedBy', b.requested_by, 'assigneeId', b.assignee_id,
    'orchestration', b.orchestration, 'keyGeneration', b.key_generation, 'duplicateRiskRun', b.duplicate_risk_run,
    'cameFromVersionStatus', b.came_from_version_status, 'cameFromProjectStatus', b.came_from_project_status,
    'errorReason', b.error_reason, 'workflowId', b.wrk_workflow_id, 'workflowUrl', b.wrk_workflow_url,
    'adoption', b.adoption)`;

/** A build, by the expressions of its ids. */
export interface BuildIds {
  readonly tenantId: string;
  readonly projectId: string;
  readonly versionId: string;
}

/** Whether a task of the relation belongs to a build. */
export const isOfBuild = (
  tables: Tables,
  task: string,
  { tenantId, projectId, versionId }: BuildIds,
): string => {
  const alternatives = tables.ofBuild(task, {
    project: (column) => `${column} = ${projectId}`,
    version: (column) => `${column} = ${versionId}`,
  });
  const [only = '', ...others] = alternatives;
  const belongs = others.length === 0 ? only : `(${alternatives.join(' or ')})`;
  return `${belongs} and ${task}.tenant_id = ${tenantId}`;
};

const tasksOf = (tables: Tables, build: BuildIds) =>
  `${tables.tasks} t where ${isOfBuild(tables, 't', build)}`;

const list = (json: string, from: string, orderBy: string) =>
  `(select coalesce(pg_catalog.json_agg(${json} order by ${orderBy}), '[]') from ${from})`;

export const checklistJson = (tables: Tables, build: BuildIds): string =>
  list(
    `pg_catalog.json_build_object('id', t.id, 'slug', t.template_slug, 'category', coalesce(t.category, ''), 'status', t.status)`,
    `${tasksOf(tables, build)} and t.kind = 'build_checklist'`,
    't.template_slug, t.id',
  );

export const openBlockers = (tables: Tables, build: BuildIds): string =>
  `${tasksOf(tables, build)} and t.is_blocker and t.status <> 'complete'`;

export const blockersJson = (tables: Tables, build: BuildIds): string =>
  list(`pg_catalog.json_build_object('id', t.id, 'title', t.title)`, openBlockers(tables, build), 't.id');

export const quotesJson = (tables: Tables): string =>
  list(
    `pg_catalog.json_build_object('id', q.id, 'status', q.status, 'expired', coalesce(q.expires_at <= pg_catalog.now(), false), 'rowVersion', q.row_version)`,
    `${tables.quotes} q where q.automation_version_id = v.id and q.tenant_id = v.tenant_id`,
    'q.id',
  );

/** Versions of the project `p` that are being built, except the one with the id `own`. */
export const buildingSiblings = (tables: Tables, own: string): string =>
  `${tables.versions} s where ${tables.belongsTo('s', 'p')} and s.id <> ${own} and s.status = ${literal(BUILD_IN_PROGRESS)}`;

/** Projects of the version `v`. Where the project points at its version, there may be several. */
export const projectsJson = (tables: Tables): string =>
  list(projectJson, `${tables.projects} p where ${tables.belongsTo('v', 'p')}`, 'p.id');

export const siblingsJson = (tables: Tables, own: string): string =>
  list('s.id', buildingSiblings(tables, own), 's.id');

/** The ledger of the binding `b` as of the statement's snapshot: rows that the statement itself adds are not in it. */
export const callsJson = (tables: Tables): string =>
  list(
    `pg_catalog.json_build_object('id', c.id, 'run', c.run, 'number', c.number, 'contentHash', c.content_hash, 'outcome', c.outcome,
      'detail', c.detail, 'findings', coalesce(c.findings, '[]'::jsonb),
      'workflowId', c.wrk_workflow_id, 'workflowUrl', c.wrk_workflow_url,
      'startedMsAgo', ${msAgo('c.started_at')}, 'closedMsAgo', ${msAgo('c.closed_at')})`,
    `${tables.calls} c where c.binding_id = b.id`,
    'c.run, c.number',
  );
