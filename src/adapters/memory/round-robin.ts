import type { MessageRow } from './rows.js';
import type { Stored } from './tables.js';

/** The time since which a message has been claimable. */
export function dueSince({ runAt, leaseUntil }: MessageRow): number {
  return Math.max(runAt, leaseUntil ?? runAt);
}

/** The order in which due messages are claimed: round-robin by tenant, each tenant's most urgent first. */
export function roundRobin(
  due: readonly Stored<MessageRow>[],
  lastTenant: string | null,
): readonly Stored<MessageRow>[] {
  const ofTenants = new Map<string, Stored<MessageRow>[]>();
  for (const message of due.toSorted(mostUrgentFirst)) {
    const { tenantId } = message.row;
    ofTenants.set(tenantId, [...(ofTenants.get(tenantId) ?? []), message]);
  }
  const tenants = [...ofTenants.keys()].toSorted();
  const next = tenants.findIndex((tenant) => lastTenant !== null && tenant > lastTenant);
  const round = [...tenants.slice(Math.max(next, 0)), ...tenants.slice(0, Math.max(next, 0))];
  const rounds = Math.max(0, ...[...ofTenants.values()].map((messages) => messages.length));
  return Array.from({ length: rounds }, (_, position) =>
    round.flatMap((tenant) => ofTenants.get(tenant)?.[position] ?? []),
  ).flat();
}

function mostUrgentFirst(left: Stored<MessageRow>, right: Stored<MessageRow>): number {
  return (
    right.row.priority - left.row.priority ||
    dueSince(left.row) - dueSince(right.row) ||
    left.version - right.version
  );
}
