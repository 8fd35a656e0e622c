import type { ChangedBuild } from '../../../core/views/build-change.js';
import type { BuildRecord } from '../../../core/views/build-record.js';
import type { BuildViews } from '../../../ports/build-views.js';
import type { PostgresDatabase } from '../drivers/database.js';
import type { Tables } from '../mapping/tables.js';
import { isId, isUuid } from '../rows/ids.js';
import { countHeld } from '../sql/count-held.js';
import { findBuilds, findBuildsValues } from '../sql/find-builds.js';
import { type ChangedRow, findChangedBuilds, findChangedBuildsValues } from '../sql/find-changed-builds.js';

/** What people see of builds. An id that cannot be one finds nothing. */
export function postgresBuildViews(database: PostgresDatabase, tables: Tables): BuildViews {
  const find = findBuilds(tables);
  const findChanged = findChangedBuilds(tables);
  const count = countHeld(tables);
  return {
    findBuilds: async (query) => {
      const { tenantId, bindingId, automationVersionId, assigneeId, cursor } = query;
      const hostIds = [tenantId, automationVersionId, assigneeId].filter((each) => each !== undefined);
      const ownIds = [bindingId, cursor?.bindingId].filter((each) => each !== undefined);
      if (!hostIds.every((each) => isId(tables.idType, each)) || !ownIds.every(isUuid)) return [];
      const rows = await database.query<{ record: string }>(find, findBuildsValues(query));
      return rows.map(({ record }): BuildRecord => JSON.parse(record));
    },
    findChangedBuilds: async (query) => {
      const tenantIds = query.tenantIds.filter((each) => isId(tables.idType, each));
      const values = findChangedBuildsValues(tenantIds, query);
      const [found] = await database.query<ChangedRow>(findChanged, values);
      if (found === undefined) throw new Error('The database did not say when it looked for changed builds.');
      const builds: readonly ChangedBuild[] = JSON.parse(found.builds);
      return { now: found.now, from: found.from, builds };
    },
    countHeld: async () => {
      const [held] = await database.query<{ count: number }>(count, []);
      return held?.count ?? 0;
    },
  };
}
