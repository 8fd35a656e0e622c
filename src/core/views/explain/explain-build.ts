import type { CircuitBreakerReason } from '../../build/circuit-breaker-facts.js';
import { blockingCircuitBreaker } from '../../circuit-breaker/circuit-breaker.js';
import type { BuildRecord } from '../build-record.js';
import { explainFailure } from './explain-failure.js';
import { sayDuration } from './say-duration.js';

/** What a person can do about a build. `request_build` is a new request for its automation version. */
export type BuildAction =
  | 'retry_build'
  | 'adopt_workflow'
  | 'undo_adoption'
  | 'cancel_build'
  | 'assign_build'
  | 'request_build';

/** The state of a build, in more detail than the status of its binding. */
export type BuildState =
  | 'waiting_for_people'
  | 'waiting_for_worker'
  | 'waiting_for_retry'
  | 'waiting_for_wrk'
  | 'calling_wrk'
  | 'active'
  | 'failed'
  | 'cancelled';

/** A build in words: its state and the cause, what happens next and when, and what a person can do. */
export interface BuildExplanation {
  readonly state: BuildState;
  /** For people: two or three sentences in English. Programs read the other fields. */
  readonly sentence: string;
  /** Milliseconds until the next automatic step; `null` if there is none. */
  readonly nextInMs: number | null;
  readonly actions: readonly BuildAction[];
}

const WORDS: Readonly<Record<BuildAction, string>> = {
  retry_build: 'retry it',
  adopt_workflow: 'adopt its workflow',
  undo_adoption: 'undo the adoption of its workflow',
  cancel_build: 'cancel it',
  assign_build: 'assign it',
  request_build: 'request a new build of the version',
};

const CIRCUIT_BREAKER_REASONS: Readonly<Record<CircuitBreakerReason, string>> = {
  credentials_refused: 'WRK has been rejecting our credentials',
  tenant_refused: 'WRK has been rejecting this tenant',
  consecutive_failures: 'calls to WRK have been failing',
};

const WHILE_IT_WAITS: readonly BuildAction[] = ['adopt_workflow', 'cancel_build', 'assign_build'];
const ONCE_IT_FAILED: readonly BuildAction[] = ['retry_build', ...WHILE_IT_WAITS];

/** Explains a build. The words for every state are here and in `explainFailure`, and nowhere else. */
export function explainBuild(record: BuildRecord): BuildExplanation {
  const { status, orchestration, workflowId, adoption } = record.binding;
  switch (status) {
    case 'active':
      return explained('active', {
        why: `The build is complete, and its workflow in WRK is ${workflowId}${adoption ? ', which a person adopted' : ''}`,
        next: 'QA can start; changes need a new version',
        actions: adoption ? ['undo_adoption'] : [],
      });
    case 'cancelled':
      return explained('cancelled', {
        why: 'The build was cancelled',
        next: 'Nothing else happens automatically',
        actions: ['request_build'],
      });
    case 'error':
      return explainError(record);
    case 'pending':
      return orchestration === 'manual' ? explainManual() : explainPending(record);
  }
}

function explainError({ binding, errorDetails }: BuildRecord): BuildExplanation {
  const { because, advice } = explainFailure(binding.errorReason);
  const detail = typeof errorDetails?.detail === 'string' ? ` (${errorDetails.detail})` : '';
  return explained('failed', {
    why: `The build failed because ${because}${detail}`,
    next: `To resolve it, ${advice}`,
    actions: ONCE_IT_FAILED,
  });
}

function explainManual(): BuildExplanation {
  return explained('waiting_for_people', {
    why: 'The build is being done by hand',
    next: 'It stays pending until somebody adopts the finished workflow',
    actions: WHILE_IT_WAITS,
  });
}

function explainPending({
  binding,
  calls,
  lastAnswer,
  dueInMs,
  heldForMs,
  circuitBreakers,
}: BuildRecord): BuildExplanation {
  const newest = calls.at(-1);
  const number = newest?.run === binding.run ? newest.number : 0;
  const lastTime = lastAnswer === null ? '' : ` (last call: ${lastAnswer})`;
  if (heldForMs !== null) {
    return explained('calling_wrk', {
      why: `A worker is processing the build, at call ${number} of run ${binding.run}${lastTime}`,
      next: `WRK’s answer decides what happens next; if the worker dies, another one takes over in ${sayDuration(heldForMs)}`,
      nextInMs: heldForMs,
      actions: ['assign_build'],
    });
  }
  if (dueInMs > 0) {
    return explained('waiting_for_retry', {
      why: `The build is waiting to call WRK again${lastTime}`,
      next: `The next call is due in ${sayDuration(dueInMs)}`,
      nextInMs: dueInMs,
      actions: WHILE_IT_WAITS,
    });
  }
  const breaker = blockingCircuitBreaker(circuitBreakers);
  if (breaker) {
    const { reason, openForMs, nextProbeInMs } = breaker.open;
    return explained('waiting_for_wrk', {
      why: `The build is on hold, because ${CIRCUIT_BREAKER_REASONS[reason]} for ${sayDuration(openForMs)}${lastTime}`,
      next: `One build at a time probes WRK, the next one in ${sayDuration(nextProbeInMs)}; all builds resume once a probe succeeds`,
      nextInMs: nextProbeInMs,
      actions: WHILE_IT_WAITS,
    });
  }
  return explained('waiting_for_worker', {
    why: `The build has been waiting for a free worker for ${sayDuration(-dueInMs)}${lastTime}`,
    next: 'The next free worker calls WRK; if it waits for minutes, check that workers are running and that no limit holds it back',
    nextInMs: 0,
    actions: WHILE_IT_WAITS,
  });
}

function explained(
  state: BuildState,
  words: {
    readonly why: string;
    readonly next: string;
    readonly nextInMs?: number;
    readonly actions?: readonly BuildAction[];
  },
): BuildExplanation {
  const { why, next, nextInMs = null, actions = [] } = words;
  const can = actions.length === 0 ? '' : ` You can ${inWords(actions)}.`;
  return { state, sentence: `${why}. ${next}.${can}`, nextInMs, actions };
}

function inWords(actions: readonly BuildAction[]): string {
  const words = actions.map((action) => WORDS[action]);
  const others = words.slice(0, -1).join(', ');
  return [others, words.at(-1)].filter(Boolean).join(' or ');
}
