import type { Checklists } from '../../../ports/checklists.js';
import type { PostgresDatabase } from '../drivers/database.js';
import type { Tables } from '../mapping/tables.js';
import { isId } from '../rows/ids.js';
import { checklistStatements } from '../sql/checklist.js';
import { type PostgresTx, queryOf } from '../transactions/transaction.js';

/** The tasks that hang on the host's projects, and the projects' progress. */
export function postgresChecklists(database: PostgresDatabase, tables: Tables): Checklists<PostgresTx> {
  const sql = checklistStatements(tables);
  return {
    lockChecklist: async (tx, { tenantId, projectId }) => {
      if (![tenantId, projectId].every((each) => isId(tables.idType, each))) return null;
      const query = queryOf(tx, database);
      const locked = await query(sql.lockProject, [tenantId, projectId]);
      if (locked.length === 0) return null;
      const [read] = await query<{ tasks: string }>(sql.readChecklist, [tenantId, projectId]);
      return JSON.parse(read?.tasks ?? '[]');
    },
    saveProgress: async (tx, { tenantId, projectId, checklistProgress }) => {
      await queryOf(tx, database)(sql.saveProgress, [tenantId, projectId, checklistProgress]);
    },
  };
}
