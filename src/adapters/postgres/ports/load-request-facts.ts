import { BUILD_IN_PROGRESS } from '../../../core/build/statuses.js';
import type { Repository, RequestQuery } from '../../../ports/repository.js';
import type { PostgresDatabase, Query, Statement } from '../drivers/database.js';
import type { Tables } from '../mapping/tables.js';
import { isId, type RequestRow, requestFacts } from '../rows/rows.js';
import {
  bindingJson,
  blockersJson,
  blueprintJoin,
  checklistJson,
  projectsJson,
  quotesJson,
  siblingsJson,
  versionJson,
} from '../sql/facts.js';
import { heldRowStatements } from '../sql/held-rows.js';
import { literal } from '../sql/quoting.js';
import { runAgainAfterRace } from '../transactions/failures.js';
import { type PostgresTx, queryOf } from '../transactions/transaction.js';
import { waitForLocks, waitForLocksWithin } from '../transactions/wait-for-locks.js';

/** Reads the facts for requests in one statement. An invalid id matches nothing. */
export function requestLoader(
  database: PostgresDatabase,
  tables: Tables,
): Repository<PostgresTx>['loadRequests'] {
  const statement = loadRequests(tables);
  const held = heldRowStatements(tables);
  const load = (query: Query, asked: readonly object[]) =>
    query<RequestRow>(statement, [JSON.stringify(asked)]);

  return async (queries, { waitMs, tx } = {}) => {
    const asked = queries.flatMap((query, n) => readQuery(query, n, tables));
    const inTx = tx === undefined ? null : queryOf(tx, database);
    if (waitMs !== undefined) {
      for (const { tenant_id, version_id, project_id, operation, key } of asked) {
        const values = [tenant_id, version_id, project_id, operation, key] as const;
        if (inTx) await waitForLocksWithin(inTx, held.heldForRequest, values, waitMs);
        else await waitForLocks(database, held, held.heldForRequest, values, waitMs);
      }
    }
    const byRank = queries.map((): RequestRow[] => []);
    if (asked.length > 0) {
      const rows = inTx
        ? await load(inTx, asked)
        : await runAgainAfterRace(() => load(database.query, asked));
      for (const row of rows) byRank[row.n]?.push(row);
    }
    return byRank.map(requestFacts);
  };
}

/** A query as a row of the statement's parameter; none for a tenant that cannot exist. */
function readQuery(
  { tenantId, target, idempotency, maxBlueprintBytes }: RequestQuery,
  n: number,
  { idType }: Tables,
) {
  const known = (id: unknown) => isId(idType, id);
  if (!known(tenantId)) return [];
  const version = 'automationVersionId' in target ? target.automationVersionId : null;
  const project = 'projectId' in target ? target.projectId : null;
  return [
    {
      n,
      tenant_id: tenantId,
      version_id: known(version) ? version : null,
      project_id: known(project) ? project : null,
      startable: 'projectId' in target ? target.startableStatuses : [],
      operation: idempotency?.operation ?? null,
      key: idempotency?.key ?? null,
      max_bytes: maxBlueprintBytes ?? null,
    },
  ];
}

const REQUESTED_BUILD = { tenantId: 'v.tenant_id', projectId: 'p.id', versionId: 'v.id' };

/** Every condition includes the tenant. */
function loadRequests(tables: Tables): Statement {
  const id = tables.idType;
  const text = `
with asked as materialized (
  select * from pg_catalog.jsonb_to_recordset($1::text::jsonb) as asked (
    n int, tenant_id ${id}, version_id ${id}, project_id ${id}, startable text[], operation text, key text, max_bytes int)
), matched as (
  select asked.n, v.id from asked join ${tables.versions} v on v.id = asked.version_id and v.tenant_id = asked.tenant_id
  union all
  select asked.n, v.id from asked
    join ${tables.projects} p on p.id = asked.project_id and p.tenant_id = asked.tenant_id
    join ${tables.versions} v on ${tables.belongsTo('v', 'p')} and v.status = any (asked.startable)
)
select asked.n,
  (select pg_catalog.json_build_object('bodyHash', answer.body_hash, 'answer', answer.answer_json)::text
     from ${tables.answers} answer
    where answer.tenant_id = asked.tenant_id and answer.operation = asked.operation and answer.key = asked.key) as stored_answer,
  (select s.id::text from ${tables.projects} p join ${tables.versions} s on ${tables.belongsTo('s', 'p')}
    where p.id = asked.project_id and p.tenant_id = asked.tenant_id and s.status = ${literal(BUILD_IN_PROGRESS)}
    limit 1) as building_version_id,
  case when v.id is not null then pg_catalog.json_build_object(
    'automationVersion', ${versionJson},
    'projects', ${projectsJson(tables)},
    'quotes', ${quotesJson(tables)},
    'binding', case when b.id is not null then ${bindingJson} end,
    'buildingSiblingIds', ${siblingsJson(tables, 'v.id')},
    'openBlockers', ${blockersJson(tables, REQUESTED_BUILD)},
    'checklist', ${checklistJson(tables, REQUESTED_BUILD)})::text end as facts,
  blueprint.text as blueprint_json
from asked
left join matched on matched.n = asked.n
left join (${tables.versions} v join ${tables.automations} a on a.id = v.automation_id and a.tenant_id = v.tenant_id)
  on v.id = matched.id${blueprintJoin('asked.max_bytes')}
left join lateral (
  select p.* from ${tables.projects} p where ${tables.belongsTo('v', 'p')} order by p.id limit 1) p on true
left join ${tables.bindings} b on b.automation_version_id = v.id and b.tenant_id = v.tenant_id
order by asked.n, v.id`;
  return { name: 'wrk_builds_load_requests', text };
}
