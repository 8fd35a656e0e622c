import { BUILD_IN_PROGRESS } from '../../../../core/build/statuses.js';
import { systemRuntime } from '../../../../runtime/system-runtime.js';
import type { Statement } from '../../drivers/database.js';
import { sqlStateOf } from '../../errors/refusal.js';
import type { Tables } from '../../mapping/tables.js';
import { literal } from '../../sql/quoting.js';
import { HELD, Interrupted, type TrialSession, type VersionReference } from './session.js';
import type { TrialVersion } from './steps.js';

/** How many versions are looked for, and how many of them are tried. */
const FOUND = 50;
const TRIED = 3;

/** A version that may be tried, with the project that it belongs to. */
export interface FoundVersion extends VersionReference {
  readonly projectId: string;
}

/**
 * The versions of the host's that a trial may use: never built, and the only one of their project that could be. Those that
 * a build may start from come first; of the others, `setUp` makes one that is such.
 */
export async function findVersions(
  session: TrialSession,
  startable: readonly string[],
): Promise<{ readonly versions: readonly FoundVersion[]; readonly areStartable: boolean }> {
  const find = async (statement: Statement) => {
    try {
      const found = await session.attempt(() =>
        session.query<FoundVersion>(statement, [JSON.stringify(startable)]),
      );
      if (found.isErr()) throw found.error;
      return found.value;
    } catch (problem) {
      // A large table without such a version is not searched to its end.
      if (sqlStateOf(problem) === '57014') return [];
      throw problem;
    }
  };
  const waiting = await find(startableVersions(session.tables));
  if (waiting.length > 0) return { versions: someOf(waiting), areStartable: true };
  return { versions: someOf(await find(otherVersions(session.tables))), areStartable: false };
}

/** Processes that start together should not all hold the same one. */
const someOf = (versions: readonly FoundVersion[]) =>
  versions
    .map((version) => ({ version, rank: systemRuntime.random() }))
    .toSorted((a, b) => a.rank - b.rank)
    .slice(0, TRIED)
    .map(({ version }) => version);

const unbuilt = (tables: Tables, status: string) => `
select v.id::text as "automationVersionId", v.tenant_id::text as "tenantId", p.id::text as "projectId"
  from ${tables.versions} v join ${tables.projects} p on ${tables.belongsTo('v', 'p')}
 where ${status}
   and not exists (select from ${tables.bindings} b where b.automation_version_id = v.id)
   and not exists (select from ${tables.versions} s where ${tables.belongsTo('s', 'p')} and s.status = ${literal(BUILD_IN_PROGRESS)})
 limit ${FOUND}`;

const STARTABLE = 'select pg_catalog.jsonb_array_elements_text($1::text::jsonb)';

const startableVersions = (tables: Tables): Statement => ({
  name: 'wrk_builds_trial_startable_versions',
  text: unbuilt(tables, `v.status in (${STARTABLE})`),
});

const otherVersions = (tables: Tables): Statement => ({
  name: 'wrk_builds_trial_other_versions',
  text: unbuilt(tables, `v.status not in (${STARTABLE})`),
});

/** Reads what a request reads of a version; `null` if it belongs to several projects, or is gone. */
export async function readVersion(
  session: TrialSession,
  { tenantId, automationVersionId }: VersionReference,
): Promise<TrialVersion | null> {
  const version = { tenantId, automationVersionId };
  const candidate = await session.loadVersion(version);
  const [project, ...others] = candidate?.projects ?? [];
  return candidate && project && others.length === 0 ? { version, candidate, project } : null;
}

/**
 * Moves a version and its project to where a build may start, which is the host's own business otherwise. Rows that are held
 * are left alone. Locks the project first, as everything does.
 */
export async function setUp(
  { query, tables }: TrialSession,
  { tenantId, projectId, automationVersionId }: FoundVersion,
  status: string,
): Promise<void> {
  const moved = await query(moveToStart(tables), [tenantId, projectId, automationVersionId, status]);
  if (moved.length === 0) throw new Interrupted(HELD);
}

function moveToStart(tables: Tables): Statement {
  const { write, idType: id } = tables;
  return {
    name: 'wrk_builds_trial_set_up',
    text: `
with project as materialized (
  select p.id, p.tenant_id from ${tables.projects} p where p.tenant_id = $1::${id} and p.id = $2::${id} for no key update skip locked
), version as materialized (
  select v.id, v.tenant_id from ${tables.versions} v
   where v.tenant_id = $1::${id} and v.id = $3::${id} and (select id from project) is not null for no key update skip locked
), set_project as (
  ${write.updateProject({ status: '$4::text', progress: '0' })}
    from project, version where ${write.is.project('project.id', 'project.tenant_id')}
)
${write.updateVersion('$4::text')}
  from version where ${write.is.version('version.id', 'version.tenant_id')}
returning true as moved`,
  };
}
