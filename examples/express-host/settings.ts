import { readFileSync } from 'node:fs';
import { err, ok, type Result } from 'neverthrow';
import * as z from 'zod';
import { peopleSchema } from './directory.js';

const settingsSchema = z.object({
  DATABASE_URL: z.url(),
  WRK_URL: z.url(),
  WRK_TOKEN: z.string().min(1),
  MAIL_URL: z.url(),
  /** A JSON file with the people whom the host knows. */
  PEOPLE_FILE: z
    .string()
    .transform((path, context): unknown => {
      try {
        return JSON.parse(readFileSync(path, 'utf8'));
      } catch {
        context.addIssue('Name a JSON file that can be read.');
        return z.NEVER;
      }
    })
    .pipe(peopleSchema),
  PORT: z.coerce.number().int().min(0).max(65_535).default(3000),
  /** How long calls to WRK may go on once the process is told to stop, in milliseconds. */
  GRACE_MS: z.coerce.number().int().min(0).default(20_000),
});

/** What the host is started with. */
export type Settings = z.infer<typeof settingsSchema>;

/** Starts with the settings of the environment; where they will not do, says on stderr what to mend. */
export async function startWith(start: (settings: Settings) => Promise<void>): Promise<void> {
  const settings = readSettings(process.env);
  if (settings.isOk()) {
    await start(settings.value);
  } else {
    process.stderr.write(`${settings.error}\n`);
    process.exitCode = 1;
  }
}

/** Reads the environment. The problem lists every setting that is missing or wrong, and never a value. */
function readSettings(environment: NodeJS.ProcessEnv): Result<Settings, string> {
  const read = settingsSchema.safeParse(environment);
  if (read.success) return ok(read.data);
  return err(`The host cannot start. Mend these settings:\n${z.prettifyError(read.error)}`);
}
