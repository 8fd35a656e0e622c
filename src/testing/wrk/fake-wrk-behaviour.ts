/** An HTTP answer to play. */
export interface FakeWrkAnswer {
  /**
   * A text is sent as it is, anything else as JSON.
   *
   * @default none
   */
  readonly body?: unknown;
  /**
   * Headers besides the content type.
   *
   * @default none
   */
  readonly headers?: Readonly<Record<string, string>>;
}

/** What a caller gets to see of one call. */
export type FakeWrkEnding =
  | {
      /** 201 with the workflow. */
      readonly shows: 'workflow';
    }
  | ({
      /** This answer. */
      readonly shows: 'answer';
      /** The HTTP status. */
      readonly status: number;
    } & FakeWrkAnswer)
  | {
      /** 201 with the workflow, in a long body. */
      readonly shows: 'padded';
      /** The length of the body. */
      readonly bytes: number;
    }
  | {
      /** The connection closes in good order, without a byte. */
      readonly shows: 'drop';
    }
  | {
      /** The connection is reset (RST), without a byte. */
      readonly shows: 'reset';
    }
  | {
      /** Nothing, and the connection stays open. */
      readonly shows: 'hang';
    }
  | {
      /** Headers of a success, then a byte now and then, for ever. */
      readonly shows: 'drip';
    }
  | {
      /** Headers and half of the answer, then the connection closes. */
      readonly shows: 'half';
    }
  | {
      /** Headers of a success and a body without end, as fast as it is read. */
      readonly shows: 'flood';
    };

/** How WRK takes one call: whether it makes the workflow, and what it lets the caller see of it. */
export interface FakeWrkBehaviour {
  /** Whether the workflow is made. */
  readonly creates: boolean;
  /** What the caller gets to see. */
  readonly ending: FakeWrkEnding;
  /**
   * How long the answer, or its absence, is waited for, in milliseconds.
   *
   * @default `latencyMs` of the fake
   */
  readonly delayMs?: number;
  /**
   * Stores the answer under the call's key, where keys are honoured, and gives it again to whoever comes with the key.
   *
   * @default false
   */
  readonly replays?: boolean;
  /**
   * Forgets the call's key at once. The workflow stays.
   *
   * @default false
   */
  readonly forgets?: boolean;
}

const making = (ending: FakeWrkEnding): FakeWrkBehaviour => ({ creates: true, ending });
const notMaking = (ending: FakeWrkEnding): FakeWrkBehaviour => ({ creates: false, ending });

/**
 * The ways in which a WRK can take a call, for `script` and `otherwise` of a fake WRK. Those with `Then` make the workflow
 * first. The last three change another: `wrkBehaviour.delayed(2_000, wrkBehaviour.answers(503))`.
 *
 * @example
 * ```ts
 * import { setupServer } from 'msw/node';
 * import { createFakeWrk, wrkBehaviour } from 'wrk-builds/testing';
 * import { fakeWrkHandlers } from 'wrk-builds/testing/msw';
 *
 * const fake = createFakeWrk();
 * const server = setupServer(...fakeWrkHandlers(fake, 'https://wrk.test'));
 *
 * // Made, and the answer lost on the way; then an hour of maintenance; then all is well.
 * fake.script(
 *   wrkBehaviour.createsThenResets(),
 *   wrkBehaviour.answers(503, { headers: { 'retry-after': '3600' } }),
 * );
 * // … request a build, let the workers work …
 * expect([...fake.workflowsByReference().values()]).toEqual([1]);
 * ```
 */
export const wrkBehaviour = {
  /** Makes the workflow and says so: what an unscripted fake does. */
  creates: () => making({ shows: 'workflow' }),
  /** Makes nothing and answers with this status. */
  answers: (status: number, answer: FakeWrkAnswer = {}) => notMaking({ shows: 'answer', status, ...answer }),
  /** Makes the workflow and then says something else. */
  createsThenAnswers: (status: number, answer: FakeWrkAnswer = {}) =>
    making({ shows: 'answer', status, ...answer }),
  /** Answers with a redirect; makes nothing. The status is 307, under which a POST would be sent again. */
  redirects: (location: string, status = 307) =>
    notMaking({ shows: 'answer', status, headers: { location } }),
  /** Makes the workflow and answers with half a JSON text. */
  createsThenGarbles: () => making({ shows: 'answer', status: 201, body: '{"workflow_id": "wf_' }),
  /** Makes the workflow and says so in a body of so many bytes, by default twice what clients read. */
  createsThenPads: (bytes = 2 * 1024 * 1024) => making({ shows: 'padded', bytes }),
  /** Closes the connection before it does anything. */
  drops: () => notMaking({ shows: 'drop' }),
  /** Makes the workflow and closes the connection instead of answering. */
  createsThenDrops: () => making({ shows: 'drop' }),
  /** Resets the connection before it does anything. */
  resets: () => notMaking({ shows: 'reset' }),
  /** Makes the workflow and resets the connection instead of answering. */
  createsThenResets: () => making({ shows: 'reset' }),
  /** Keeps the connection open and does nothing. */
  hangs: () => notMaking({ shows: 'hang' }),
  /** Makes the workflow and never answers. */
  createsThenHangs: () => making({ shows: 'hang' }),
  /** Makes the workflow and sends an answer that never ends, a byte now and then. */
  createsThenDrips: () => making({ shows: 'drip' }),
  /** Makes the workflow and closes the connection in the middle of the answer, which is truncated. */
  createsThenCuts: () => making({ shows: 'half' }),
  /** Makes the workflow and sends an answer that never ends, as fast as it is read. */
  createsThenFloods: () => making({ shows: 'flood' }),
  /** Takes the call so, and answers after so many milliseconds. A workflow is made at once. */
  delayed: (delayMs: number, behaviour: FakeWrkBehaviour): FakeWrkBehaviour => ({ ...behaviour, delayMs }),
  /** Takes the call so, and gives the same answer to every later call with its key, as services do that store failures. */
  replayed: (behaviour: FakeWrkBehaviour): FakeWrkBehaviour => ({ ...behaviour, replays: true }),
  /** Takes the call so, and forgets its key, as if its retention time had passed. */
  forgotten: (behaviour: FakeWrkBehaviour): FakeWrkBehaviour => ({ ...behaviour, forgets: true }),
} as const;
