import type { EventStreams } from './events/event-streams.js';
import type { BuildsOverHttp, OpenApiDocument, OtherStatusHandler } from './handler-options.js';

/** What the routes reach. */
export interface RouteContext {
  readonly builds: BuildsOverHttp;
  /** Statuses that are none of ours, and what the host does about them. */
  readonly otherStatuses: readonly string[];
  readonly onOtherStatus: OtherStatusHandler | null;
  readonly streams: EventStreams;
  /** The OpenAPI document, for what stands before `/v1`. */
  readonly documentAt: (basePath: string) => OpenApiDocument;
}
