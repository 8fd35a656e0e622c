import * as z from 'zod';
import { callback, milliseconds, options, wholeNumber } from '../../core/input/option-kinds.js';
import { readOptions } from '../../core/input/read-options.js';
import { reveal, type Secret } from '../../core/input/secret.js';
import type { WrkLookup } from '../../core/orchestration/wrk-answer.js';
import type { WrkPlatformClient } from '../../ports/wrk-platform-client.js';
import type { WrkHooks } from './hooks.js';
import { isReserved } from './request-headers.js';
import { isToken } from './secret-guard.js';

/** What is asked for in a lookup. */
export type WorkflowQuery = Parameters<WrkPlatformClient['findWorkflow']>[0];

/**
 * What this WRK offers against creating a workflow twice.
 *
 * - `idempotency-key`: the key is sent as `Idempotency-Key`, and WRK answers a key it knows with the workflow
 *   it made for it.
 * - `lookup`: WRK stores our reference, and `find` asks for it. After an unknown outcome a build looks before
 *   it calls again. `find` has the call's deadline for all its tries together; what it throws is tried
 *   again twice, and then counts as `failed`.
 * - `nothing`: after an unknown outcome, `retry` calls again and may create twice, and `stop` leaves the build
 *   to a person.
 */
export type WrkDuplicates =
  | { readonly by: 'idempotency-key' }
  | { readonly by: 'lookup'; readonly find: (query: WorkflowQuery) => Promise<WrkLookup> }
  | { readonly by: 'nothing'; readonly onUnknownOutcome: 'retry' | 'stop' };

/** How to reach the WRK Platform. */
export interface WrkHttpOptions {
  /** Where WRK lives, with any path before `/wrk-api`: `https://api.example.com`. No query, no credentials. */
  readonly baseUrl: string;
  /**
   * Sent as `Authorization: Bearer …`, made with `secret` so that no log shows it; a bare string is refused. A function
   * is asked before every call, so it should keep its token for a while; where it fails, nothing is sent. Left out: no
   * such header.
   */
  readonly token?: Secret | (() => Promise<Secret>);
  /** What WRK offers against duplicates. It is not documented, so there is no default. */
  readonly duplicates: WrkDuplicates;
  /** How long a call may take in milliseconds, headers and body together. Default 30,000; at most 300,000. */
  readonly deadlineMs?: number;
  /** The header that carries the build's reference. Default `x-wrk-builds-reference`. */
  readonly referenceHeader?: string;
  /** The header in which WRK names a request, kept with each call for ops. Default `x-request-id`. */
  readonly wrkRequestIdHeader?: string;
  /** Functions of the host around each call. Default: none. */
  readonly hooks?: WrkHooks;
  /**
   * The only hosts that a workflow URL may name: `app.example.com`, `*.example.com`. Default: any, over https.
   * Plain http is believed only on the base URL's own host, or on loopback where the base URL is.
   */
  readonly workflowUrlHosts?: readonly string[];
  /** How much of an answer is read, in bytes, unpacked. Default 1,048,576; at least 1,024, at most 64 MiB. */
  readonly maxBodyBytes?: number;
}

const text = z.string();
const BASE_URL_WANTED =
  "give an absolute http or https URL without credentials, query or fragment, such as 'https://api.example.com'";

const duplicatesSchema = z.discriminatedUnion(
  'by',
  [
    z.strictObject({ by: z.literal('idempotency-key') }),
    z.strictObject({
      by: z.literal('lookup'),
      find: callback<(query: WorkflowQuery) => Promise<WrkLookup>>(
        "a lookup needs 'find', a function that asks WRK for the workflow of a reference",
      ),
    }),
    z.strictObject({
      by: z.literal('nothing'),
      onUnknownOutcome: z.enum(['retry', 'stop'], {
        error: "choose 'retry' (may create a workflow twice) or 'stop' (leaves the build to a person)",
      }),
    }),
  ],
  {
    error:
      "say what WRK offers against creating a workflow twice: { by: 'idempotency-key' }, { by: 'lookup', find } " +
      "or { by: 'nothing', onUnknownOutcome: 'retry' | 'stop' }; there is no default",
  },
);

const tokenSchema = z
  .custom<Secret | (() => Promise<Secret>)>(
    (value) => typeof value === 'function' || reveal(value) !== null,
    {
      error:
        "make it opaque with secret('…') of wrk-builds/wrk-http, or give an async function that gives such a secret; " +
        'a bare string would end up in a log. To send no token, leave the option out',
      abort: true,
    },
  )
  .refine((value) => typeof value === 'function' || isToken(reveal(value)), {
    params: { wrong: 'cannot be used' },
    error: "use the bare token: visible ASCII, no spaces or line ends, no 'Bearer'",
  });

const hook = <Name extends keyof WrkHooks>() => callback<NonNullable<WrkHooks[Name]>>().exactOptional();
const headerName = text.regex(/^[A-Za-z0-9-]{1,64}$/, { error: 'use letters, digits and dashes' });

const optionsSchema = options({
  baseUrl: z.string({ error: BASE_URL_WANTED }).refine(isBaseUrl, { error: BASE_URL_WANTED }),
  token: tokenSchema.exactOptional(),
  duplicates: duplicatesSchema,
  deadlineMs: milliseconds(1, 300_000).default(30_000),
  referenceHeader: headerName
    .refine((name) => !isReserved(name), { error: 'choose a name that the call does not use already' })
    .default('x-wrk-builds-reference'),
  wrkRequestIdHeader: headerName.default('x-request-id'),
  hooks: options({
    beforeRequest: hook<'beforeRequest'>(),
    afterResponse: hook<'afterResponse'>(),
  }).default({}),
  workflowUrlHosts: z
    .array(
      text.regex(/^(?:\*\.)?(?:[A-Za-z0-9.-]+|\[[0-9a-fA-F:]+\])(?::\d{1,5})?$/, {
        error: "write a bare host, such as 'app.example.com' or '*.example.com'",
      }),
    )
    .min(1, {
      error: 'an empty list would refuse every workflow; leave the option out to believe any https host',
    })
    .optional(),
  maxBodyBytes: wholeNumber('bytes', 1024, 64 * 1024 * 1024).default(1024 * 1024),
});

/** The options, checked, with their defaults. */
export type WrkHttpSettings = z.infer<typeof optionsSchema>;

/** Checks the options of `wrkHttp`. Throws a TypeError that lists every option that cannot be used, and never a value. */
export function readWrkHttpOptions(given: WrkHttpOptions): WrkHttpSettings {
  return readOptions('wrkHttp', optionsSchema, given);
}

function isBaseUrl(value: string): boolean {
  if (!URL.canParse(value)) return false;
  const url = new URL(value);
  const isHttp = url.protocol === 'http:' || url.protocol === 'https:';
  return isHttp && url.username === '' && url.password === '' && url.search === '' && url.hash === '';
}
