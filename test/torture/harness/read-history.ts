import { readFile } from 'node:fs/promises';
import type {
  AuditRow,
  BindingRow,
  CallRow,
  DeliveryRow,
  History,
  MessageRow,
  Post,
  TenantText,
} from './history.js';
import type { Sandbox } from './sandbox.js';
import { WRK_TOKEN } from './wrk-platform.js';

const ms = (column: string) => `(extract(epoch from ${column}) * 1000)::float8`;

const BINDINGS = `
select id, tenant_id::text as "tenantId", automation_version_id::text as "versionId", status, orchestration, run,
       key_generation as "keyGeneration", wrk_workflow_id as "workflowId", wrk_workflow_url as "workflowUrl",
       error_reason as "errorReason"
  from wrk_builds.workflow_bindings`;

const CALLS = `
select id, tenant_id::text as "tenantId", binding_id as "bindingId", run, number, outcome,
       ${ms('started_at')} as "startedAt", ${ms('closed_at')} as "closedAt", wrk_workflow_id as "workflowId"
  from wrk_builds.workflow_calls order by binding_id, run, number`;

const MESSAGES = `
select queue, key, binding_id as "bindingId", dead_at is not null as "isDead", dead_reason as "deadReason",
       body::text as text
  from wrk_builds.messages`;

const DELIVERIES = `
select binding_id as "bindingId", channel, template, recipient_id as "recipientId", status
  from wrk_builds.notification_deliveries`;

const audit = (rows: string) => `
select tenant_id::text as "tenantId", action_type as action, resource_id::text as "versionId", ${ms('created_at')} as at,
       metadata_json->>'reason' as reason
  from (${rows}) entries where resource_type = 'automation_version' order by created_at`;

const TEXTS = [
  'workflow_bindings',
  'workflow_calls',
  'messages',
  'notification_deliveries',
  'in_app_notifications',
]
  .map(
    (table) =>
      `select tenant_id::text as "tenantId", '${table}' as where, row_to_json(t)::text as text from wrk_builds.${table} t`,
  )
  .join(' union all ');

/** Reads everything that the checker looks at, once nothing moves any more. */
export async function readHistory(
  sandbox: Sandbox,
  logs: readonly string[],
  lagAt: History['lagAt'],
): Promise<History> {
  const { pool, shape, host, wrk, post, people, fleet, setUp, changedByHost } = sandbox;
  const rows = async <Row>(text: string) => (await pool.query(text)).rows as Row[];
  const mails: TenantText[] = post.posted().flatMap(({ to, text }) =>
    to.flatMap((address) => {
      const tenantId = /@(.+)\.test$/.exec(address)?.[1];
      return tenantId ? [{ tenantId, where: 'a mail', text }] : [];
    }),
  );
  return {
    setUp,
    bindings: await rows<BindingRow>(BINDINGS),
    calls: await rows<CallRow>(CALLS),
    audit: await rows<AuditRow>(audit(shape.auditRows)),
    messages: await rows<MessageRow>(MESSAGES),
    deliveries: await rows<DeliveryRow>(DELIVERIES),
    versions: (await host.read()).automationVersions,
    changedByHost,
    posts: postsOf(sandbox),
    workflows: wrk.fake.workflows().map(({ id, url, tenantId, reference }) => ({
      id,
      url,
      tenantId,
      reference: reference ?? '',
    })),
    complaints: wrk.fake.violations(),
    answers: people.answers(),
    ends: fleet.ends(),
    texts: [...(await rows<TenantText>(TEXTS)), ...mails],
    log: (await Promise.all(logs.map((path) => readFile(path, 'utf8').catch(() => '')))).join('\n'),
    secrets: [WRK_TOKEN, 'planted-slack-secret'],
    lagAt,
  };
}

/** What came in, joined with what WRK looked at. A request that broke off before its end was never looked at. */
function postsOf({ wrk }: Sandbox): Post[] {
  const firstByte = new Map(wrk.arrivals().map(({ callId, firstByteAt }) => [callId, firstByteAt]));
  return wrk.fake.calls().map(({ callId, reference, tenantId, key, bodyHash, at }) => ({
    callId: callId ?? '',
    reference: reference ?? '',
    tenantId: tenantId ?? '',
    key,
    bodyHash,
    firstByteAt: firstByte.get(callId ?? '') ?? at,
    takenAt: at,
  }));
}
