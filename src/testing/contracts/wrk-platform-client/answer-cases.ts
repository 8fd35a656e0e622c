import { expect } from 'vitest';
import { isHttpsWorkflowUrl } from '../../../core/input/workflow-text.js';
import type { WrkAnswer } from '../../../core/orchestration/wrk-answer.js';
import { type FakeWrkBehaviour, wrkBehaviour } from '../../wrk/fake-wrk-behaviour.js';
import { answerTo, type ContractCase, created, secretive, URL_OF_OTHERS } from '../support/wrk-case.js';

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
  // Nobody knows what was made.
  { statuses: [302, 303, 418], answer: { kind: 'api_error' } },
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

const says = (workflow: unknown): FakeWrkBehaviour =>
  wrkBehaviour.createsThenAnswers(201, { body: workflow });

/** Answers with a 2xx that must never be taken as success. */
const UNUSABLE: Readonly<Record<string, FakeWrkBehaviour>> = {
  'no id': wrkBehaviour.createsThenAnswers(201, secretive({ workflow_url: URL_OF_OTHERS })),
  'an empty id': says({ workflow_id: '', workflow_url: URL_OF_OTHERS }),
  'an id of 201 characters': says({ workflow_id: 'x'.repeat(201), workflow_url: URL_OF_OTHERS }),
  'an id that no database stores': says({ workflow_id: 'wf\u0000', workflow_url: URL_OF_OTHERS }),
  'no URL': says({ workflow_id: 'wf_9' }),
  'a script as its URL': says({ workflow_id: 'wf_9', workflow_url: 'javascript:alert(1)' }),
  'a URL with credentials': says({ workflow_id: 'wf_9', workflow_url: 'https://wrk.example@evil.example/' }),
  'a foreign tenant': says({ workflow_id: 'wf_9', workflow_url: URL_OF_OTHERS, tenant_id: 'tenant-b' }),
  'half a JSON text': wrkBehaviour.createsThenGarbles(),
  'no body': wrkBehaviour.createsThenAnswers(204),
  'a body without end': wrkBehaviour.createsThenFloods(),
  'a body beyond the cap': wrkBehaviour.createsThenPads(),
};

/** What each answer of WRK means. */
export const ANSWERS: readonly ContractCase[] = [
  {
    title: 'lets a person name no address that it would not believe of WRK, where it has a rule for that',
    run: async (harness) => {
      const { isWorkflowUrlAllowed = isHttpsWorkflowUrl } = harness.client;
      const answer = await answerTo(harness, wrkBehaviour.creates());
      expect(answer).toMatchObject({ kind: 'created' });
      if (answer.kind === 'created') expect(isWorkflowUrlAllowed(answer.workflowUrl)).toBe(true);
      for (const url of [
        'javascript:alert(1)',
        'https://wrk.example@evil.example/',
        'https://a.example/\u202ex',
      ])
        expect(isWorkflowUrlAllowed(url)).toBe(false);
    },
  },
  ...STATUSES.flatMap(({ statuses, answer }) =>
    statuses.map(
      (status): ContractCase => ({
        title: `takes ${status} as ${answer.kind}`,
        run: async (harness) => {
          const answered = await answerTo(harness, wrkBehaviour.answers(status, secretive()));
          expect(answered).toMatchObject(answer);
          expect(answered).toHaveProperty('detail', expect.stringContaining(String(status)));
        },
      }),
    ),
  ),
  {
    title: 'hands on what WRK finds wrong with a blueprint',
    run: async (harness) => {
      const errors = ['node n1 has no type', { path: 'edges.0', message: 'dangling' }];
      const refusal = wrkBehaviour.answers(422, { body: { message: 'Invalid blueprint', errors } });
      expect(await answerTo(harness, refusal)).toMatchObject({
        kind: 'rejected',
        findings: ['Invalid blueprint', 'node n1 has no type', 'edges.0: dangling'],
      });
    },
  },
  {
    title: 'hands on at most 50 findings, each of bounded length',
    run: async (harness) => {
      const errors = Array.from({ length: 80 }, (_, index) => `${index} ${'x'.repeat(5_000)}`);
      const answer = await answerTo(harness, wrkBehaviour.answers(400, { body: { errors } }));
      const findings = answer.kind === 'rejected' ? answer.findings : [];
      expect(findings).toHaveLength(50);
      expect(Math.max(...findings.map((finding) => finding.length))).toBeLessThanOrEqual(500);
    },
  },
  {
    title: 'names the workflow of a 409 with the reference that WRK stored with it',
    wrk: { refusesKnownReferences: true, honoursKeys: false },
    run: async (harness) => {
      await answerTo(harness, wrkBehaviour.creates());
      expect(await answerTo(harness, wrkBehaviour.creates())).toMatchObject({
        ...created(1),
        kind: 'already_exists',
        reference: 'binding-1',
      });
      expect(harness.fake.workflows()).toHaveLength(1);
    },
  },
  {
    title: 'names nothing of the workflow of a 409 that belongs to another tenant',
    run: async (harness) => {
      const theirs = { workflow_id: 'wf_9', workflow_url: URL_OF_OTHERS, reference: 'theirs' };
      const conflict = wrkBehaviour.answers(409, { body: { ...theirs, tenant_id: 'tenant-b' } });
      expect(await answerTo(harness, conflict)).toMatchObject({
        kind: 'already_exists',
        workflowId: null,
        workflowUrl: null,
        reference: null,
      });
    },
  },
  ...RETRY_AFTER.flatMap(([header, ms]) =>
    ([429, 503] as const).map(
      (status): ContractCase => ({
        title: `reads Retry-After "${header}" of a ${status} as ${ms === null ? 'unknown' : `${ms} ms`}`,
        run: async (harness) => {
          const waits = wrkBehaviour.answers(status, { headers: { 'Retry-After': header } });
          const kind = status === 429 ? 'not_now' : 'api_error';
          expect(await answerTo(harness, waits)).toMatchObject({ kind, retryAfterMs: ms });
        },
      }),
    ),
  ),
  ...Object.entries(UNUSABLE).map(
    ([what, behaviour]): ContractCase => ({
      title: `never takes a 2xx with ${what} as success`,
      run: async (harness) => expect(await answerTo(harness, behaviour)).toMatchObject({ kind: 'unusable' }),
    }),
  ),
  ...[301, 302, 303, 307, 308].map(
    (status): ContractCase => ({
      title: `does not follow a redirect with ${status}`,
      run: async (harness) => {
        const answer = await answerTo(harness, wrkBehaviour.redirects('/wrk-api/workflows', status));
        expect(['api_error', 'access_denied']).toContain(answer.kind);
        expect(harness.fake.workflows()).toEqual([]);
      },
    }),
  ),
];
