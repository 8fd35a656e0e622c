import type { Builds } from '../../builds.js';
import type { Roles } from './admit.js';
import type { ActingCaller, Caller, SignedIn } from './caller.js';
import type { AllowedOrigins } from './check-origin.js';
import type { HttpErrorCode } from './error-codes.js';

/**
 * The host's own handler for moving a version to a status that is not ours. It receives the original request, body
 * included. The caller's right to change statuses has been checked; that the version belongs to the tenant has not.
 */
export type OtherStatusHandler = (
  request: Request,
  about: {
    readonly caller: ActingCaller;
    readonly automationVersionId: string;
    readonly status: string;
    readonly requestId: string;
  },
) => Promise<Response>;

/** One answered request, for logs and metrics. It contains no body, headers or query. */
export interface AnsweredRequest {
  readonly requestId: string;
  readonly method: string;
  /** `null` if no route matched. */
  readonly operationId: string | null;
  /** The path with `{id}` in place of the id; `null` if no route matched. */
  readonly route: string | null;
  readonly status: number;
  readonly errorCode: HttpErrorCode | null;
  /** `null` if the caller was not admitted, or acts for no tenant. */
  readonly tenantId: string | null;
  /** `null` if the caller was not admitted. */
  readonly userId: string | null;
  /** Milliseconds until the answer began; a stream continues after that. */
  readonly durationMs: number;
  /** The error behind a 500, a 503 or a failed part of another answer; `null` otherwise. The caller never sees it. */
  readonly problem: unknown;
}

/** The part of the library that the HTTP API uses. */
export type BuildsOverHttp = Pick<
  Builds,
  | 'requestBuild'
  | 'previewBuild'
  | 'listBuilds'
  | 'getBuild'
  | 'retryBuild'
  | 'retryBuilds'
  | 'assignBuild'
  | 'adoptWorkflow'
  | 'undoAdoption'
  | 'cancelBuild'
  | 'watchBuilds'
  | 'isHostId'
  | 'versionStatusOf'
  | 'health'
  | 'stats'
  | 'deadLetters'
  | 'redrive'
>;

/** Options for event streams. */
export interface EventStreamOptions {
  /**
   * The interval between heartbeats, in milliseconds, from 1 to 86,400,000 (1 day). Proxies close idle connections after
   * 30 s or more.
   *
   * @default 15_000
   */
  readonly heartbeatMs?: number;
  /**
   * How long a stream lasts, in milliseconds ±20 %, from 1 to 86,400,000 (1 day). Someone whose session has ended may keep
   * listening for this long.
   *
   * @default 300_000 (5 minutes)
   */
  readonly lifetimeMs?: number;
  /**
   * The maximum number of concurrent streams of one user in this process, from 0 to 1,000,000. More are answered with 429.
   *
   * @default 5
   */
  readonly maxStreamsPerUser?: number;
  /**
   * The maximum number of concurrent streams of one tenant in this process, from 0 to 1,000,000. More are answered with 429.
   *
   * @default 100
   */
  readonly maxStreamsPerTenant?: number;
  /**
   * The maximum number of concurrent streams in this process, from 0 to 1,000,000. More are answered with 429.
   *
   * @default 2_000
   */
  readonly maxStreamsPerProcess?: number;
}

/** What only the host knows about its API. */
export interface DocumentOptions {
  /**
   * The prefix before `/v1`, or a full URL.
   *
   * @default ''
   */
  readonly basePath?: string;
  /**
   * The title of the document.
   *
   * @default 'Builds'
   */
  readonly title?: string;
  /**
   * How callers sign in, as OpenAPI security schemes. Any one of them is sufficient.
   *
   * @default a bearer token
   */
  readonly securitySchemes?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** An OpenAPI 3.1 document: plain JSON. */
export type OpenApiDocument = Readonly<Record<string, unknown>>;

/** Options of the HTTP API. */
export interface BuildsHandlerOptions {
  /** The library, as `createBuilds` returns it. */
  readonly builds: BuildsOverHttp;
  /**
   * Identifies the caller; `null` is answered with 401. Tenant and user come only from here, so ids that your tables could not
   * have are your mistake and not the client's: like an error, they are answered with 500. Staff who have chosen no client yet
   * have the tenant `null`.
   */
  readonly authenticate: (request: Request) => Caller | null | Promise<Caller | null>;
  /**
   * How to sign in, as the header `WWW-Authenticate` of a 401. With `Basic`, browsers ask for a password.
   *
   * @default 'Bearer'
   */
  readonly challenge?: string;
  /**
   * The roles that have each right: `request_build` (PATCH, its prerequisites and its build) and `operate_builds` (everything below
   * `/v1/admin`). Name who operates builds: there is no default.
   */
  readonly roles: Roles;
  /**
   * The prefix before `/v1` in the path, such as `/api`, without a trailing slash. A mount may override it.
   *
   * @default ''
   */
  readonly basePath?: string;
  /**
   * The origins whose pages may send changes, such as `https://app.example`; or a function of the host. A change needs one
   * if it carries a `Cookie` and no `Authorization`, or if `Sec-Fetch-Site` says that another site sent it.
   *
   * @default none: such a change is refused
   */
  readonly allowedOrigins?: AllowedOrigins;
  /**
   * Accepts changes from pages of every origin. Any web page can then send changes in the name of whoever visits it, unless
   * something in front of the handler prevents that.
   *
   * @default false
   */
  readonly dangerouslyAllowEveryOrigin?: boolean;
  /**
   * Called before a request is carried out. `null` lets it pass; otherwise it is answered with 429 and `Retry-After`. An
   * error is answered with 500.
   *
   * @default no limit
   */
  readonly rateLimit?: (about: {
    readonly caller: SignedIn;
    readonly operationId: string;
    readonly request: Request;
  }) => Promise<{
    /** When the caller may try again, in seconds, rounded up to at least 1. */
    readonly retryAfterSeconds: number;
  } | null>;
  /**
   * Statuses besides `Build in Progress` that PATCH accepts. Any other status is answered with 400.
   *
   * @default `Ready for Build`, `Awaiting Client Approval` and `QA & Testing`
   */
  readonly otherStatuses?: readonly string[];
  /**
   * Moves a version to one of `otherStatuses`.
   *
   * @default such a request is answered with 409 `invalid_status_transition`
   */
  readonly onOtherStatus?: OtherStatusHandler;
  /**
   * Options for event streams.
   *
   * @default those of `EventStreamOptions`
   */
  readonly events?: EventStreamOptions;
  /**
   * Title and security schemes of the OpenAPI document.
   *
   * @default those of `DocumentOptions`
   */
  readonly openApi?: Omit<DocumentOptions, 'basePath'>;
  /**
   * The largest request body, in bytes, at least 1.
   *
   * @default 65_536
   */
  readonly maxBodyBytes?: number;
  /**
   * Called after each answer. Its errors and rejections are ignored.
   *
   * @default nobody is called
   */
  readonly onAnswer?: (answered: AnsweredRequest) => void;
}
