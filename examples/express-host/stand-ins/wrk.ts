import { randomBytes } from 'node:crypto';
import { createFakeWrk, startFakeWrkServer, wrkBehaviour } from 'wrk-builds/testing';
import { UNKNOWN_SYSTEM } from './unknown-system.js';

/** How long it takes to answer, in milliseconds. */
const LATENCY_MS = 120;

/** A stand-in for the WRK Platform on this machine. */
export async function startWrk() {
  const token = randomBytes(16).toString('hex');
  // A database that outlives it has workflows of earlier ones, and one belongs to one build.
  const idPrefix = `wf_${randomBytes(4).toString('hex')}_`;
  const wrk = createFakeWrk({ token, latencyMs: LATENCY_MS, keepsBodies: true, idPrefix });
  const refused = new Set<string>();
  wrk.otherwise(({ reference, body }) => {
    const isUnknown =
      body?.includes(UNKNOWN_SYSTEM) === true && reference !== null && !refused.has(reference);
    if (!isUnknown) return wrkBehaviour.creates();
    refused.add(reference);
    const message = `${UNKNOWN_SYSTEM} is not connected to this tenant yet.`;
    return wrkBehaviour.answers(422, { body: { errors: [{ path: 'nodes[1].systems', message }] } });
  });
  const { url, close } = await startFakeWrkServer(wrk);
  return { url, token, close };
}
