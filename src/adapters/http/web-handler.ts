/** What a mount knows and the handler does not. */
export interface HandlerContext {
  /** What stands before the paths of the handler, such as `/api`; wins over the handler's own option. */
  readonly basePath?: string;
}

/** The handler of the HTTP surface, as whoever mounts it sees it. */
export interface BuildsHandler {
  (request: Request, context?: HandlerContext): Promise<Response>;
  /** Whether a path is one of the handler's, so that a mount can leave the others to its host. */
  readonly owns: (pathname: string, context?: HandlerContext) => boolean;
}
