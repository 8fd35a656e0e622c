import { describe, expect, it } from 'vitest';
import { check } from './checker.js';
import type { AuditRow, CallRow, DeliveryRow, History } from './history.js';
import type { ClientAnswer } from './people.js';

const TENANT = 'tenant-one';
const URL_OF = (id: string) => `https://app.wrk.example/workflows/${id}`;

const call = (fields: Partial<CallRow> = {}): CallRow => ({
  id: 'call-1',
  tenantId: TENANT,
  bindingId: 'build',
  run: 1,
  number: 1,
  outcome: 'created',
  startedAt: 1_000,
  closedAt: 1_100,
  workflowId: 'wf_1',
  ...fields,
});
const entry = (action: string, fields: Partial<AuditRow> = {}): AuditRow => ({
  tenantId: TENANT,
  action,
  versionId: 'version',
  at: 0,
  reason: null,
  ...fields,
});
const delivery = (line: string): DeliveryRow => {
  const [channel = '', template = '', recipientId = ''] = line.split('|');
  return { bindingId: 'build', channel, template, recipientId, status: 'delivered' };
};
const answered = (fields: Partial<ClientAnswer> = {}): ClientAnswer => ({
  what: 'request',
  tenantId: TENANT,
  versionId: 'version',
  bindingId: 'build',
  run: 1,
  reason: null,
  atRisk: false,
  answer: 'ok',
  code: null,
  ...fields,
});
const post = { callId: 'call-1', reference: 'build', tenantId: TENANT, key: 'key', bodyHash: 'bytes' };
const binding = {
  id: 'build',
  tenantId: TENANT,
  versionId: 'version',
  status: 'active',
  orchestration: 'automatic',
  run: 1,
  keyGeneration: 0,
  workflowId: 'wf_1',
  workflowUrl: URL_OF('wf_1'),
  errorReason: null,
};
const workflow = { id: 'wf_1', url: URL_OF('wf_1'), tenantId: TENANT, reference: 'build' };
const version = { id: 'version', tenantId: TENANT, projectId: 'project', status: 'QA & Testing' };
const message = { queue: 'notifications', key: 'k', bindingId: 'build', deadReason: null, text: '' };

/** One build that went well, but for what a case says. */
const history = (fields: Partial<History> = {}): History => ({
  setUp: { policy: 'lookup', settleMs: 500, slack: false },
  bindings: [binding],
  calls: [call()],
  audit: [entry('request_build'), entry('build_complete')],
  messages: [],
  deliveries: COMPLETION.map(delivery),
  versions: [version],
  changedByHost: new Set(),
  posts: [{ ...post, firstByteAt: 1_010, takenAt: 1_020 }],
  workflows: [workflow],
  complaints: [],
  answers: [answered()],
  ends: [{ code: null, signal: 'SIGKILL', complaints: '', wanted: ['SIGKILL'] }],
  texts: [{ tenantId: TENANT, where: 'workflow_calls', text: `{"tenant_id":"${TENANT}"}` }],
  log: '',
  secrets: ['planted'],
  lagAt: () => 0,
  ...fields,
});

const second = { ...workflow, id: 'wf_2', url: URL_OF('wf_2') };
const toldOfSecond = {
  tenantId: TENANT,
  where: 'in_app_notifications',
  text: `{"template":"workflow_unbound","data_json":{"workflowUrl":"${second.url}"}}`,
};
const failed = {
  ...binding,
  status: 'error',
  workflowId: null,
  workflowUrl: null,
  errorReason: 'outcome_unknown',
};

/** A build whose adoption was undone, and that was completed again. */
const UNDONE_ONCE = ['request_build', 'build_complete', 'undo_adoption', 'retry_build', 'build_complete'];
const COMPLETION = [
  'email|build_complete|client',
  'email|qa_ready|ops one',
  'email|qa_ready|ops two',
  'in_app|build_complete|project_owner',
];
const UNDO = [
  'email|adoption_undone|ops one',
  'email|adoption_undone|ops two',
  'in_app|adoption_undone|ops one',
  'in_app|adoption_undone|ops two',
  'email|build_reopened|client',
  'in_app|build_reopened|project_owner',
];
const undoneOnce = (deliveries: readonly string[]): Partial<History> => ({
  bindings: [{ ...binding, run: 2 }],
  audit: UNDONE_ONCE.map((action) => entry(action)),
  deliveries: deliveries.map(delivery),
});

