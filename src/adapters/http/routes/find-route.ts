import { err, ok, type Result } from 'neverthrow';
import { type HttpError, transportError } from '../http-error.js';
import { ROUTES } from './all-routes.js';
import type { Route } from './route.js';

/** A route, and the id that stands in its path; empty where none does. */
export interface FoundRoute {
  readonly route: Route;
  readonly id: string;
}

const patterns = ROUTES.map((route) => ({
  route,
  pattern: new RegExp(`^${route.path.replaceAll('.', '\\.').replace('{id}', '(?<id>[^/]+)')}$`),
}));

/** The routes that a path may mean, whatever the method. What stands before `/v1` must be `basePath` to the letter. */
export function routesAt(pathname: string, basePath: string): readonly FoundRoute[] {
  if (!pathname.startsWith(basePath)) return [];
  const path = pathname.slice(basePath.length);
  return patterns.flatMap(({ route, pattern }) => {
    const match = pattern.exec(path);
    const id = match && decoded(match.groups?.id ?? '');
    return id === null ? [] : [{ route, id }];
  });
}

/** Finds the route that a request means. */
export function findRoute(method: string, pathname: string, basePath: string): Result<FoundRoute, HttpError> {
  const found = routesAt(pathname, basePath);
  if (found.length === 0) {
    return err(
      transportError('not_found', 'There is no such path: see “/v1/openapi.json” for those there are.'),
    );
  }
  const meant = found.find(({ route }) => route.method === method);
  if (meant) return ok(meant);
  const allow = [...new Set(found.map(({ route }) => route.method))].join(', ');
  return err(
    transportError('method_not_allowed', `This path is not for ${method}: use ${allow}.`, { Allow: allow }),
  );
}

/** `null`: a percent sign with no bytes of a text behind it. */
function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}
