import type * as z from 'zod';
import { keysAt, nearestKey, pathToKey } from './known-keys.js';
import { kindOf } from './option-kinds.js';

type Issue = z.core.$ZodIssue;

/**
 * Reads the options of one public function. Every function of the library reads what it is given through here, so that a
 * mistake has one voice: `<option path>: <what is wrong>: <what to give>`. The schema's messages say what to give.
 *
 * @throws TypeError that lists every problem at once, and never quotes a value: an option may hold a secret
 */
export function readOptions<Schema extends z.ZodType>(
  name: string,
  schema: Schema,
  given: unknown,
): z.output<Schema> {
  const read = schema.safeParse(given);
  if (read.success) return read.data;
  const lines = firstOfEachPath(read.error.issues.flatMap(ofTheChoiceMeant)).flatMap((issue) =>
    linesOf(issue, schema, given),
  );
  throw new TypeError(`${name} cannot use these options:\n- ${lines.join('\n- ')}`);
}

/** One value is one problem, though it may break two rules. Unknown keys stand at the path of their object, beside its own problem. */
function firstOfEachPath(issues: readonly Issue[]): readonly Issue[] {
  const pathOf = ({ code, path }: Issue) => `${code === 'unrecognized_keys'} ${path.map(String).join('.')}`;
  return [...new Map([...issues].reverse().map((issue) => [pathOf(issue), issue])).values()].reverse();
}

/**
 * Where a value may be one of several kinds, the problems within the one kind that it is. They stand at a path of their own;
 * a value of another kind breaks the rule at the path of the choice itself.
 */
function ofTheChoiceMeant(issue: Issue): readonly Issue[] {
  if (issue.code !== 'invalid_union') return [issue];
  const [meant, ...others] = issue.errors.filter((problems) =>
    problems.every(({ code, path }) => path.length > 0 || code === 'unrecognized_keys'),
  );
  if (!meant || others.length > 0) return [issue];
  return meant.flatMap((each) => ofTheChoiceMeant({ ...each, path: [...issue.path, ...each.path] }));
}

function linesOf(issue: Issue, schema: z.ZodType, given: unknown): readonly string[] {
  const { path } = issue;
  const line = (at: readonly PropertyKey[], wrong: string, give: string) =>
    `${at.map(String).join('.') || 'options'}: ${wrong}: ${give}`;
  if (issue.code === 'unrecognized_keys') {
    const known = keysAt(schema, path);
    return issue.keys.map((key) => {
      const near = nearestKey(key, known) ?? pathToKey(schema, path, key)?.join('.');
      const give = near === undefined ? `give one of ${known.join(', ')}` : `did you mean “${near}”?`;
      return line([...path, key], 'is not an option', give);
    });
  }
  return [line(path, whatIsWrong(issue, valueAt(given, path)), issue.message)];
}

function whatIsWrong(issue: Issue, value: unknown): string {
  if (issue.code === 'custom' && typeof issue.params?.wrong === 'string') return issue.params.wrong;
  if (value === undefined) return 'is missing';
  if (value === null) return 'is null';
  if (typeof value === 'number' && !Number.isFinite(value)) return `is ${value}`;
  switch (issue.code) {
    case 'too_small':
      return typeof value === 'number' ? 'is too small' : 'is too short';
    case 'too_big':
      return typeof value === 'number' ? 'is too large' : 'is too long';
    case 'invalid_type':
      return typeof value === 'number' && issue.expected === 'int' ? 'is not a whole number' : kindOf(value);
    case 'custom':
    case 'invalid_value':
    case 'invalid_union':
      return typeof value === 'string' ? 'cannot be used' : kindOf(value);
    default:
      return 'cannot be used';
  }
}

function valueAt(given: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce((value: unknown, step) => Reflect.get(Object(value), step), given);
}
