import { sharedByCopies } from '../../copies/shared-by-copies.js';

const REDACTED = '[redacted]';

declare const secretBrand: unique symbol;

/** A text that nobody sees by accident: printed, logged, turned into JSON or cloned it never shows itself. */
export interface Secret {
  readonly [secretBrand]: true;
}

interface Secrets {
  readonly texts: WeakMap<object, string>;
  /** The secrets that are in use, to be found in texts. It keeps none of them: a host may make one for every call. */
  readonly inUse: Set<WeakRef<object>>;
  readonly forgotten: FinalizationRegistry<WeakRef<object>>;
}

/** Of all copies: one makes a secret, and another sends it or writes a log. */
const { texts, inUse, forgotten } = sharedByCopies<Secrets>('secrets/1', () => {
  const inUse = new Set<WeakRef<object>>();
  return {
    texts: new WeakMap(),
    inUse,
    forgotten: new FinalizationRegistry((reference) => inUse.delete(reference)),
  };
});

/** What every way of printing finds. A secret has no property of its own, so a copy of it is empty. */
const shownAs: object = Object.freeze({
  toString: () => REDACTED,
  toJSON: () => REDACTED,
  [Symbol.toPrimitive]: () => REDACTED,
  [Symbol.for('nodejs.util.inspect.custom')]: () => REDACTED,
});

/**
 * Makes a text opaque: only the adapter that it is given to gets at it again, where it sends or signs with it. `String`, templates, `JSON.stringify`,
 * `util.inspect`, `console.log` and with them every logger show `[redacted]`; a clone or a spread copy is empty.
 *
 * @throws TypeError for anything that is not a text of at least one character; the message does not quote it
 *
 * @example
 * ```ts
 * import { secret, wrkHttp } from 'wrk-builds/wrk-http';
 *
 * const token = secret(process.env.WRK_TOKEN ?? '');
 * const wrk = wrkHttp({ baseUrl: 'https://api.example.com', token, duplicates: { by: 'idempotency-key' } });
 * ```
 */
export function secret(text: string): Secret {
  if (typeof text !== 'string' || text === '')
    throw new TypeError('A secret is a text of at least one character: is its environment variable set?');
  const made: Secret = Object.freeze(Object.create(shownAs));
  texts.set(made, text);
  const reference = new WeakRef(made);
  inUse.add(reference);
  forgotten.register(made, reference);
  return made;
}

/** A shorter secret may occur in a text by chance; redacting it would garble the text and hide nothing. */
const SHORTEST_SECRET = 8;

/** The text without any secret that is in use, and without the others that are given. */
export function redactSecrets(text: string, others: readonly (string | null | undefined)[]): string {
  const inUseNow = [...inUse].map((reference) => reveal(reference.deref()));
  return [...inUseNow, ...others]
    .filter((each) => typeof each === 'string')
    .filter((each) => each.length >= SHORTEST_SECRET)
    .toSorted((one, other) => other.length - one.length)
    .reduce((rest, each) => rest.replaceAll(each, REDACTED), text);
}

/** The text behind a secret; `null` for anything else, a copy of one included. */
export function reveal(value: unknown): string | null {
  return typeof value === 'object' && value !== null ? (texts.get(value) ?? null) : null;
}
