import * as z from 'zod';
import { callback, milliseconds, options, wholeNumber } from '../../core/input/option-kinds.js';
import { readOptions } from '../../core/input/read-options.js';
import { reveal, type Secret } from '../../core/input/secret.js';
import type { WorkflowCheck, WrkLookup } from '../../core/orchestration/wrk-answer.js';
import type { WorkflowToVerify, WrkPlatformClient } from '../../ports/wrk-platform-client.js';
import type { WrkHooks } from './hooks.js';
import { isReserved, isToken } from './request-headers.js';

/** The query of a lookup. */
export type WorkflowQuery = Parameters<WrkPlatformClient['findWorkflow']>[0];

/**
 * How this WRK prevents duplicate workflows.
 *
 * - `idempotency-key`: the key is sent as `Idempotency-Key`, and WRK answers a known key with the workflow it
 *   created for it.
 * - `lookup`: WRK stores our reference, and `find` looks it up. After an unknown outcome, a build looks the workflow
 *   up before it calls again. All attempts of `find` share the deadline of one call; a failed attempt is retried
 *   twice, and then the lookup counts as `failed`.
 * - `nothing`: after an unknown outcome, `retry` calls again and may create a duplicate, and `stop` leaves the
 *   build to a person.
 */
export type WrkDuplicates =
  | {
      /** WRK answers a known key with the workflow that it created for it. */
      readonly by: 'idempotency-key';
    }
  | {
      /** WRK stores our reference, and `find` looks it up. */
      readonly by: 'lookup';
      /**
       * Looks up the workflow of a reference. It must see every workflow that WRK has finished making, also a moment ago:
       * a list that lags behind, or a copy for reading, says "absent" of a workflow that is there.
       */
      readonly find: (query: WorkflowQuery) => Promise<WrkLookup>;
      /**
       * How long after a call whose outcome is unknown WRK may still be making its workflow, in milliseconds, from 0 to
       * 86,400,000 (1 day). Until then a lookup that finds none is made again, and nothing is called.
       *
       * @default `deadlineMs`, once more
       */
      readonly settleMs?: number;
    }
  | {
      /** WRK has nothing of the kind. */
      readonly by: 'nothing';
      /** Whether a build calls again after an unknown outcome, or is left to a person. */
      readonly onUnknownOutcome: 'retry' | 'stop';
    };

/** How to reach the WRK Platform. */
export interface WrkHttpOptions {
  /** The base URL of WRK, including any path before `/wrk-api`: `https://api.example.com`. No query, no credentials. */
  readonly baseUrl: string;
  /**
   * The bearer token, sent as `Authorization: Bearer …`. It must be wrapped with `secret`, so that no log shows it; a bare
   * string is refused. A function is called before every call, so it should cache its token; if it fails, nothing is
   * sent.
   *
   * @default no `Authorization` header
   */
  readonly token?: Secret | (() => Promise<Secret>);
  /** How WRK prevents duplicates. WRK does not document it, so there is no default. */
  readonly duplicates: WrkDuplicates;
  /**
   * Asks WRK whether a workflow exists and is this tenant's, within `deadlineMs`. `adoptWorkflow` asks it before a build
   * takes a workflow that a person named, so that nobody claims the id of another tenant's workflow, or of one that is not
   * there yet.
   *
   * @default a person's word is taken, and any id that no other build has can be adopted
   */
  readonly verify?: (workflow: WorkflowToVerify) => Promise<WorkflowCheck>;
  /**
   * How long a call may take, headers and body together, in milliseconds, from 1 to 300,000.
   *
   * @default 30_000
   */
  readonly deadlineMs?: number;
  /**
   * The header that carries the build's reference.
   *
   * @default 'x-wrk-builds-reference'
   */
  readonly referenceHeader?: string;
  /**
   * The response header with WRK's request id, which is stored with each call.
   *
   * @default 'x-request-id'
   */
  readonly wrkRequestIdHeader?: string;
  /**
   * Host functions that run around each call.
   *
   * @default none
   */
  readonly hooks?: WrkHooks;
  /**
   * The only hosts that a workflow URL may have, such as `app.example.com` or `*.example.com`. Plain http is accepted
   * only on the base URL's own host, and on any loopback address if the base URL is one.
   *
   * @default any host, over https
   */
  readonly workflowUrlHosts?: readonly string[];
  /**
   * The largest response body that is read, in bytes after decompression, from 1,024 to 67,108,864 (64 MiB).
   *
   * @default 1_048_576 (1 MiB)
   */
  readonly maxBodyBytes?: number;
}

