import { parseArgs } from 'node:util';

/** What the command line asks for. */
export type DemoOptions =
  | { readonly kind: 'tour' }
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'help' }
  | { readonly kind: 'unusable'; readonly message: string };

export const HELP = `Runs real builds against a stand-in for the WRK Platform, and shows every step.

  npm run demo                          three builds: one that works, one that
                                        WRK rejects, one where WRK fails twice
  npm run demo -- --blueprint FILE      one build of a blueprint of your own:
                                        a graph (nodes, edges), or steps
  npm run demo -- --help                this text

To try the other shape:
  npm run demo -- --blueprint examples/blueprints/onboarding-steps.json

Without DATABASE_URL it uses an embedded Postgres that ends with it. With
DATABASE_URL it makes two schemas in that database, touches nothing else there,
and removes them in the end.
`;

/** Reads the arguments after `npm run demo --`. */
export function readOptions(args: readonly string[]): DemoOptions {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: { blueprint: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
    });
    if (values.help === true) return { kind: 'help' };
    if (values.blueprint === undefined) return { kind: 'tour' };
    if (values.blueprint === '')
      return { kind: 'unusable', message: '--blueprint needs the name of a file.' };
    return { kind: 'file', path: values.blueprint };
  } catch (problem) {
    return { kind: 'unusable', message: problem instanceof Error ? problem.message : String(problem) };
  }
}
