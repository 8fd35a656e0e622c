import { createHash } from 'node:crypto';
import type { Runtime } from '../../src/runtime/runtime.js';
import type { Random } from '../torture/harness/random.js';
import type { Actor, Scheduler } from './scheduler.js';

/** When every schedule begins, in milliseconds since 1970. */
export const START = Date.UTC(2026, 0, 1);

/** A process of the host: it has time and chance of its own, may stand still, and may die at any moment. */
export interface SimProcess extends Actor {
  readonly runtime: Runtime;
  readonly pause: () => void;
  readonly resume: () => void;
  /** Nothing of it happens any more, and the database ends its transactions. */
  readonly kill: () => void;
  /** Moves its wall clock, in milliseconds. */
  readonly setClock: (byMs: number) => void;
  /** Hears something. All that it does follows from what it has heard, in this order. */
  readonly hear: (text: string) => void;
  /** Everything that it has heard, as a hash. */
  readonly heard: () => string;
  /** Is told when it dies. */
  readonly onDeath: (told: () => void) => () => void;
}

/** Starts one. */
export function startProcess(scheduler: Scheduler, name: string, random: Random): SimProcess {
  let state: ReturnType<Actor['state']> = 'running';
  let clockMs = 0;
  let made = 0;
  const deaths = new Set<() => void>();
  let heard = '';
  const process: SimProcess = {
    name,
    state: () => state,
    pause: () => {
      if (state === 'running') state = 'paused';
    },
    resume: () => {
      if (state === 'paused') state = 'running';
    },
    kill: () => {
      state = 'dead';
      for (const told of [...deaths]) told();
    },
    setClock: (byMs) => {
      clockMs += byMs;
    },
    hear: (text) => {
      heard = createHash('sha256').update(heard).update(text).digest('hex');
    },
    heard: () => heard,
    onDeath: (told) => {
      deaths.add(told);
      return () => deaths.delete(told);
    },
    runtime: {
      monotonicMs: scheduler.now,
      wallClockMs: () => START + scheduler.now() + clockMs,
      random: random.next,
      newId: () => {
        made += 1;
        // The shape of a uuid, and telling whose it is.
        const [owner, number] = [name, String(made)].map((text) => Buffer.from(text).toString('hex'));
        return `${owner?.padStart(8, '0').slice(-8)}-0000-4000-8000-${number?.padStart(12, '0').slice(-12)}`;
      },
      setTimer: (ms, run) => {
        const { cancel } = scheduler.schedule({ who: process, what: null, inMs: ms, run });
        return { clear: cancel };
      },
      yieldToEventLoop: () =>
        new Promise((resolve) => {
          scheduler.schedule({ who: process, what: null, inMs: 0, run: resolve });
        }),
    },
  };
  return process;
}
