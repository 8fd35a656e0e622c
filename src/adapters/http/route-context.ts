import type { EventStreams } from './events/event-streams.js';
import type { BuildsOverHttp, OpenApiDocument, OtherStatusHandler } from './handler-options.js';

/** What the routes need. */
export interface RouteContext {
  readonly builds: BuildsOverHttp;
  /** Statuses that are not ours, and the host's handler for them. */
  readonly otherStatuses: readonly string[];
  readonly onOtherStatus: OtherStatusHandler | null;
  readonly streams: EventStreams;
  /** The OpenAPI document for a base path. */
  readonly documentAt: (basePath: string) => OpenApiDocument;
}
