import { expect } from 'vitest';
import type { BuildsHandlerOptions } from '../../../../src/adapters/http/index.js';
import { buildableProject } from '../../../../src/testing/builders.js';
import { type AnyApp, openInMemory } from '../../../operations/support/in-each-family.js';
import { httpCaller } from './http-caller.js';
import { rowsOf } from './ready-routes.js';

export const BUILD_IN_PROGRESS = { status: 'Build in Progress' };

/** A version that may be built, in memory, behind a handler; and all that came of requests for its build. */
export async function openReadyVersion(options: Partial<BuildsHandlerOptions> = {}) {
  const app: AnyApp = openInMemory();
  const project = buildableProject();
  await app.store.host.insert(project.rows);
  const { handler, send } = httpCaller(app, project.tenantId, options);
  const before = await rowsOf(app);
  const path = `/v1/automation-versions/${project.versionId}/status`;
  return {
    app,
    project,
    handler,
    send,
    path,
    patch: (body: unknown, headers?: Record<string, string>) => send('PATCH', path, body, headers),
    /** A request for the build, with a body as somebody else made it. */
    request: (
      body: string | Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array> | null,
      headers: Record<string, string> = {},
    ) =>
      new Request(`https://host.example${path}`, {
        method: 'PATCH',
        headers: { 'content-type': 'application/json', ...headers },
        body,
        duplex: 'half',
      }),
    expectUnchanged: async () => expect(await rowsOf(app)).toEqual(before),
  };
}
