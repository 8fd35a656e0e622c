import type { Builds } from '../../builds.js';
import type { EventStreams } from './events/event-streams.js';
import type { OtherStatusHandler } from './handler-options.js';
import type { OpenApiDocument } from './openapi/document.js';

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

/** What the routes reach. */
export interface World {
  readonly builds: BuildsOverHttp;
  /** Statuses that are none of ours, and what the host does about them. */
  readonly otherStatuses: readonly string[];
  readonly onOtherStatus: OtherStatusHandler | null;
  readonly streams: EventStreams;
  /** The OpenAPI document of this handler. */
  readonly document: OpenApiDocument;
}
