/** What the mount knows and the handler does not. */
export interface HandlerContext {
  /**
   * The prefix of the handler's paths, such as `/api`.
   *
   * @default the handler's option `basePath`
   */
  readonly basePath?: string;
}

/** The handler of the HTTP API, as a mount sees it. */
export interface BuildsHandler {
  (request: Request, context?: HandlerContext): Promise<Response>;
  /** Whether a path belongs to the handler, so that a mount can leave other paths to its host. */
  readonly owns: (pathname: string, context?: HandlerContext) => boolean;
}
