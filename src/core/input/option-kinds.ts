import * as z from 'zod';

/** No timer of a host is longer than a day, and timers of more than about 24 days fire at once. */
export const DAY_MS = 86_400_000;

/** Options under these names; any other name is refused. */
export function options<Shape extends z.core.$ZodLooseShape>(shape: Shape) {
  return z.strictObject(shape, { error: `give an object of ${Object.keys(shape).join(', ')}` });
}

/** A whole number of a unit, such as `bytes`, in a range. */
export function wholeNumber(unit: string, min: number, max: number) {
  const error = `give a whole number of ${unit} from ${min} to ${max}`;
  return z.int({ error }).min(min, { error }).max(max, { error });
}

/** A duration in milliseconds, of at most a day unless told otherwise. */
export function milliseconds(min = 1, max = DAY_MS) {
  return wholeNumber('milliseconds', min, max);
}

/** A number in a range, whole or not. */
export function numberBetween(min: number, max: number) {
  const error = `give a number from ${min} to ${max}`;
  return z.number({ error }).min(min, { error }).max(max, { error });
}

/** `true` or `false`. */
export function flag() {
  return z.boolean({ error: 'give true or false' });
}

/** A text of at least one character. */
export function text(give = 'give a text of at least one character') {
  return z.string({ error: give }).min(1, { error: give });
}

/** One of a few words. */
export function oneOf<const Words extends readonly [string, ...string[]]>(...words: Words) {
  const quoted = words.map((word) => `'${word}'`);
  const list = quoted.length > 1 ? `${quoted.slice(0, -1).join(', ')} or ${quoted.at(-1)}` : quoted.join();
  return z.enum(words, { error: `give ${list}` });
}

/** A function of the host's. What it takes and returns is seen when it is called. */
export function callback<Call>(give = 'give a function') {
  return z.custom<Call>().superRefine((value: unknown, context) => {
    if (typeof value === 'function') return;
    context.addIssue({ code: 'custom', message: give, ...ofAnotherKind(value) });
  });
}

/** An object, or a function, that has these methods. Catches a value that is of another kind altogether. */
export function having<Wanted extends object>(methods: readonly (keyof Wanted & string)[], give: string) {
  return z.custom<Wanted>().superRefine((value: unknown, context) => {
    const holder =
      (typeof value === 'object' && value !== null) || typeof value === 'function' ? value : null;
    const lacking = holder && methods.filter((method) => typeof Reflect.get(holder, method) !== 'function');
    if (lacking?.length === 0) return;
    const wrong = lacking ? { params: { wrong: `has no ${lacking.join(', ')}` } } : ofAnotherKind(value);
    context.addIssue({ code: 'custom', message: give, ...wrong });
  });
}

/** Refuses options whose upper bound is below the lower one. `at` is where they stand: `circuitBreaker`. */
export function inOrder<Name extends string>(at: string, lower: Name, upper: Name) {
  return (given: Readonly<Record<Name, number>>, context: z.core.$RefinementCtx) => {
    if (given[upper] >= given[lower]) return;
    context.addIssue({
      code: 'custom',
      path: [upper],
      params: { wrong: `is less than ${at}.${lower}` },
      message: 'give at least as much',
    });
  };
}

/** What is missing, or null, is said to be so in any case. */
function ofAnotherKind(value: unknown) {
  return value !== undefined && value !== null && { params: { wrong: kindOf(value) } };
}

/** What a value is that should be of another kind. */
export function kindOf(value: unknown): string {
  if (Array.isArray(value)) return 'is a list';
  return typeof value === 'object' ? 'is an object' : `is a ${typeof value}`;
}
