import * as z from 'zod';
import type { ActingCaller } from '../../../../src/adapters/http/index.js';
import { type BuildsHandlerOptions, createBuildsHandler } from '../../../../src/adapters/http/index.js';
import { stableId } from '../../../../src/testing/builders.js';
import type { AnyApp } from '../../../operations/support/in-each-family.js';

/** Somebody of the ops team of a tenant. */
export function opsOf(tenantId: string): ActingCaller {
  return { kind: 'user', tenantId, userId: stableId('ops'), roles: ['ops_build'] };
}

/** What a host has to say of its ops team. */
export const ROLES = { operate_builds: ['ops_build'] };

/** An answer as its caller sees it. */
export interface Seen {
  readonly status: number;
  readonly body: Record<string, unknown>;
  readonly headers: Headers;
}

/** The HTTP surface of a app, called by one person. */
export function httpCaller(
  app: Pick<AnyApp, 'builds'>,
  tenantId: string,
  options: Partial<BuildsHandlerOptions> = {},
) {
  const handler = createBuildsHandler({
    builds: app.builds,
    authenticate: () => opsOf(tenantId),
    roles: ROLES,
    ...options,
  });
  const send = async (
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Seen> => {
    const content =
      body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) };
    const type = body === undefined ? {} : { 'content-type': 'application/json' };
    const request = new Request(`https://host.example${path}`, {
      method,
      headers: { ...type, ...headers },
      ...content,
    });
    const response = await handler(request);
    return {
      status: response.status,
      body: z.record(z.string(), z.unknown()).parse(await response.json()),
      headers: response.headers,
    };
  };
  return { handler, send };
}
