import type { MemoryEngine } from '../../src/adapters/memory/index.js';
import type { Engine } from '../../src/ports/engine.js';
import type { Scheduler } from './scheduler.js';
import type { callsFrom } from './sim-ports.js';
import type { SimProcess } from './sim-process.js';

/** An engine as one process reaches it. What was received by an answer that is lost, the engine has lost. */
export function engineOf(
  shared: MemoryEngine,
  process: SimProcess,
  scheduler: Scheduler,
  call: ReturnType<typeof callsFrom>,
): Engine {
  return {
    add: (queue, wakeUps) => call('engine.add', () => shared.add(queue, wakeUps)),
    receive: (queue, limit) => call('engine.receive', () => shared.receive(queue, limit)),
    listen: ({ wake }) => {
      const heard = (queue: Parameters<typeof wake>[0]) => {
        scheduler.schedule({ who: process, what: `hears of ${queue}`, inMs: 1, run: () => wake(queue) });
      };
      return shared.listen?.({ wake: heard }) ?? { stop: async () => {} };
    },
    close: async () => {},
  };
}
