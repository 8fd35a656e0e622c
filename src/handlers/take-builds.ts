import { BUILD_REQUESTS, readBuildRequest } from '../core/messages.js';
import type { TakeBuilds } from '../ports/fused.js';
import type { ClaimedMessage } from '../ports/queue.js';
import type { Storage } from './commit-one-by-one.js';

/**
 * Takes builds through the ports: claims messages, claims their builds, and removes the messages of those.
 *
 * A process that dies between the two claims loses nothing: the message comes again, and the binding is the truth.
 */
export function takeBuildsThroughQueue<Tx>({ repository, queue }: Storage<Tx>): TakeBuilds {
  return async ({ limit, leaseMs }) => {
    const messages = await queue.claim(BUILD_REQUESTS, { limit, leaseMs });
    const readable = messages.flatMap((message) => {
      const body = readBuildRequest(message.body);
      return body.isOk() && body.value.tenantId === message.tenantId ? [{ message, build: body.value }] : [];
    });
    const claims = await repository.claim(
      readable.map(({ build }) => build),
      { leaseMs },
    );
    const builds = claims.filter((build) => build !== null);
    const used = new Set<ClaimedMessage>();
    readable.forEach(({ message }, index) => {
      if (claims[index]) used.add(message);
    });
    await queue.acknowledge([...used]);
    return { builds, oddMessages: messages.filter((message) => !used.has(message)) };
  };
}
