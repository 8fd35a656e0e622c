import type { Builds } from '../../builds.js';
import type { Roles } from './admit.js';
import type { Caller, SignedIn } from './caller.js';
import type { AllowedOrigins } from './check-origin.js';
import type { HttpErrorCode } from './error-codes.js';

/**
 * The host's own way to move a version to a status that is none of ours. It gets the request as it came, body included,
 * from somebody whose right to change statuses was checked; whether the version is the tenant's it checks itself.
 */
export type OtherStatusHandler = (
  request: Request,
  about: {
    readonly caller: SignedIn;
    readonly automationVersionId: string;
    readonly status: string;
    readonly requestId: string;
  },
) => Promise<Response>;

/** One answered request, for logs and metrics. It holds no body, no header and nothing of a query. */
export interface AnsweredRequest {
  readonly requestId: string;
  readonly method: string;
  /** `null`: no route of ours. */
  readonly operationId: string | null;
  /** The path with `{id}` in place of the id; `null`: no route of ours. */
  readonly route: string | null;
  readonly status: number;
  readonly errorCode: HttpErrorCode | null;
  /** `null` where nobody was let in. */
  readonly tenantId: string | null;
  readonly userId: string | null;
  /** In milliseconds, until the answer began; a stream goes on after that. */
  readonly durationMs: number;
  /** What was thrown behind a 500 or 503, or behind a part of another answer; `null` otherwise. The caller is told nothing of it. */
  readonly problem: unknown;
}

/** The part of the library that is reached over HTTP. */
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
  | 'cancelBuild'
  | 'watchBuilds'
>;

/** How streams of events are kept. */
export interface EventStreamOptions {
  /** Between two signs of life, in milliseconds. Default 15,000: proxies give a quiet connection up after 30 s and more. */
  readonly heartbeatMs?: number;
  /**
   * How long a stream lasts, in milliseconds, give or take a fifth. Default 300,000 (5 minutes): so long may somebody
   * whose session has ended go on to listen.
   */
  readonly lifetimeMs?: number;
  /** Streams of one tenant at once in this process. Default 100. */
  readonly maxStreams?: number;
}

/** What only the host knows of its API. */
export interface DocumentOptions {
  /** What stands before `/v1`, or a whole address. Default nothing. */
  readonly basePath?: string;
  /** Default `Builds`. */
  readonly title?: string;
  /** How callers sign in, as OpenAPI's security schemes; any one of them will do. Default a bearer token. */
  readonly securitySchemes?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** An OpenAPI 3.1 document: plain JSON. */
export type OpenApiDocument = Readonly<Record<string, unknown>>;

/** What a host says about its HTTP surface. */
export interface BuildsHandlerOptions {
  readonly builds: BuildsOverHttp;
  /**
   * Who asks: `null` is nobody, and gets 401. Tenant and user come from here and from nowhere else. What it throws is
   * answered as 500.
   */
  readonly authenticate: (request: Request) => Caller | null | Promise<Caller | null>;
  /**
   * Which roles may what. Default: `request_build` (PATCH and its prerequisites) takes `project_owner`, `project_admin`,
   * `ops_build` or `admin`; `operate_builds` (everything below `/v1/admin`) takes `ops_build` or `admin`.
   */
  readonly roles?: Partial<Roles>;
  /** What stands before `/v1` in the path, such as `/api`, without a slash at the end. Default nothing; a mount that knows better says so. */
  readonly basePath?: string;
  /**
   * The origins whose pages may ask for changes with a cookie. Default none: where `authenticate` says `byCookie`, every
   * change is refused until some are named.
   */
  readonly allowedOrigins?: AllowedOrigins;
  /**
   * Asked before a request is carried out; `null` lets it pass, else it is 429 with `Retry-After`. Default: all pass.
   * What it throws is answered as 500.
   */
  readonly rateLimit?: (about: {
    readonly caller: SignedIn;
    readonly operationId: string;
    readonly request: Request;
  }) => Promise<{ readonly retryAfterSeconds: number } | null>;
  /**
   * Statuses besides `Build in Progress` that PATCH may name. Default `Ready for Build`, `Awaiting Client Approval` and
   * `QA & Testing`. One that is not listed is 400.
   */
  readonly otherStatuses?: readonly string[];
  /** Moves a version to one of `otherStatuses`. Default: such a request is 409 `invalid_status_transition`. */
  readonly onOtherStatus?: OtherStatusHandler;
  /** How the streams of events are kept. */
  readonly events?: EventStreamOptions;
  /** How callers sign in, and the title, for the OpenAPI document. Default: see `DocumentOptions`. */
  readonly openApi?: Omit<DocumentOptions, 'basePath'>;
  /** The largest body that is read, in bytes. Default 65,536. */
  readonly maxBodyBytes?: number;
  /** Told of each answer. What it throws, and what its promise rejects with, is ignored. Default: nobody. */
  readonly onAnswer?: (answered: AnsweredRequest) => void;
}
