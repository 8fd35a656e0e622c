import type { Builds } from '../builds.js';
import { BUILD_REQUESTS, NOTIFICATIONS } from '../core/build/messages.js';
import { readDeadLetterQuery, readRedrive } from '../input/call-options.js';
import type { EventListener } from '../observability/events.js';
import type { Capabilities } from '../ports/capabilities.js';
import type { WakeSignal } from '../workers/wake-signal.js';
import { requireCapability } from './capabilities.js';

/** What commands about dead letters are wired from. */
export interface DeadLetterWiringDeps<Tx> {
  readonly capabilities: Capabilities<Tx>;
  readonly emit: EventListener;
  readonly wake: WakeSignal['wake'];
}

/** Connects what people do about dead letters with where these are kept, and with the workers. */
export function prepareDeadLetters<Tx>({
  capabilities,
  emit,
  wake,
}: DeadLetterWiringDeps<Tx>): Pick<Builds<Tx>, 'deadLetters' | 'redrive'> {
  return {
    deadLetters: async (asked) => {
      const query = readDeadLetterQuery(asked);
      return requireCapability('deadLetters', capabilities, 'deadLetters').list(query);
    },
    redrive: async (asked) => {
      const { tenantId, limit, ids } = readRedrive(asked);
      const deadLetters = requireCapability('redrive', capabilities, 'deadLetters');
      const messages = await deadLetters.redrive({ tenantId, limit, ...(ids && { ids }) });
      if (messages > 0) {
        emit({ type: 'dead_letters_redriven', tenantId, messages });
        wake(BUILD_REQUESTS);
        wake(NOTIFICATIONS);
      }
      return messages;
    },
  };
}
