import type { Store } from '../../src/adapters/memory/store.js';
import type { History } from '../torture/harness/history.js';
import type { ClientAnswer } from '../torture/harness/people.js';
import type { Plan } from './plan.js';
import { START } from './sim-process.js';
import type { SimWrk } from './sim-wrk.js';

/** What is left of one simulation. */
interface Left {
  readonly store: Store;
  readonly plan: Plan;
  readonly wrk: SimWrk;
  /** When each call's answer was committed, in virtual milliseconds. */
  readonly closedAt: ReadonlyMap<string, number>;
  readonly changedByHost: ReadonlySet<string>;
}

/** What the checker of the harness looks at, read from the memory's rows and WRK's own records. */
export function readMemory(
  { store, plan, wrk, closedAt, changedByHost }: Left,
  answers: readonly ClientAnswer[],
): History {
  const rows = <Name extends Parameters<Store['committed']['all']>[0]>(table: Name) =>
    store.committed.all(table).map(({ row }) => row);
  const textsOf = (where: string, all: readonly { readonly tenantId: string }[]) =>
    all.map((row) => ({ tenantId: row.tenantId, where, text: JSON.stringify(row) }));
  return {
    setUp: { policy: plan.policy, settleMs: plan.settleMs, slack: false },
    bindings: rows('bindings').map((row) => ({ ...row, versionId: row.automationVersionId })),
    calls: rows('calls')
      .map((row) => {
        const at = closedAt.get(row.id);
        return { ...row, closedAt: at === undefined ? row.closedAt : START + at };
      })
      .toSorted((one, other) => one.run - other.run || one.number - other.number),
    audit: rows('audit')
      .filter(({ resourceType }) => resourceType === 'automation_version')
      .map(({ tenantId, actionType, resourceId, createdAt, metadata }) => ({
        tenantId,
        action: actionType,
        versionId: resourceId,
        at: createdAt,
        reason: typeof metadata.reason === 'string' ? metadata.reason : null,
      }))
      .toSorted((one, other) => one.at - other.at),
    messages: rows('messages').map(({ queue, key, body, deadReason }) => ({
      queue,
      key,
      bindingId: body.bindingId,
      isDead: deadReason !== null,
      deadReason,
      text: JSON.stringify(body),
    })),
    deliveries: rows('deliveries'),
    versions: rows('automationVersions'),
    changedByHost,
    posts: wrk.fake.calls().map(({ callId, reference, tenantId, key, bodyHash, at }) => ({
      callId: callId ?? '',
      reference: reference ?? '',
      tenantId: tenantId ?? '',
      key,
      bodyHash,
      firstByteAt: START + (wrk.begun.get(callId ?? '') ?? at),
      takenAt: START + at,
    })),
    workflows: wrk.fake.workflows().map(({ id, url, tenantId, reference }) => ({
      id,
      url,
      tenantId,
      reference: reference ?? '',
    })),
    complaints: wrk.fake.violations(),
    answers,
    ends: [],
    texts: [
      ...textsOf('workflow_bindings', rows('bindings')),
      ...textsOf('workflow_calls', rows('calls')),
      ...textsOf('messages', rows('messages')),
      ...textsOf('in_app_notifications', rows('inAppNotifications')),
    ],
    log: '',
    secrets: [],
    lagAt: () => 0,
  };
}
