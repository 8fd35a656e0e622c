import { BUILD_IN_PROGRESS } from '../../../core/build/statuses.js';
import type { Checklists } from '../../../ports/checklists.js';
import type { PostgresDatabase, Statement } from '../drivers/database.js';
import type { Tables } from '../mapping/tables.js';
import { isId } from '../rows/rows.js';
import { checklistJson } from '../sql/facts.js';
import { literal } from '../sql/quoting.js';
import { type PostgresTx, queryOf } from '../transactions/transaction.js';

/** The checklists of the host's projects, and the projects' progress. */
export function postgresChecklists(database: PostgresDatabase, tables: Tables): Checklists<PostgresTx> {
  const sql = checklistStatements(tables);
  return {
    lockChecklist: async (tx, { tenantId, projectId }, { wait }) => {
      if (![tenantId, projectId].every((each) => isId(tables.idType, each))) return null;
      const query = queryOf(tx, database);
      const statement = wait ? sql.lockProject : sql.tryProject;
      const [project] = await query<{ locked: boolean }>(statement, [tenantId, projectId]);
      if (!project) return null;
      if (!project.locked) return 'busy';
      const [read] = await query<{ tasks: string }>(sql.readChecklist, [tenantId, projectId]);
      return JSON.parse(read?.tasks ?? '[]');
    },
    saveProgress: async (tx, { tenantId, projectId, checklistProgress }) => {
      const query = queryOf(tx, database);
      const written = await query(sql.saveProgress, [tenantId, projectId, checklistProgress]);
      if (written.length === 0) await query(sql.refuseLostWrite, [tenantId, projectId]);
    },
  };
}

/** The statements that update a project's progress: `$1` is the tenant, `$2` the project. */
interface ChecklistStatements {
  readonly lockProject: Statement;
  readonly tryProject: Statement;
  readonly readChecklist: Statement;
  readonly saveProgress: Statement;
  readonly refuseLostWrite: Statement;
}

/**
 * The lock is a separate statement: under READ COMMITTED, each statement sees what was committed when it began, so a single
 * statement that locks and counts would count what it saw before it waited for the lock.
 */
function checklistStatements(tables: Tables): ChecklistStatements {
  const id = tables.idType;
  const { updateProject, is } = tables.write;
  const itself = `p.id = $2::${id} and p.tenant_id = $1::${id}`;
  return {
    lockProject: {
      name: 'wrk_builds_lock_project',
      text: `select true as locked from ${tables.projects} p where ${itself} for no key update`,
    },
    tryProject: {
      name: 'wrk_builds_try_project',
      text: `
select mine.locked is not null as locked from ${tables.projects} p
  left join lateral (
    select true as locked from ${tables.projects} x where x.id = p.id and x.tenant_id = p.tenant_id for no key update skip locked) mine on true
 where ${itself}`,
    },
    readChecklist: {
      name: 'wrk_builds_read_checklist',
      text: `select ${checklistJson(tables, COUNTED_BUILD)}::text as tasks from ${tables.projects} p${countedVersion(tables)} where ${itself}`,
    },
    saveProgress: {
      name: 'wrk_builds_save_progress',
      text: `${updateProject({ status: 'null::text', progress: '$3::int' })}
 where ${is.project(`$2::${id}`, `$1::${id}`)} returning 1`,
    },
    refuseLostWrite: {
      name: 'wrk_builds_refuse_lost_write',
      text: `select ${tables.refuseLostWrite}(${literal(tables.names.projects)}) from ${tables.projects} p where ${itself}`,
    },
  };
}

const COUNTED_BUILD = { tenantId: 'p.tenant_id', projectId: 'p.id', versionId: 'version.id' };

/**
 * The version whose checklist a project's progress is about, where tasks can name versions: the one that is being built, or
 * else the one whose build changed last.
 */
const countedVersion = (tables: Tables): string =>
  tables.tasksNameVersions
    ? `
  left join lateral (
    select v.id from ${tables.versions} v left join ${tables.bindings} b on b.automation_version_id = v.id
     where ${tables.belongsTo('v', 'p')}
     order by (v.status = ${literal(BUILD_IN_PROGRESS)}) is true desc, b.updated_at desc nulls last, v.id limit 1) version on true
`
    : '';