const WRONG: readonly (readonly [number, string, Partial<History>])[] = [
  [1, 'two workflows', { workflows: [workflow, second], texts: [toldOfSecond] }],
  [2, 'two bindings', { bindings: [binding, { ...binding, id: 'other' }] }],
  [3, 'a workflow that is not there', { workflows: [] }],
  [3, 'a version in QA without a build', { versions: [version, { ...version, id: 'v2', projectId: 'p2' }] }],
  [4, 'nobody told', { deliveries: [] }],
  [
    4,
    'completed twice',
    { audit: [entry('request_build'), entry('build_complete'), entry('build_complete')] },
  ],
  [4, 'a client who is not told that the build is open again', undoneOnce([...COMPLETION, ...COMPLETION])],
  [4, 'a second completion that nobody is told of', undoneOnce([...COMPLETION, ...UNDO])],
  [5, 'a version in progress without a build', { versions: [{ ...version, status: 'Build in Progress' }] }],
  [6, 'entries without a build', { bindings: [] }],
  [7, 'an edge that is none', { audit: [entry('build_complete'), entry('request_build')] }],
  [
    8,
    'two versions of a project',
    {
      versions: [version, { ...version, id: 'v2' }],
      audit: [entry('request_build'), entry('request_build', { versionId: 'v2' }), entry('build_complete')],
    },
  ],
  [9, 'no row for a POST', { calls: [] }],
  [9, 'a row after the POST', { calls: [call({ startedAt: 2_000 })] }],
  [
    9,
    'five calls',
    {
      calls: [1, 2, 3, 4, 5].map((number) =>
        call({
          id: `call-${number}`,
          number,
          outcome: 'unknown',
          startedAt: 1_000 + number,
          closedAt: 1_001 + number,
        }),
      ),
    },
  ],
  [
    10,
    'other bytes under a key',
    {
      posts: [post, { ...post, bodyHash: 'others' }].map((each) => ({
        ...each,
        firstByteAt: 1_010,
        takenAt: 1_020,
      })),
    },
  ],
  [
    11,
    'a row that names another tenant',
    {
      texts: [
        { tenantId: TENANT, where: 'messages', text: 'tenant-two' },
        { tenantId: 'tenant-two', where: 'messages', text: 'tenant-two' },
      ],
    },
  ],
  [11, 'a call of another tenant', { calls: [call({ tenantId: 'tenant-two' })] }],
  [12, 'a run too many', { bindings: [{ ...binding, run: 2 }] }],
  [
    13,
    'sent again after a rejection',
    {
      calls: [call({ outcome: 'rejected' }), call({ id: 'call-2', number: 2, startedAt: 1_200 })],
      posts: [{ ...post, callId: 'call-2', firstByteAt: 1_210, takenAt: 1_220 }],
    },
  ],
  [15, 'a secret in a log', { log: 'token=planted' }],
  [
    16,
    'a refused command in the audit log',
    {
      answers: [answered({ what: 'cancel', reason: 'command 1.', answer: 'refused' })],
      audit: [
        entry('request_build'),
        entry('build_complete'),
        entry('assign_build', { reason: 'command 1.' }),
      ],
    },
  ],
  [17, 'an accepted request that is not there', { answers: [answered({ bindingId: 'lost' })] }],
  [
    17,
    'an accepted command without an entry',
    { answers: [answered({ what: 'retry', reason: 'command 1.' })] },
  ],
  [18, 'a pending build', { bindings: [{ ...binding, status: 'pending' }] }],
  [19, 'a message that waits', { messages: [{ ...message, isDead: false }] }],
  [20, 'a workflow that nobody knows of', { workflows: [workflow, second] }],
  [21, 'an audit log that ends elsewhere', { audit: [entry('request_build')] }],
  [
    22,
    'a POST after the next claim',
    {
      calls: [call(), call({ id: 'call-2', number: 2, startedAt: 1_200 })],
      posts: [{ ...post, firstByteAt: 1_300, takenAt: 1_310 }],
    },
  ],
  [
    23,
    'sent again after a workflow',
    {
      calls: [call(), call({ id: 'call-2', number: 2, startedAt: 1_200 })],
      posts: [{ ...post, callId: 'call-2', firstByteAt: 1_210, takenAt: 1_220 }],
    },
  ],
  [
    24,
    'claims without end',
    { calls: Array.from({ length: 81 }, (_, number) => call({ id: `${number}`, outcome: null })) },
  ],
  [25, 'a process that died', { ends: [{ code: 1, signal: null, complaints: 'Error: read', wanted: [] }] }],
];

