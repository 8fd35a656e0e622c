import { createHash } from 'node:crypto';
import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import type { DuplicatePolicy, WrkAnswer } from '../../core/wrk-answer.js';
import type { WorkflowCall, WrkPlatformClient } from '../../ports/wrk-platform-client.js';
import { createFakeWrk, type FakeWrk } from '../wrk/fake-wrk.js';
import { type FakeWrkAnswer, type FakeWrkBehaviour, wrkBehaviour } from '../wrk/fake-wrk-behaviour.js';
import type { FakeWrkOptions } from '../wrk/fake-wrk-records.js';

/** How the suite gets a client that talks to a given fake WRK. */
export interface WrkPlatformClientUnderTest {
  /** Named in the test titles. */
  readonly name: string;
  /** Makes a client. Where `duplicates` says `lookup`, it asks `fake.find`. */
  readonly open: (wrk: {
    readonly fake: FakeWrk;
    readonly duplicates: DuplicatePolicy;
    readonly deadlineMs: number;
  }) => Promise<{ readonly client: WrkPlatformClient; readonly close: () => Promise<void> }>;
}

interface Bench {
  readonly fake: FakeWrk;
  readonly client: WrkPlatformClient;
}
interface Case {
  readonly title: string;
  readonly duplicates?: DuplicatePolicy;
  readonly deadlineMs?: number;
  readonly wrk?: FakeWrkOptions;
  readonly run: (bench: Bench) => Promise<void>;
}

const SECRET = 'planted-secret-4711';
const TENANT = 'tenant-a';
const URL_OF_OTHERS = 'https://app.wrk.example/workflows/theirs';

const bodyFor = (tenantId: string, blueprint = '{"nodes":[{"id":"n1"}],"edges":[]}') =>
  `{"name":"Invoices","blueprint":${blueprint},"tenant_id":"${tenantId}"}`;

const callFor = (own: Partial<WorkflowCall> = {}): WorkflowCall => ({
  tenantId: TENANT,
  body: bodyFor(own.tenantId ?? TENANT),
  idempotencyKey: 'binding-1:hash-1',
  reference: 'binding-1',
  requestId: 'request-1',
  signal: new AbortController().signal,
  ...own,
});

const created = (number: number): WrkAnswer => ({
  kind: 'created',
  workflowId: `wf_${number}`,
  workflowUrl: `https://app.wrk.example/workflows/wf_${number}`,
});

/** One call to a WRK that takes it like this; the answer must be one line of detail without what WRK sent. */
async function answerTo(
  { fake, client }: Bench,
  behaviour: FakeWrkBehaviour,
  call = callFor(),
): Promise<WrkAnswer> {
  const before = fake.calls().length;
  fake.script(behaviour);
  const answer = await client.createWorkflow(call);
  expect(fake.calls().length - before, 'requests made for one call').toBe(1);
  if (answer.kind !== 'created') {
    expect(answer.detail).toMatch(/^[^\r\n]{1,300}$/);
    expect(answer.detail).not.toContain(SECRET);
  }
  return answer;
}

const secretive = (body: Record<string, unknown> = {}): FakeWrkAnswer => ({
  body: { ...body, internal: SECRET },
  headers: { 'x-internal': SECRET },
});

/** What each status means. */
const STATUSES: readonly { readonly statuses: readonly number[]; readonly answer: Partial<WrkAnswer> }[] = [
  { statuses: [400, 422], answer: { kind: 'rejected' } },
  { statuses: [401], answer: { kind: 'access_denied', scope: 'everyone' } },
  { statuses: [403, 404], answer: { kind: 'access_denied', scope: 'tenant' } },
  {
    statuses: [409],
    answer: { kind: 'already_exists', workflowId: null, workflowUrl: null, reference: null },
  },
  { statuses: [425, 429], answer: { kind: 'not_now', retryAfterMs: null } },
  { statuses: [408, 500, 502, 503, 504], answer: { kind: 'api_error', retryAfterMs: null } },
];

const RETRY_AFTER: readonly (readonly [header: string, ms: number | null])[] = [
  ['7', 7_000],
  ['0', 0],
  ['-5', 0],
  ['999999999999', 900_000],
  ['Wed, 21 Oct 2015 07:28:00 GMT', 0],
  ['Fri, 31 Dec 2199 23:59:59 GMT', 900_000],
  ['soon', null],
];

