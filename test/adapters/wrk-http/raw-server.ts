import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import type { WorkflowCall } from '../../../src/ports/wrk-platform-client.js';

/** A request as it came, with its bytes. */
export interface Seen {
  readonly request: IncomingMessage;
  readonly body: Buffer;
}

/** A bare HTTP server for one test, for answers that the fake WRK does not give. */
export async function serve(
  answer: (response: Parameters<RequestListener>[1], seen: Seen) => void,
): Promise<{ url: string; seen: Seen[]; connections: () => number }> {
  const seen: Seen[] = [];
  let connections = 0;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const one = { request, body: Buffer.concat(chunks) };
      seen.push(one);
      answer(response, one);
    });
  });
  server.on('connection', () => {
    connections += 1;
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(
    () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  );
  return { url: `http://127.0.0.1:${portOf(server.address())}`, seen, connections: () => connections };
}

/** The port of a listening server. */
export function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === 'string')
    throw new Error('the server does not listen on a port');
  return address.port;
}

/** A call, but for what is given. */
export function callFor(own: Partial<WorkflowCall> = {}): WorkflowCall {
  return {
    tenantId: 'tenant-a',
    body: '{"name":"Invoices","blueprint":{},"tenant_id":"tenant-a"}',
    idempotencyKey: 'binding-1:hash-1',
    reference: 'binding-1',
    requestId: 'request-1',
    callId: 'call-1',
    signal: new AbortController().signal,
    mayBegin: () => true,
    ...own,
  };
}

/** The body of a success. */
export const WORKFLOW = JSON.stringify({
  workflow_id: 'wf_1',
  workflow_url: 'https://app.wrk.example/workflows/wf_1',
});
