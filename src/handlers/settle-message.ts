import { ok } from 'neverthrow';
import type { BuildFacts } from '../core/build/facts.js';
import { checkTenant, readBuildRequest } from '../core/build/messages.js';
import { inAscii } from '../core/input/text.js';
import { decideUnprocessableBuildRequest, type MessageSettlement } from '../core/queue/message-settlement.js';
import type { ClaimedMessage } from '../ports/queue.js';
import type { BuildReference } from '../ports/repository.js';
import type { Storage } from './commit-one-by-one.js';

/** What settling needs. */
export interface MessageDeps<Tx> extends Storage<Tx> {
  readonly acknowledge: (message: ClaimedMessage) => Promise<void>;
  readonly onDeadLetter: (message: ClaimedMessage, reason: string) => void;
}

/** Does to a message what was decided. */
export async function settleMessage<Tx>(
  message: ClaimedMessage,
  settlement: MessageSettlement,
  deps: MessageDeps<Tx>,
): Promise<void> {
  switch (settlement.kind) {
    case 'acknowledge':
      return deps.acknowledge(message);
    case 'postpone':
      return withText(settlement.problem ?? null, deps, (problem) =>
        deps.queue.postpone(message, { delayMs: settlement.delayMs, problem }),
      );
    case 'dead_letter': {
      const { reason, audit } = settlement;
      // The entry comes first: after a crash in between, it is written twice, and never missing.
      if (audit) {
        await deps.repository.transaction(async (tx) => {
          await deps.auditLog.append(tx, [audit]);
          return ok(undefined);
        });
      }
      await withText(reason, deps, (text) => deps.queue.deadLetter(message, text));
      deps.onDeadLetter(message, reason);
    }
  }
}

/** Writes a text that may come from the host, in ASCII where the database's encoding has no place for it: a message whose settling fails comes again for ever. */
async function withText<Tx, Text extends string | null>(
  text: Text,
  { repository }: MessageDeps<Tx>,
  write: (text: Text | string) => Promise<void>,
): Promise<void> {
  await write(text).catch((problem: unknown) => {
    if (text === null || !repository.refusalOf?.(problem)?.isOfText) throw problem;
    return write(inAscii(text));
  });
}

/** Settles a `build-requests` message that led to no build. */
export async function settleUnprocessableBuildRequest<Tx>(
  message: ClaimedMessage,
  reload: (build: BuildReference) => Promise<BuildFacts | null>,
  deps: MessageDeps<Tx>,
): Promise<void> {
  // 1. Read it, and look for its build within the message's own tenant. One that speaks for another has none there.
  const { tenantId, deliveryCount } = message;
  const body = readBuildRequest(message.body);
  const own = body.andThen((read) => checkTenant(read, tenantId));
  const build = own.isOk() ? await reload(own.value) : null;

  // 2. Decide, and settle.
  const named = body.map(({ bindingId }) => ({ tenantId, bindingId }));
  await settleMessage(
    message,
    decideUnprocessableBuildRequest(named, deliveryCount, build?.binding ?? null),
    deps,
  );
}
