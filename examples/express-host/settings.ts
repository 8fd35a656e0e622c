import { randomBytes } from 'node:crypto';
import { secret } from 'wrk-builds/wrk-http';
import * as z from 'zod';

const wholeNumber = z.coerce.number().int().min(0);

const settingsSchema = z
  .object({
    /** In `production` nothing stands in for anything: database, WRK and the secret of the sessions have to be set. */
    NODE_ENV: z.string().optional(),
    /** Default: an embedded Postgres that ends with the process. */
    DATABASE_URL: z.url().optional(),
    /** Default: a stand-in for WRK that ends with the process. */
    WRK_URL: z.url().optional(),
    WRK_TOKEN: z.string().min(1).transform(secret).optional(),
    /** `yes`: the stand-in for WRK also on a database of yours, whose builds then get workflows that are none. */
    WRK_STAND_IN: z.enum(['yes', 'no']).default('no'),
    /** Takes a POST for each e-mail. Default: e-mails are log lines. */
    MAIL_URL: z.url().optional(),
    /** Default 3000; of a worker, for its health and metrics, any free one. 0: any free one. */
    PORT: wholeNumber.max(65_535).optional(),
    /** Where to listen. `0.0.0.0` lets other machines in. */
    ADDRESS: z.string().default('127.0.0.1'),
    /** The origins of your pages, with commas between them. Default: the host's own address. */
    ORIGINS: z
      .string()
      .transform((list) => list.split(',').map((each) => each.trim()))
      .pipe(z.array(z.url({ protocol: /^https?$/ })))
      // As browsers send them: a slash at the end, which people copy along, would fit none.
      .transform((list) => list.map((each) => new URL(each).origin))
      .optional(),
    /** Signs the session cookies: the same in every process, and kept. Default: another one at each start. */
    SESSION_SECRET: z
      .string()
      .min(32)
      .default(() => randomBytes(32).toString('hex')),
    /** How many proxies stand before the host, whose `X-Forwarded-…` headers it may believe. */
    TRUST_PROXY: wholeNumber.default(0),
    /** What `/readyz` and `/metrics` want as `Authorization: Bearer …`. Default: they answer this machine alone. */
    HEALTH_TOKEN: z.string().min(16).optional(),
    /** `none`: this process only takes requests, and builds are left to `npm run worker`. */
    WORKERS: z.enum(['here', 'none']).default('here'),
    /** Whether to make people and projects to try it with. Default: in an embedded database alone. */
    SEED: z.enum(['yes', 'no']).optional(),
    /**
     * How long the process may take to stop, in milliseconds. Less than whoever stops it waits before SIGKILL: 30 s in
     * Kubernetes, 10 s in Docker.
     */
    GRACE_MS: wholeNumber.default(20_000),
    /** Default: `info`; on a terminal, where somebody reads what is above, `warn`. */
    LOG_LEVEL: z
      .enum(['debug', 'info', 'warn', 'error'])
      .default(() => (process.stderr.isTTY ? 'warn' : 'info')),
  })
  .refine(({ WRK_URL, WRK_TOKEN }) => (WRK_URL === undefined) === (WRK_TOKEN === undefined), {
    path: ['WRK_TOKEN'],
    message: 'Set WRK_URL and WRK_TOKEN, or neither of them.',
  })
  .superRefine((settings, context) => {
    if (settings.NODE_ENV !== 'production') return;
    const refuse = (name: string, message: string) =>
      context.addIssue({ code: 'custom', path: [name], message: `${message} (NODE_ENV is production)` });
    if (settings.DATABASE_URL === undefined)
      refuse('DATABASE_URL', 'Set it: an embedded database loses every build.');
    if (settings.WRK_URL === undefined || settings.WRK_STAND_IN === 'yes')
      refuse('WRK_URL', 'Set it, without WRK_STAND_IN: a stand-in makes no workflows.');
    if (settings.SEED === 'yes')
      refuse('SEED', 'Leave it out: its people have passwords that everybody can read.');
  });

const hostSchema = settingsSchema.refine(
  ({ DATABASE_URL, WRK_URL, WRK_STAND_IN }) =>
    DATABASE_URL === undefined || WRK_URL !== undefined || WRK_STAND_IN === 'yes',
  {
    path: ['WRK_URL'],
    message:
      'Set it as well where DATABASE_URL is set. To try a stand-in for WRK on that database: WRK_STAND_IN=yes',
  },
);

const workerSchema = settingsSchema.superRefine(({ DATABASE_URL, WRK_URL }, context) => {
  const ofWhom = 'A worker works for a host: set what the host has. `WORKERS=none npm start` prints it.';
  if (DATABASE_URL === undefined)
    context.addIssue({ code: 'custom', path: ['DATABASE_URL'], message: ofWhom });
  if (WRK_URL === undefined) context.addIssue({ code: 'custom', path: ['WRK_URL'], message: ofWhom });
});

/** What a process is started with. */
export type Settings = z.infer<typeof settingsSchema>;

/**
 * Reads the environment; one that is set and empty is not set. `null`: the settings will not do, and every one that is
 * missing or wrong has been listed on stderr, never with its value.
 */
export function readSettings(part: 'host' | 'worker', environment: NodeJS.ProcessEnv): Settings | null {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
  const read = (part === 'host' ? hostSchema : workerSchema).safeParse(given);
  if (read.success) return read.data;
  process.stderr.write(`The ${part} cannot start. Fix these settings:\n${z.prettifyError(read.error)}\n`);
  return null;
}
