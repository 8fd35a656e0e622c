import type { Statement } from '../drivers/database.js';
import type { Tables } from '../mapping/tables.js';
import { breakersJson } from './circuit-breakers.js';
import {
  bindingJson,
  blueprintJoin,
  callsJson,
  checklistJson,
  projectJson,
  siblingsJson,
  versionJson,
} from './facts.js';

/** One build: the blueprint as the stored text, and everything else as JSON. */
export interface BuildRow {
  readonly facts: string;
  readonly blueprint_json: string | null;
}

/** Hash of what determines which workflow WRK creates and under which idempotency key. Over `a`, `b` and `blueprint`. */
export const contentHash = `pg_catalog.encode(pg_catalog.sha256(pg_catalog.convert_to(pg_catalog.json_build_array(a.name, blueprint.whole, b.key_generation)::text, 'UTF8')), 'hex')`;

/** What the library's own rows say of a binding `b`. */
const ofBinding = (tables: Tables): string => `
    'tenantId', b.tenant_id,
    'automationVersionId', b.automation_version_id,
    'binding', ${bindingJson},
    'isHeld', coalesce(b.status = 'pending' and b.lease_until > pg_catalog.now(), false),
    'calls', ${callsJson(tables)},
    'circuitBreakers', ${breakersJson(tables)}`;

/** The version is that of the binding, which the host may have deleted. */
const STORED_BUILD = { tenantId: 'p.tenant_id', projectId: 'p.id', versionId: 'b.automation_version_id' };

/** The columns of a `BuildRow`, over `b`, `v`, `a`, `p` and `blueprint`. `more` contains further key-value pairs. */
export const buildColumns = (tables: Tables, more = ''): string => `
  pg_catalog.json_build_object(
    ${ofBinding(tables)},
    'automationVersion', case when v.id is not null and a.id is not null then ${versionJson} end,
    'project', case when p.id is not null then ${projectJson} end,
    'checklist', ${checklistJson(tables, STORED_BUILD)},
    'buildingSiblingIds', ${siblingsJson(tables, 'b.automation_version_id')},
    'contentHash', ${contentHash}${more})::text as facts,
  blueprint.text as blueprint_json`;

/**
 * The rows that belong to a binding `b`; any of them may be missing. Where projects point at their version, another
 * project may have started to do so since the request: the build belongs to the project it was requested for. The same
 * holds for a version that the host has deleted.
 */
export const buildJoins = (tables: Tables): string => `
left join ${tables.versions} v on v.id = b.automation_version_id and v.tenant_id = b.tenant_id
left join ${tables.automations} a on a.id = v.automation_id and a.tenant_id = v.tenant_id
left join lateral (
  select p.* from (
      select p.* from ${tables.projects} p where ${tables.belongsTo('v', 'p')}
      union all
      select p.* from ${tables.projects} p where v.id is null and p.id = b.project_id and p.tenant_id = b.tenant_id) p
   order by (p.id = b.project_id) is true desc, p.id limit 1) p on true`;

/** The builds that are asked for. */
const asked = (tables: Tables): string => `
from pg_catalog.jsonb_to_recordset($1::text::jsonb) as asked (n int, tenant_id ${tables.idType}, binding_id uuid)
join ${tables.bindings} b on b.id = asked.binding_id and b.tenant_id = asked.tenant_id`;

/** Reads many builds, each with its index `n` in the query. */
export function loadBuilds(tables: Tables): Statement {
  const text = `
select asked.n, ${buildColumns(tables)}
${asked(tables)}
${buildJoins(tables)}${blueprintJoin('$2::int')}`;
  return { name: 'wrk_builds_load_builds', text };
}

/** Reads the same of the library's rows alone: it names no table of the host's. */
export function loadOwnRows(tables: Tables): Statement {
  const text = `
select asked.n, pg_catalog.json_build_object(
    ${ofBinding(tables)},
    'automationVersion', null, 'project', null, 'checklist', '[]'::json, 'buildingSiblingIds', '[]'::json,
    'contentHash', '')::text as facts, null as blueprint_json
${asked(tables)}`;
  return { name: 'wrk_builds_load_own_rows', text };
}