const text = z.string();
const BASE_URL_WANTED =
  "give an absolute http or https URL without credentials, query or fragment, such as 'https://api.example.com'";

/** The base URL of a WRK. Every call adds its own path to it. */
export const baseUrlOption = z
  .string({ error: BASE_URL_WANTED })
  .refine(isBaseUrl, { error: BASE_URL_WANTED, abort: true })
  .refine((url) => !/\/wrk-api(?:\/workflows)?\/*$/.test(url), {
    params: { wrong: 'ends in /wrk-api, which every call adds by itself' },
    error: 'leave it out',
  });

const duplicatesSchema = z.discriminatedUnion(
  'by',
  [
    z.strictObject({ by: z.literal('idempotency-key') }),
    z.strictObject({
      by: z.literal('lookup'),
      find: callback<(query: WorkflowQuery) => Promise<WrkLookup>>(
        "a lookup needs 'find', a function that looks up the workflow of a reference in WRK",
      ),
      settleMs: milliseconds(0).optional(),
    }),
    z.strictObject({
      by: z.literal('nothing'),
      onUnknownOutcome: z.enum(['retry', 'stop'], {
        error: "choose 'retry' (may create a duplicate workflow) or 'stop' (leaves the build to a person)",
      }),
    }),
  ],
  {
    error:
      "say how WRK prevents duplicate workflows: { by: 'idempotency-key' }, { by: 'lookup', find } " +
      "or { by: 'nothing', onUnknownOutcome: 'retry' | 'stop' }; there is no default",
  },
);

const tokenSchema = z
  .custom<Secret | (() => Promise<Secret>)>(
    (value) => typeof value === 'function' || reveal(value) !== null,
    {
      error:
        "wrap it with secret('…') from wrk-builds/wrk-http, or give an async function that returns such a secret; " +
        'a bare string could end up in a log. To send no token, leave the option out',
      abort: true,
    },
  )
  .refine((value) => typeof value === 'function' || isToken(reveal(value)), {
    params: { wrong: 'cannot be used' },
    error: "use the bare token: visible ASCII without spaces or line breaks, and without 'Bearer'",
  });

const hook = <Name extends keyof WrkHooks>() => callback<NonNullable<WrkHooks[Name]>>().exactOptional();
const headerName = text.regex(/^[A-Za-z0-9-]{1,64}$/, { error: 'use letters, digits and dashes' });

const optionsSchema = options({
  baseUrl: baseUrlOption,
  token: tokenSchema.exactOptional(),
  duplicates: duplicatesSchema,
  verify: callback<NonNullable<WrkHttpOptions['verify']>>().exactOptional(),
  deadlineMs: milliseconds(1, 300_000).default(30_000),
  referenceHeader: headerName
    .refine((name) => !isReserved(name), { error: 'choose a name that the call does not already use' })
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
      error: 'an empty list would refuse every workflow; leave the option out to accept any https host',
    })
    .optional(),
  maxBodyBytes: wholeNumber('bytes', 1024, 64 * 1024 * 1024).default(1024 * 1024),
});

/** The validated options with their defaults. */
export type WrkHttpSettings = z.infer<typeof optionsSchema>;

/** Validates the options of `wrkHttp`. Throws a TypeError that lists every invalid option, but never a value. */
export function readWrkHttpOptions(given: WrkHttpOptions): WrkHttpSettings {
  return readOptions('wrkHttp', optionsSchema, given);
}

function isBaseUrl(value: string): boolean {
  if (!URL.canParse(value)) return false;
  const url = new URL(value);
  const isHttp = url.protocol === 'http:' || url.protocol === 'https:';
  return isHttp && url.username === '' && url.password === '' && url.search === '' && url.hash === '';
}
