import { BUILD_IN_PROGRESS } from '../../../core/build/statuses.js';
import type { Statement } from '../drivers/database.js';
import { sqlStateOf } from '../errors/refusal.js';
import type { Tables } from '../mapping/tables.js';
import { literal } from '../sql/quoting.js';
import type { TrialSession, VersionReference } from './trial-session.js';
import { Interrupted, type TrialVersion } from './trial-steps.js';

/** How many versions are considered. */
const CANDIDATES = 5;

interface CandidateRow {
  readonly version_id: string;
  readonly tenant_id: string;
  readonly project_id: string;
}

/**
 * The versions of the host's that a trial may use: never built, and the only one of their project that could be. Those that
 * a build may start from come first; of the others, `setUp` makes one that is such.
 */
export async function findVersions(
  session: TrialSession,
  startable: readonly string[],
): Promise<{ readonly versions: readonly CandidateRow[]; readonly areStartable: boolean }> {
  const find = async (statement: Statement) => {
    try {
      const found = await session.attempt(() =>
        session.query<CandidateRow>(statement, [JSON.stringify(startable)]),
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
  if (waiting.length > 0) return { versions: waiting, areStartable: true };
  return { versions: await find(otherVersions(session.tables)), areStartable: false };
}

const unbuilt = (tables: Tables, status: string) => `
select v.id::text as version_id, v.tenant_id::text as tenant_id, p.id::text as project_id
  from ${tables.versions} v join ${tables.projects} p on ${tables.belongsTo('v', 'p')}
 where ${status}
   and not exists (select from ${tables.bindings} b where b.automation_version_id = v.id)
   and not exists (select from ${tables.versions} s where ${tables.belongsTo('s', 'p')} and s.status = ${literal(BUILD_IN_PROGRESS)})
 limit ${CANDIDATES}`;

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
  { tenant_id: tenantId, version_id: automationVersionId }: CandidateRow,
): Promise<TrialVersion | null> {
  const version: VersionReference = { tenantId, automationVersionId };
  const candidate = await session.loadVersion(version);
  const [project, ...others] = candidate?.projects ?? [];
  return candidate && project && others.length === 0 ? { version, candidate, project } : null;
}

/**
 * Moves a version and its project to where a build may start, which is the host's own business otherwise. Rows that are held
 * are left alone. Locks the project first, as everything does.
 */
export async function setUp(session: TrialSession, row: CandidateRow, status: string): Promise<void> {
  const moved = await session.query<{ moved: boolean }>(moveToStart(session.tables), [
    row.tenant_id,
    row.project_id,
    row.version_id,
    status,
  ]);
  if (moved.length === 0) throw new Interrupted('its rows were held by another transaction');
}

function moveToStart(tables: Tables): Statement {
  const { write, idType: id } = tables;
  const { project, version } = write.keys;
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
    from project, version where ${project.id} = project.id and ${project.tenantId} = project.tenant_id
)
${write.updateVersion('$4::text')}
  from version where ${version.id} = version.id and ${version.tenantId} = version.tenant_id
returning true as moved`,
  };
}
