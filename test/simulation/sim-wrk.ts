import type { DuplicatePolicy, WrkAnswer } from '../../src/core/orchestration/wrk-answer.js';
import type { WorkflowCall, WrkPlatformClient } from '../../src/ports/wrk-platform-client.js';
import { createFakeWrk, type FakeWrk } from '../../src/testing/wrk/fake-wrk.js';
import { type FakeWrkBehaviour, wrkBehaviour } from '../../src/testing/wrk/fake-wrk-behaviour.js';
import { fakeWrkClient } from '../../src/testing/wrk/fake-wrk-client.js';
import type { Random } from '../torture/harness/random.js';
import { REJECTED } from '../torture/harness/wrk-platform.js';
import type { Actor, Scheduler } from './scheduler.js';
import type { SimProcess } from './sim-process.js';

/** A WRK of the simulation: what reaches it, and when. */
export interface SimWrk {
  readonly fake: FakeWrk;
  /** When the first byte of each call was sent. */
  readonly begun: ReadonlyMap<string, number>;
  /** From now on nothing goes wrong. */
  readonly heal: () => void;
  /** The client of one process. */
  readonly clientOf: (process: SimProcess) => WrkPlatformClient;
}

interface WrkSetUp {
  readonly duplicates: DuplicatePolicy;
  readonly deadlineMs: number;
  /** How often a call is taken badly, from 0 to 1. */
  readonly trouble: number;
  /** How often what was sent arrives late, past deadline and lease, from 0 to 1. */
  readonly lateness: number;
  readonly lateMs: number;
  /** How long a message is on its way at most, in milliseconds. */
  readonly wireMs: number;
  /** How often a lookup fails. */
  readonly lookupTrouble: number;
}

const never = new AbortController().signal;

/** Opens it. */
export function openWrk(scheduler: Scheduler, random: Random, setUp: WrkSetUp): SimWrk {
  const { duplicates, deadlineMs } = setUp;
  let healthy = false;
  const wrk: Actor = { name: 'WRK', state: () => 'running' };
  const fake = createFakeWrk({
    now: scheduler.now,
    keepsBodies: true,
    honoursKeys: duplicates.by === 'idempotency-key',
  });
  const begun = new Map<string, number>();
  const after = (inMs: number, what: string | null) =>
    new Promise<void>((resolve) => {
      scheduler.schedule({ who: wrk, what, inMs, run: resolve });
    });
  const isLate = () => !healthy && random.chance(setUp.lateness);
  const onTheWay = () => (isLate() ? random.between(0, setUp.lateMs) : random.between(0, setUp.wireMs));

  fake.otherwise(({ body }) => {
    const isWell = healthy || !random.chance(setUp.trouble);
    const behaviour = isWell ? wrkBehaviour.creates() : random.pick(TROUBLE)();
    // A blueprint that is rejected is rejected whenever WRK looks at it.
    const isRejected = behaviour.creates && JSON.parse(body ?? '{}').name?.includes(REJECTED);
    return isRejected ? wrkBehaviour.answers(422, { body: { errors: ['a node is not known'] } }) : behaviour;
  });
  // What WRK itself takes its time for is on the way already.
  const inner = fakeWrkClient(fake, {
    duplicates,
    deadlineMs: 86_400_000,
    sleep: async () => {},
  });

  /** What the client makes of it: the answer, or why it stopped waiting. */
  const heard = <T>(
    process: SimProcess,
    answer: Promise<T>,
    signal: AbortSignal,
    stopped: { readonly late: T; readonly aborted: T },
  ) =>
    new Promise<T>((resolve) => {
      const timer = process.runtime.setTimer(deadlineMs, () => resolve(stopped.late));
      const abort = () => {
        timer.clear();
        resolve(stopped.aborted);
      };
      signal.addEventListener('abort', abort, { once: true });
      void answer.then((given) => {
        scheduler.schedule({
          who: process,
          what: `hears WRK`,
          inMs: onTheWay(),
          run: () => {
            process.hear(JSON.stringify(given));
            timer.clear();
            resolve(given);
          },
        });
      });
    });

  const post =
    (process: SimProcess) =>
    async (call: WorkflowCall): Promise<WrkAnswer> => {
      if (call.signal.aborted || !call.mayBegin())
        return { kind: 'not_begun', retryInMs: 0, detail: 'nothing was sent' };
      begun.set(call.callId, scheduler.now());
      scheduler.note(process.name, `sends call ${call.callId} for ${call.reference}`);
      const answer = after(onTheWay(), `takes call ${call.callId}`).then(async () => {
        const given = await inner.createWorkflow({ ...call, signal: never, mayBegin: () => true });
        scheduler.note('WRK', `answers call ${call.callId} with ${given.kind}`);
        // It hangs: the client's own patience ends that.
        return given.kind === 'network_failure' && random.chance(0.5) ? new Promise<never>(() => {}) : given;
      });
      return heard(process, answer, call.signal, {
        late: { kind: 'network_failure', detail: `no answer came within ${deadlineMs} ms` },
        aborted: { kind: 'aborted', detail: 'no answer came before the call was stopped' },
      });
    };

  return {
    fake,
    begun,
    heal: () => {
      healthy = true;
    },
    clientOf: (process) => ({
      ...inner,
      createWorkflow: post(process),
      findWorkflow: async (question) => {
        if (question.signal.aborted || !question.mayBegin())
          return { kind: 'failed', detail: 'the lookup was stopped before it started' };
        const answer = after(onTheWay(), `looks for ${question.reference}`).then(() =>
          !healthy && random.chance(setUp.lookupTrouble)
            ? { kind: 'failed' as const, detail: 'the lookup failed' }
            : inner.findWorkflow({ ...question, signal: never, mayBegin: () => true }),
        );
        return heard(process, answer, question.signal, {
          late: { kind: 'failed', detail: 'no answer came' },
          aborted: { kind: 'failed', detail: 'the lookup was stopped' },
        });
      },
    }),
  };
}

/** How WRK takes a call badly. */
const TROUBLE: readonly (() => FakeWrkBehaviour)[] = [
  () => wrkBehaviour.answers(500),
  () => wrkBehaviour.answers(503, { headers: { 'retry-after': '2' } }),
  () => wrkBehaviour.answers(429),
  () => wrkBehaviour.createsThenAnswers(502),
  () => wrkBehaviour.createsThenDrops(),
  () => wrkBehaviour.createsThenHangs(),
  () => wrkBehaviour.createsThenCuts(),
  () => wrkBehaviour.drops(),
  () => wrkBehaviour.hangs(),
  () => wrkBehaviour.replayed(wrkBehaviour.answers(500)),
];
