import type { Route } from '../../../../../src/adapters/http/routes/route.js';
import { type ReadyIds, readyRoute } from '../ready-routes.js';

/** A request that is about to be sent, with what was done to it. */
export interface Plan {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The text of each key of the body, so that what JSON itself could not say can be said; `null`: no body. */
  readonly fields: readonly (readonly [key: string, token: string])[] | null;
  /** Sent in place of the fields. */
  readonly bytes: Buffer | null;
  readonly did: readonly string[];
}

/** The plan of a request as its route wants it. */
export function planFor(
  route: Route,
  ids: ReadyIds,
  authorization: string,
  body = readyRoute(route).body,
): Plan {
  const { id, query = '' } = readyRoute(route);
  return {
    method: route.method,
    path: id === null ? route.path : route.path.replace('{id}', ids[id]),
    query,
    headers: { authorization, ...(body && { 'content-type': 'application/json' }) },
    fields: body ? Object.entries(body).map(([key, value]) => [key, JSON.stringify(value)] as const) : null,
    bytes: null,
    did: [route.operationId],
  };
}

/** The bytes of its body; `null`: it has none. */
export function bytesOf({ bytes, fields }: Plan): Buffer | null {
  if (bytes) return bytes;
  if (!fields) return null;
  return Buffer.from(`{${fields.map(([key, token]) => `"${key}":${token}`).join(',')}}`);
}
