import { BUILD_REQUESTS, readBuildRequest } from '../core/messages.js';
import { NO_LIMITS } from '../ports/claim-limits.js';
import type { TakeBuilds } from '../ports/fused.js';
import type { ClaimedMessage } from '../ports/queue.js';
import type { Storage } from './commit-one-by-one.js';

/** A build that a limit leaves no room for is looked at again after so long: about as often as an idle worker looks. */
const OVER_LIMIT_DELAY_MS = 1_000;

/**
 * Takes builds through the ports: claims messages, claims their builds, and removes the messages of those.
 *
 * A process that dies between the two claims loses nothing: the message comes again, and the binding is the truth.
 */
export function takeBuildsThroughQueue<Tx>({ repository, queue }: Storage<Tx>): TakeBuilds {
  return async ({ limit, leaseMs, limits = NO_LIMITS }) => {
    const messages = await queue.claim(BUILD_REQUESTS, { limit, leaseMs });
    const readable = messages.flatMap((message) => {
      const body = readBuildRequest(message.body);
      return body.isOk() && body.value.tenantId === message.tenantId ? [{ message, build: body.value }] : [];
    });
    const claims = await repository.claim(
      readable.map(({ build }) => build),
      { leaseMs, limits },
    );
    const builds = claims.filter((build) => build !== null && build !== 'over_limit');
    const settled = new Set<ClaimedMessage>();
    const used: ClaimedMessage[] = [];
    for (const [index, { message }] of readable.entries()) {
      const claimed = claims[index] ?? null;
      if (claimed === null) continue;
      settled.add(message);
      if (claimed === 'over_limit') await queue.postpone(message, { delayMs: OVER_LIMIT_DELAY_MS });
      else used.push(message);
    }
    await queue.acknowledge(used);
    return { builds, oddMessages: messages.filter((message) => !settled.has(message)) };
  };
}
