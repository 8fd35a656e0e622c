/** An HTTP answer to play. A `body` that is a string is sent as it is, anything else as JSON. */
export interface FakeWrkAnswer {
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What a caller gets to see of one call. */
export type FakeWrkEnding =
  /** 201 with the workflow. */
  | { readonly shows: 'workflow' }
  | ({ readonly shows: 'answer'; readonly status: number } & FakeWrkAnswer)
  /** The connection closes without a byte. */
  | { readonly shows: 'drop' }
  /** Nothing, and the connection stays open. */
  | { readonly shows: 'hang' }
  /** Headers of a success, then a byte now and then, for ever. */
  | { readonly shows: 'drip' }
  /** Headers and half of the answer, then the connection closes. */
  | { readonly shows: 'half' }
  /** Headers of a success and a body without end, as fast as it is read. */
  | { readonly shows: 'flood' };

/** How WRK takes one call: whether it makes the workflow, and what it lets the caller see of it. */
export interface FakeWrkBehaviour {
  readonly creates: boolean;
  readonly ending: FakeWrkEnding;
}

const making = (ending: FakeWrkEnding): FakeWrkBehaviour => ({ creates: true, ending });
const notMaking = (ending: FakeWrkEnding): FakeWrkBehaviour => ({ creates: false, ending });

/** The ways in which a WRK can take a call, for `script` and `otherwise` of a fake WRK. */
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
  /** Closes the connection before it does anything. */
  drops: () => notMaking({ shows: 'drop' }),
  /** Makes the workflow and closes the connection instead of answering. */
  createsThenDrops: () => making({ shows: 'drop' }),
  /** Keeps the connection open and does nothing. */
  hangs: () => notMaking({ shows: 'hang' }),
  /** Makes the workflow and never answers. */
  createsThenHangs: () => making({ shows: 'hang' }),
  /** Makes the workflow and sends an answer that never ends, a byte now and then. */
  createsThenDrips: () => making({ shows: 'drip' }),
  /** Makes the workflow and closes the connection in the middle of the answer. */
  createsThenCuts: () => making({ shows: 'half' }),
  /** Makes the workflow and sends an answer that never ends, as fast as it is read. */
  createsThenFloods: () => making({ shows: 'flood' }),
} as const;