/** Answers with a 2xx that must never be taken as success. */
const UNUSABLE: Readonly<Record<string, FakeWrkBehaviour>> = {
  'no id': wrkBehaviour.createsThenAnswers(201, secretive({ workflow_url: URL_OF_OTHERS })),
  'an empty id': wrkBehaviour.createsThenAnswers(201, {
    body: { workflow_id: '', workflow_url: URL_OF_OTHERS },
  }),
  'an id of 201 characters': wrkBehaviour.createsThenAnswers(201, {
    body: { workflow_id: 'x'.repeat(201), workflow_url: URL_OF_OTHERS },
  }),
  'no URL': wrkBehaviour.createsThenAnswers(200, { body: { workflow_id: 'wf_9' } }),
  'a script as its URL': wrkBehaviour.createsThenAnswers(201, {
    body: { workflow_id: 'wf_9', workflow_url: 'javascript:alert(1)' },
  }),
  'a URL with credentials': wrkBehaviour.createsThenAnswers(201, {
    body: { workflow_id: 'wf_9', workflow_url: 'https://wrk.example@evil.example/' },
  }),
  'a foreign tenant': wrkBehaviour.createsThenAnswers(201, {
    body: { workflow_id: 'wf_9', workflow_url: URL_OF_OTHERS, tenant_id: 'tenant-b' },
  }),
  'half a JSON text': wrkBehaviour.createsThenGarbles(),
  'no body': wrkBehaviour.createsThenAnswers(204),
  'a body without end': wrkBehaviour.createsThenFloods(),
};

