import { errorText } from '../core/input/error-text.js';
import { callSafely } from '../observability/call-safely.js';
import type { BuildEvent, EventListener } from '../observability/events.js';

/** The events of this process, for all subscribers. */
export interface Events {
  readonly emit: EventListener;
  /** Told of everything from now on, after those that subscribed before. */
  readonly subscribe: (listener: EventListener) => void;
}

export function createEvents(): Events {
  const listeners: EventListener[] = [];
  return {
    emit: (event) => {
      for (const listener of listeners) callSafely(() => listener(event));
    },
    subscribe: (listener) => void listeners.push(listener),
  };
}

/** The event for a failure in the background, which nobody would notice otherwise. */
export function workerProblem(worker: string, problem: unknown): BuildEvent {
  return { type: 'worker_problem', worker, problem: errorText(problem) };
}
