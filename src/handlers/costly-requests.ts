/** Runs the costly work of a tenant, or answers `null` at once if the tenant has as much under way as it may have. */
export type AdmitCostly = <T>(tenantId: string, work: () => Promise<T>) => Promise<T | null>;

/** Counts the costly requests of each tenant that are under way in this process. */
export function costlyRequests(perTenant: number): AdmitCostly {
  const underWay = new Map<string, number>();
  return async (tenantId, work) => {
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
  };
}
