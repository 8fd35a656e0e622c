import { err, ok, type Result } from 'neverthrow';
import { type HttpError, transportError } from '../http-error.js';
import { ROUTES } from './all-routes.js';
import type { Route } from './route.js';

/** A route and the id in its path; empty if the path has none. */
export interface FoundRoute {
  readonly route: Route;
  readonly id: string;
}

const patterns = ROUTES.map((route) => ({
  route,
  pattern: new RegExp(`^${route.path.replaceAll('.', '\\.').replace('{id}', '(?<id>[^/]+)')}$`),
}));

/** The routes that match a path, whatever the method. The prefix before `/v1` must be exactly `basePath`. */
export function routesAt(pathname: string, basePath: string): readonly FoundRoute[] {
  if (!pathname.startsWith(basePath)) return [];
  const path = pathname.slice(basePath.length);
  return patterns.flatMap(({ route, pattern }) => {
    const match = pattern.exec(path);
    const id = match && decoded(match.groups?.id ?? '');
    return id === null ? [] : [{ route, id }];
  });
}

/** Finds the route of a request. */
export function findRoute(method: string, pathname: string, basePath: string): Result<FoundRoute, HttpError> {
  const found = routesAt(pathname, basePath);
  if (found.length === 0) {
    return err(transportError('not_found', 'There is no such path: see “/v1/openapi.json” for all paths.'));
  }
  const meant = found.find(({ route }) => route.method === method);
  if (meant) return ok(meant);
  const allow = [...new Set(found.map(({ route }) => route.method))].join(', ');
  return err(
    transportError('method_not_allowed', `This path does not support ${method}: use ${allow}.`, {
      Allow: allow,
    }),
  );
}

/** Decodes percent-encoding; `null` if it is malformed. */
function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}