describe('the checker of the random harness', () => {
  it('finds nothing in a run that went well', () => {
    expect(check(history())).toEqual([]);
  });

  it.each(WRONG)('names invariant %i: %s', (invariant, _name, fields) => {
    const named = check(history(fields)).filter(({ kind }) => kind === 'violation');
    expect(named.map((finding) => finding.invariant)).toContain(invariant);
  });

  it('accepts a build whose adoption was undone: completed again, or with the workflow that it had', () => {
    expect(check(history(undoneOnce([...COMPLETION, ...UNDO, ...COMPLETION])))).toEqual([]);
    const toldOfUndo = {
      tenantId: TENANT,
      where: 'in_app_notifications',
      text: '{"template":"adoption_undone","data_json":{"errorDetails":["wf_1"]}}',
    };
    const asItWas: Partial<History> = {
      bindings: [{ ...failed, errorReason: 'adoption_undone' }],
      calls: [call({ outcome: 'refused', workflowId: null })],
      audit: UNDONE_ONCE.slice(0, 3).map((action) => entry(action)),
      versions: [{ ...version, status: 'Build in Progress' }],
      deliveries: [...COMPLETION, ...UNDO].map(delivery),
    };
    expect(check(history({ ...asItWas, texts: [toldOfUndo] }))).toEqual([]);
    expect(check(history(asItWas)).map(({ invariant }) => invariant)).toEqual([20]);
  });

  it('takes a second workflow for the documented window where WRK made one after settleMs, and ops were told', () => {
    const late = {
      calls: [
        call({ outcome: 'unknown', workflowId: null }),
        call({ id: 'call-2', number: 2, startedAt: 1_700 }),
      ],
      posts: [
        { ...post, firstByteAt: 1_010, takenAt: 2_000 },
        { ...post, callId: 'call-2', firstByteAt: 1_710, takenAt: 1_720 },
      ],
      workflows: [workflow, second],
    };
    const kinds = (fields: Partial<History>) =>
      check(history(fields)).map(({ kind, invariant }) => [invariant, kind]);
    expect(kinds({ ...late, texts: [toldOfSecond] })).toEqual([[1, 'window']]);
    expect(kinds(late)).toEqual([
      [1, 'violation'],
      [20, 'violation'],
    ]);
  });

  it('accepts a workflow of a build that waits for a person who is told that it is unknown', () => {
    const findings = check(
      history({
        bindings: [failed],
        calls: [call({ outcome: 'unknown', workflowId: null })],
        audit: [entry('request_build'), entry('build_failed')],
        versions: [{ ...version, status: 'Build in Progress' }],
        deliveries: ['email', 'in_app'].flatMap((channel) =>
          ['ops one', 'ops two'].map((person) => delivery(`${channel}|build_failed|${person}`)),
        ),
      }),
    );
    expect(findings).toEqual([]);
  });

  it('allows one workflow more for each command that accepted a duplicate, and any number where WRK offers nothing', () => {
    const two = { workflows: [workflow, second], texts: [toldOfSecond] };
    const retry = answered({ what: 'retry', reason: 'command 1.', atRisk: true });
    const first = { audit: [entry('request_build'), entry('build_complete', { reason: 'command 1.' })] };
    expect(check(history({ ...two, ...first, answers: [answered(), retry] }))).toEqual([]);
    expect(check(history({ ...two, setUp: { policy: 'retry', settleMs: 0, slack: false } }))).toEqual([]);
  });
});
