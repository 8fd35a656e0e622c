type Schemas = Readonly<Record<string, unknown>>;

/** The schemas that the paths refer to, directly or through other schemas. */
export function usedSchemas(paths: unknown, schemas: Schemas): Schemas {
  const used = new Set<string>();
  let found = namesIn(paths);
  while (found.length > 0) {
    const fresh = found.filter((name) => !used.has(name));
    for (const name of fresh) used.add(name);
    found = fresh.flatMap((name) => namesIn(schemas[name]));
  }
  return Object.fromEntries(Object.entries(schemas).filter(([name]) => used.has(name)));
}

function namesIn(value: unknown): readonly string[] {
  return [...JSON.stringify(value).matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g)].map(
    ([, name]) => `${name}`,
  );
}
