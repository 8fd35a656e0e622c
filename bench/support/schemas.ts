/** Where a bench keeps its tables. */
export const schemas = { schema: 'bench_builds', host: { schema: 'bench_host' } };