const CASES: readonly Case[] = [
  {
    title: 'gives the id and the URL of the workflow that WRK made, from one request',
    run: async (bench) => {
      expect(await answerTo(bench, wrkBehaviour.creates())).toEqual(created(1));
      expect(bench.fake.workflows()).toMatchObject([{ id: 'wf_1', tenantId: TENANT, name: 'Invoices' }]);
    },
  },
  {
    title: 'sends the body byte for byte: big integers, odd spacing, escapes and characters of every size',
    run: async (bench) => {
      const body = bodyFor(TENANT, '{"big":12345678901234567890, "e":1.0E+2,\n"s":"\\u00e9é🧩\\/","big":-0}');
      await answerTo(bench, wrkBehaviour.creates(), callFor({ body }));
      const hash = createHash('sha256').update(body, 'utf8').digest('hex');
      expect(bench.fake.calls()[0]).toMatchObject({ bodyHash: hash, bodyBytes: Buffer.byteLength(body) });
    },
  },
  {
    title: 'sends the reference and the request id, and the key where WRK honours keys',
    run: async (bench) => {
      await answerTo(bench, wrkBehaviour.creates());
      expect(bench.fake.calls()).toMatchObject([
        { key: 'binding-1:hash-1', reference: 'binding-1', requestId: 'request-1' },
      ]);
    },
  },
  {
    title: 'sends ids that no header can carry so that they stay different',
    run: async (bench) => {
      await answerTo(
        bench,
        wrkBehaviour.creates(),
        callFor({ reference: 'бинд 1', idempotencyKey: 'бинд 1:a' }),
      );
      await answerTo(
        bench,
        wrkBehaviour.creates(),
        callFor({ reference: 'бинд 2', idempotencyKey: 'бинд 2:a' }),
      );
      expect(bench.fake.calls().map((call) => [call.reference, call.key])).toEqual([
        ['бинд 1', 'бинд 1:a'],
        ['бинд 2', 'бинд 2:a'],
      ]);
    },
  },
  ...(['lookup', 'nothing'] as const).map(
    (by): Case => ({
      title: `sends the reference and no key where duplicates are prevented by ${by}`,
      duplicates: by === 'lookup' ? { by } : { by, onUnknownOutcome: 'stop' },
      run: async (bench) => {
        await answerTo(bench, wrkBehaviour.creates());
        expect(bench.fake.calls()).toMatchObject([{ key: null, reference: 'binding-1' }]);
      },
    }),
  ),
  ...[
    { by: 'idempotency-key' } as const,
    { by: 'lookup' } as const,
    { by: 'nothing', onUnknownOutcome: 'retry' } as const,
  ].map(
    (duplicates): Case => ({
      title: `says that duplicates are prevented by ${duplicates.by}`,
      duplicates,
      run: async ({ client }) => expect(client.duplicates).toStrictEqual(duplicates),
    }),
  ),
  {
    title: 'gets the same workflow again under the same key, and WRK holds one',
    run: async (bench) => {
      expect(await answerTo(bench, wrkBehaviour.creates())).toEqual(created(1));
      expect(await answerTo(bench, wrkBehaviour.creates())).toEqual(created(1));
      expect(bench.fake.workflowsByReference()).toEqual(new Map([['binding-1', 1]]));
      expect(bench.fake.violations()).toEqual([]);
    },
  },
  {
    title: 'gives each of many calls at once its own answer',
    run: async ({ fake, client }) => {
      const numbers = Array.from({ length: 25 }, (_, index) => index + 1);
      const answers = await Promise.all(
        numbers.map((n) =>
          client.createWorkflow(
            callFor({ tenantId: `tenant-${n}`, idempotencyKey: `key-${n}`, reference: `ref-${n}` }),
          ),
        ),
      );
      const byId = new Map(fake.workflows().map((workflow) => [workflow.id, workflow]));
      const owners = answers.map(
        (answer) => answer.kind === 'created' && byId.get(answer.workflowId)?.tenantId,
      );
      expect(owners).toEqual(numbers.map((n) => `tenant-${n}`));
    },
  },
  ...STATUSES.flatMap(({ statuses, answer }) =>
    statuses.map(
      (status): Case => ({
        title: `takes ${status} as ${answer.kind}`,
        run: async (bench) => {
          const given = await answerTo(bench, wrkBehaviour.answers(status, secretive()));
          expect(given).toMatchObject(answer);
          expect(given).toHaveProperty('detail', expect.stringContaining(String(status)));
        },
      }),
    ),
  ),
  {
    title: 'takes a status that nobody expected as api_error, for nobody knows what was made',
    run: async (bench) => {
      for (const status of [302, 303, 418]) {
        expect(await answerTo(bench, wrkBehaviour.answers(status))).toMatchObject({ kind: 'api_error' });
      }
    },
  },
  {
    title: 'hands on what WRK finds wrong with a blueprint',
    run: async (bench) => {
      const body = {
        message: 'Invalid blueprint',
        errors: ['node n1 has no type', { path: 'edges.0', message: 'dangling' }],
      };
      expect(await answerTo(bench, wrkBehaviour.answers(422, { body }))).toMatchObject({
        kind: 'rejected',
        findings: ['Invalid blueprint', 'node n1 has no type', 'edges.0: dangling'],
      });
    },
  },
  {
    title: 'hands on at most 50 findings, each of bounded length',
    run: async (bench) => {
      const errors = Array.from({ length: 80 }, (_, index) => `${index} ${'x'.repeat(5_000)}`);
      const answer = await answerTo(bench, wrkBehaviour.answers(400, { body: { errors } }));
      const findings = answer.kind === 'rejected' ? answer.findings : [];
      expect(findings).toHaveLength(50);
      expect(Math.max(...findings.map((finding) => finding.length))).toBeLessThanOrEqual(500);
    },
  },
  {
    title: 'names the workflow of a 409 with the reference that WRK stored with it',
    wrk: { refusesKnownReferences: true, honoursKeys: false },
    run: async (bench) => {
      await answerTo(bench, wrkBehaviour.creates());
      expect(await answerTo(bench, wrkBehaviour.creates())).toMatchObject({
        ...created(1),
        kind: 'already_exists',
        reference: 'binding-1',
      });
    },
  },
  {
    title: 'names nothing of the workflow of a 409 that belongs to another tenant',
    run: async (bench) => {
      const body = {
        workflow_id: 'wf_9',
        workflow_url: URL_OF_OTHERS,
        reference: 'theirs',
        tenant_id: 'tenant-b',
      };
      expect(await answerTo(bench, wrkBehaviour.answers(409, { body }))).toMatchObject({
        kind: 'already_exists',
        workflowId: null,
        workflowUrl: null,
        reference: null,
      });
    },
  },
  ...RETRY_AFTER.flatMap(([header, ms]) =>
    ([429, 503] as const).map(
      (status): Case => ({
        title: `reads Retry-After "${header}" of a ${status} as ${ms === null ? 'unknown' : `${ms} ms`}`,
        run: async (bench) => {
          const answer = await answerTo(
            bench,
            wrkBehaviour.answers(status, { headers: { 'Retry-After': header } }),
          );
          expect(answer).toMatchObject({ kind: status === 429 ? 'not_now' : 'api_error', retryAfterMs: ms });
        },
      }),
    ),
  ),
  ...Object.entries(UNUSABLE).map(
    ([what, behaviour]): Case => ({
      title: `never takes a 2xx with ${what} as success`,
      run: async (bench) => expect(await answerTo(bench, behaviour)).toMatchObject({ kind: 'unusable' }),
    }),
  ),
  {
    title: 'follows no redirect',
    run: async (bench) => {
      for (const status of [301, 302, 303, 307, 308]) {
        const answer = await answerTo(bench, wrkBehaviour.redirects('/wrk-api/workflows', status));
        expect(['api_error', 'access_denied']).toContain(answer.kind);
      }
      expect(bench.fake.workflows()).toEqual([]);
    },
  },
  ...(['createsThenDrops', 'createsThenCuts'] as const).map(
    (name): Case => ({
      title: `takes a connection that breaks (${name}) as network_failure, and finds its workflow under the same key`,
      run: async (bench) => {
        expect(await answerTo(bench, wrkBehaviour[name]())).toMatchObject({ kind: 'network_failure' });
        expect(await answerTo(bench, wrkBehaviour.creates())).toEqual(created(1));
        expect(bench.fake.workflows()).toHaveLength(1);
      },
    }),
  ),
  ...(['hangs', 'createsThenHangs', 'createsThenDrips'] as const).map(
    (name): Case => ({
      title: `ends a call that WRK never ends (${name}) as network_failure at the deadline`,
      deadlineMs: 150,
      run: async (bench) =>
        expect(await answerTo(bench, wrkBehaviour[name]())).toMatchObject({ kind: 'network_failure' }),
    }),
  ),
  ...(['hangs', 'createsThenDrips'] as const).map(
    (name): Case => ({
      title: `ends a call (${name}) as aborted when the caller hangs up`,
      run: async (bench) => {
        const caller = new AbortController();
        const answer = answerTo(bench, wrkBehaviour[name](), callFor({ signal: caller.signal }));
        await expect.poll(() => bench.fake.calls().length).toBe(1);
        caller.abort();
        expect(await answer).toMatchObject({ kind: 'aborted' });
      },
    }),
  ),
  {
    title: 'sends nothing for a caller that has hung up already',
    run: async ({ fake, client }) => {
      expect(await client.createWorkflow(callFor({ signal: AbortSignal.abort() }))).toMatchObject({
        kind: 'aborted',
      });
      expect(fake.calls()).toEqual([]);
    },
  },
  {
    title: 'lets go of a signal that outlives the call',
    run: async (bench) => {
      const { signal } = new AbortController();
      for (const behaviour of [wrkBehaviour.creates(), wrkBehaviour.answers(500), wrkBehaviour.drops()]) {
        await answerTo(bench, behaviour, callFor({ signal }));
      }
      expect(getEventListeners(signal, 'abort')).toEqual([]);
    },
  },
  {
    title: 'finds the workflow of a reference, and says so where there is none or it is another tenant’s',
    duplicates: { by: 'lookup' },
    run: async (bench) => {
      const query = { tenantId: TENANT, reference: 'binding-1', requestId: 'r', signal: callFor().signal };
      expect(await bench.client.findWorkflow(query)).toEqual({ kind: 'absent' });
      await answerTo(bench, wrkBehaviour.createsThenDrops());
      expect(await bench.client.findWorkflow(query)).toEqual({ ...created(1), kind: 'found' });
      expect(await bench.client.findWorkflow({ ...query, tenantId: 'tenant-b' })).toEqual({ kind: 'absent' });
    },
  },
  {
    title: 'says that a lookup failed where WRK offers none',
    run: async ({ client, fake }) => {
      const query = { tenantId: TENANT, reference: 'binding-1', requestId: 'r', signal: callFor().signal };
      expect(await client.findWorkflow(query)).toMatchObject({ kind: 'failed' });
      expect(fake.lookups()).toBe(0);
    },
  },
];

/** How many cases the contract of a `WrkPlatformClient` has. */
export const WRK_PLATFORM_CLIENT_CASES = CASES.length;

/**
 * The contract of a `WrkPlatformClient`, as vitest tests: what it sends, what each answer of WRK means, and
 * that every call ends in an answer. Times appear only as deadlines that a call has to outlast.
 */
export function wrkPlatformClientContract(underTest: WrkPlatformClientUnderTest): void {
  describe(`WrkPlatformClient contract, ${CASES.length} cases: ${underTest.name}`, () => {
    for (const { title, run, wrk, duplicates = { by: 'idempotency-key' }, deadlineMs = 30_000 } of CASES) {
      it(title, async () => {
        const fake = createFakeWrk(wrk);
        const { client, close } = await underTest.open({ fake, duplicates, deadlineMs });
        try {
          await run({ fake, client });
        } finally {
          await close();
        }
      });
    }
  });
}
