/** What this process knows of costly requests. */
export interface CostlyRequests {
  /** Runs the costly work of a tenant, or answers `null` at once if the tenant has as much under way as it may have. */
  readonly admit: <T>(tenantId: string, work: () => Promise<T>) => Promise<T | null>;
  /** Whether the last request for this target met a long blueprint. */
  readonly isRemembered: (target: string) => boolean;
  readonly remember: (target: string, isLong: boolean) => void;
}

/** Targets that are remembered; of more, the oldest are forgotten, which costs each of them one shared statement. */
const MAX_TARGETS = 10_000;

/** Counts the costly requests of each tenant that are under way in this process. */
export function costlyRequests(perTenant: number): CostlyRequests {
  const underWay = new Map<string, number>();
  const targets = new Set<string>();
  return {
    admit: async (tenantId, work) => {
      const count = underWay.get(tenantId) ?? 0;
      if (count >= perTenant) return null;
      underWay.set(tenantId, count + 1);
      try {
        return await work();
      } finally {
        const left = (underWay.get(tenantId) ?? 1) - 1;
        if (left === 0) underWay.delete(tenantId);
        else underWay.set(tenantId, left);
      }
    },
    isRemembered: (target) => targets.has(target),
    remember: (target, isLong) => {
      if (!isLong) {
        targets.delete(target);
        return;
      }
      targets.add(target);
      const [oldest] = targets;
      if (targets.size > MAX_TARGETS && oldest !== undefined) targets.delete(oldest);
    },
  };
}
