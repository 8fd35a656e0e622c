/**
 * A bare stand-in for WRK in a process of its own, so that its work and memory are not counted with the worker's: each
 * POST is answered after CALL_MS with STATUS (201 with a workflow, anything else with RETRY_AFTER). It tells its parent
 * the port once, and what it has seen whenever the parent asks.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const status = Number(process.env.STATUS ?? 201);
const callMs = Number(process.env.CALL_MS ?? 0);
const retryAfter = process.env.RETRY_AFTER;

let calls = 0;
let inFlight = 0;
let peak = 0;

const server = createServer((request, response) => {
  request.resume().on('end', () => {
    calls += 1;
    inFlight += 1;
    peak = Math.max(peak, inFlight);
    response.on('close', () => {
      inFlight -= 1;
    });
    const id = `wf_${calls}`;
    const headers = {
      'content-type': 'application/json',
      ...(retryAfter !== undefined && { 'retry-after': retryAfter }),
    };
    const body = status === 201 ? { workflow_id: id, workflow_url: `https://wrk.example/${id}` } : {};
    setTimeout(() => response.writeHead(status, headers).end(JSON.stringify(body)), callMs);
  });
}).listen(0, '127.0.0.1', 4_096, () => process.send?.({ port: (server.address() as AddressInfo).port }));

// A connection that is closed just when the worker uses it again would cost a retry, and is not what is measured.
server.keepAliveTimeout = 600_000;
process.on('message', () => process.send?.({ calls, inFlight, peak }));
process.once('disconnect', () => process.exit());
