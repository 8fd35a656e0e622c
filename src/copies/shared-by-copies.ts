/**
 * Something that a process has once, however many copies of the library it has loaded: as ESM and as CommonJS, in a bundle
 * beside `node_modules`, or again by a development server. It hangs on the global object under a registered symbol.
 *
 * The number at the end of the name goes up whenever the shape of the thing changes, so that two versions of the library
 * share what both of them understand, and nothing else. Where the global object is frozen, each copy has its own.
 */
export function sharedByCopies<Shared extends object>(
  name: `${string}/${number}`,
  make: () => Shared,
): Shared {
  const key = Symbol.for(`wrk-builds/${name}`);
  const known: unknown = Reflect.get(globalThis, key);
  if (known) return known as Shared;
  const made = make();
  Reflect.defineProperty(globalThis, key, { value: made });
  return made;
}
