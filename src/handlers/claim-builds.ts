import { BUILD_REQUESTS, checkTenant, readBuildRequest } from '../core/build/messages.js';
import { OVER_LIMIT_DELAY_MS, shouldClaimAgain } from '../core/queue/claim-again.js';
import type { ClaimDueBuilds, ClaimedBuilds } from '../ports/fused.js';
import type { ClaimedMessage } from '../ports/queue.js';
import type { Storage } from './commit-one-by-one.js';

/**
 * Claims builds through the ports: claims messages, claims their builds, and removes the messages of those. A message
 * whose build is over a limit is postponed for a short time.
 *
 * A process that dies between the two claims loses nothing: the message comes again, and the binding is the truth.
 */
export function claimBuildsThroughQueue<Tx>(storage: Storage<Tx>): ClaimDueBuilds {
  return async (options) => {
    for (let claims = 1; ; claims += 1) {
      const { keptBack, ...claimed } = await claimOnce(storage, options);
      const handedOut = claimed.builds.length + claimed.unprocessableMessages.length;
      if (!shouldClaimAgain({ handedOut, overLimit: keptBack }, claims)) return claimed;
    }
  };
}

async function claimOnce<Tx>(
  { repository, queue }: Storage<Tx>,
  { limit, ...options }: Parameters<ClaimDueBuilds>[0],
): Promise<ClaimedBuilds & { readonly keptBack: number }> {
  const { leaseMs, limits } = options;
  const messages = await queue.claim(BUILD_REQUESTS, { limit, leaseMs, ...(limits && { limits }) });
  const readable = messages.flatMap((message) => {
    const build = readBuildRequest(message.body).andThen((body) => checkTenant(body, message.tenantId));
    return build.isOk() ? [{ message, build: build.value }] : [];
  });
  const claims = await repository.claimBuilds(
    readable.map(({ build }) => build),
    options,
  );
  const used: ClaimedMessage[] = [];
  const keptBack: ClaimedMessage[] = [];
  for (const [index, { message }] of readable.entries()) {
    const claimed = claims[index] ?? null;
    if (claimed === 'over_limit') keptBack.push(message);
    else if (claimed !== null) used.push(message);
  }
  await queue.acknowledge(used);
  for (const message of keptBack) await queue.postpone(message, { delayMs: OVER_LIMIT_DELAY_MS });
  const settled = new Set([...used, ...keptBack]);
  return {
    builds: claims.filter((build) => build !== null && build !== 'over_limit'),
    unprocessableMessages: messages.filter((message) => !settled.has(message)),
    keptBack: keptBack.length,
  };
}
