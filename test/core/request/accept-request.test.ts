import { describe, expect, it, vi } from 'vitest';
import { defaultChecklist } from '../../../src/core/blueprint/checklist.js';
import type { CandidateFacts, ChecklistTaskFacts } from '../../../src/core/build/facts.js';
import { NOTIFICATIONS } from '../../../src/core/build/messages.js';
import { acceptRequest } from '../../../src/core/request/accept-request.js';
import {
  REQUEST_TRIGGERS,
  type RequestBuildCommand,
  type RequestBuildPolicy,
} from '../../../src/core/request/request-build.js';
import { deepFreeze } from '../support/deep-freeze.js';
import {
  bindingFacts,
  candidateFacts,
  projectFacts,
  quoteFacts,
  REQUEST_POLICY,
  requestCommand,
  versionFacts,
} from '../support/request-facts.js';

const accept = (
  facts: Partial<CandidateFacts> = {},
  command: Partial<RequestBuildCommand> = {},
  policy: Partial<RequestBuildPolicy> = {},
) =>
  acceptRequest(
    candidateFacts(facts),
    deepFreeze({
      project: projectFacts(),
      quote: quoteFacts(),
      checklist: (policy.checklist ?? defaultChecklist)({
        automationName: versionFacts().automationName,
        projectName: projectFacts().name,
        systems: ['Salesforce'],
      }),
      systems: ['Salesforce'],
    }),
    requestCommand(command),
    { ...REQUEST_POLICY, ...policy },
  );

const decisionOn = (...given: Parameters<typeof accept>) => accept(...given).decision;

const task = (slug: string, status: string, category = 'manual'): ChecklistTaskFacts => ({
  id: `task of ${slug}`,
  slug,
  category,
  status,
});

describe('an accepted request', () => {
  it('moves version and project to “Build in Progress”, with progress 0', () => {
    const decision = decisionOn();
    expect(decision.automationVersionStatus).toBe('Build in Progress');
    expect(decision.project).toEqual({ status: 'Build in Progress', checklistProgress: 0 });
  });

  it('creates the binding, pending, with the statuses it came from', () => {
    const decision = decisionOn({}, { newBindingId: 'binding-new', priority: -5 });
    expect(decision.bindingId).toBe('binding-new');
    expect(decision.binding).toEqual({
      status: 'pending',
      run: 1,
      fence: 1,
      priority: -5,
      runInMs: null,
      followUpInMs: null,
      requestId: 'request-1',
      requestedBy: 'user-1',
      orchestration: 'automatic',
      keyGeneration: 0,
      duplicateRiskRun: null,
      cameFromVersionStatus: 'Ready for Build',
      cameFromProjectStatus: 'Awaiting Build',
      errorReason: null,
      errorDetails: null,
      workflowId: null,
      workflowUrl: null,
      adoption: null,
    });
  });

  it('that people will carry out is marked so, tells the same people, and wakes no worker', () => {
    const [automatic, manual] = [decisionOn(), decisionOn({}, {}, { orchestration: 'manual' })];
    expect(manual.binding?.orchestration).toBe('manual');
    expect(manual.messages).toEqual(automatic.messages.filter(({ queue }) => queue === 'notifications'));
    expect(manual.messages).toHaveLength(automatic.messages.length - 1);
  });

  it('is chosen for by what the request is about', () => {
    const orchestration = vi.fn(() => 'manual' as const);
    decisionOn({}, {}, { orchestration });
    expect(orchestration.mock.calls).toEqual([
      [
        {
          tenantId: 'tenant-1',
          automationVersionId: 'version-1',
          automationName: versionFacts().automationName,
          projectId: projectFacts().id,
          projectName: projectFacts().name,
          systems: ['Salesforce'],
        },
      ],
    ]);
  });

  it('is written under the ids that came with the command, and calls nothing', () => {
    expect(decisionOn({}, { decisionId: 'decision-7' })).toMatchObject({
      id: 'decision-7',
      tenantId: 'tenant-1',
      automationVersionId: 'version-1',
      closeCall: null,
    });
  });

  it('holds only while everything that was checked still stands', () => {
    expect(decisionOn().guard).toEqual({
      binding: 'absent',
      assignee: null,
      automationVersionRow: 'version row 1',
      project: { id: 'project-1', row: 'project row 1' },
      quote: { id: 'quote-1', row: 'quote row 1' },
      noOpenBlocker: true,
      noBuildingSibling: true,
    });
  });

  it('tells the caller what was started', () => {
    expect(accept()).toMatchObject({
      kind: 'accepted',
      answer: {
        bindingId: 'binding-1',
        automationVersionId: 'version-1',
        projectId: 'project-1',
        run: 1,
      },
    });
  });

  it('writes one audit entry: who, what triggered it, from where, and what was checked', () => {
    expect(decisionOn({}, { trigger: 'auto_build', userId: null }).audit).toEqual({
      tenantId: 'tenant-1',
      userId: null,
      actionType: 'request_build',
      resourceType: 'automation_version',
      resourceId: 'version-1',
      metadata: {
        trigger: 'auto_build',
        binding_id: 'binding-1',
        run: 1,
        request_id: 'request-1',
        from_version_status: 'Ready for Build',
        from_project_status: 'Awaiting Build',
        checked: { quote_id: 'quote-1', blueprint: 'complete', open_blockers: 0 },
      },
    });
  });

  it.each(REQUEST_TRIGGERS)(
    'does the same through %s, and names the trigger in the audit entry alone',
    (trigger) => {
      const { audit, ...rest } = decisionOn({}, { trigger });
      const { audit: auditOfPatch, ...restOfPatch } = decisionOn({}, { trigger: 'patch_status' });
      expect(rest).toEqual(restOfPatch);
      expect(audit?.metadata).toEqual({ ...auditOfPatch?.metadata, trigger });
    },
  );
});

describe('a request that follows a cancelled build', () => {
  const binding = bindingFacts({
    id: 'binding-old',
    status: 'cancelled',
    run: 2,
    fence: 9,
    requestId: 'request-old',
    requestedBy: 'user-old',
    assigneeId: 'engineer-old',
    cameFromVersionStatus: 'Draft',
    cameFromProjectStatus: 'Draft',
    errorReason: 'network_failure',
  });

  it('takes its binding up again, one run and one fence further, with nothing left of the old run', () => {
    const { decision, answer } = accept({ binding }, { newBindingId: 'binding-new' });
    expect(decision.bindingId).toBe('binding-old');
    expect(decision.guard.binding).toEqual({ fence: 9, status: 'cancelled' });
    expect(decision.binding).toEqual({
      status: 'pending',
      run: 3,
      fence: 10,
      priority: 0,
      runInMs: null,
      followUpInMs: null,
      requestId: 'request-1',
      requestedBy: 'user-1',
      orchestration: 'automatic',
      keyGeneration: 0,
      duplicateRiskRun: null,
      cameFromVersionStatus: 'Ready for Build',
      cameFromProjectStatus: 'Awaiting Build',
      errorReason: null,
      errorDetails: null,
      workflowId: null,
      workflowUrl: null,
      adoption: null,
    });
    expect(decision.assignee).toEqual({ id: 'engineer-old' });
    expect(answer).toMatchObject({ bindingId: 'binding-old', run: 3 });
    expect(decision.audit?.metadata).toMatchObject({ binding_id: 'binding-old', run: 3 });
    expect(decision.messages.map((message) => message.key)).toEqual([
      'binding-old',
      'binding-old:10:build_started:email:client',
      'binding-old:10:build_assigned:email:solutions_engineer',
      'binding-old:10:build_started:in_app:project_owner',
    ]);
  });

  it('is assigned to whom the command names, before whom the old run had', () => {
    expect(decisionOn({ binding }, { assigneeId: 'engineer-new' }).assignee).toEqual({ id: 'engineer-new' });
  });
});

describe('the checklist of an accepted request', () => {
  it('is created whole where there is none', () => {
    const { createTasks, setTasks } = decisionOn();
    expect(setTasks).toEqual([]);
    expect(createTasks.map(({ slug, category, status }) => [slug, category, status])).toEqual([
      ['create-workflow', 'integration', 'pending'],
      ['connect-salesforce', 'integration', 'pending'],
      ['set-up-credentials', 'manual', 'pending'],
      ['handle-exceptions', 'manual', 'pending'],
      ['test-with-sample-data', 'manual', 'pending'],
      ['write-documentation', 'manual', 'pending'],
      ['hand-over-to-qa', 'manual', 'pending'],
    ]);
    expect(createTasks[1]).toEqual({
      slug: 'connect-salesforce',
      title: 'Connect Salesforce',
      category: 'integration',
      status: 'pending',
    });
  });

  it('is completed where some of it is there, and what is there is set back to pending', () => {
    const checklist = [
      task('create-workflow', 'complete', 'integration'),
      task('connect-salesforce', 'pending', 'integration'),
      task('set-up-credentials', 'in_progress'),
      task('of-an-older-blueprint', 'complete'),
    ];
    const { createTasks, setTasks } = decisionOn({ checklist });
    expect(createTasks.map(({ slug }) => slug)).toEqual([
      'handle-exceptions',
      'test-with-sample-data',
      'write-documentation',
      'hand-over-to-qa',
    ]);
    expect(setTasks).toEqual([
      { taskId: 'task of create-workflow', status: 'pending' },
      { taskId: 'task of set-up-credentials', status: 'pending' },
      { taskId: 'task of of-an-older-blueprint', status: 'pending' },
    ]);
  });

  it('is made by the host’s own policy from automation, project and systems', () => {
    const checklist: RequestBuildPolicy['checklist'] = ({ automationName, projectName, systems }) => [
      { slug: 'own', title: [automationName, projectName, ...systems].join(' / '), category: 'manual' },
    ];
    expect(decisionOn({}, {}, { checklist }).createTasks).toEqual([
      {
        slug: 'own',
        title: 'Invoices to ledger / Finance / Salesforce',
        category: 'manual',
        status: 'pending',
      },
    ]);
  });
});

describe('the messages of an accepted request', () => {
  const notified = (command: Partial<RequestBuildCommand> = {}, slack = false) =>
    decisionOn({}, command, { channels: { slack } })
      .messages.slice(1)
      .map(({ body }) =>
        body.kind === 'notification' ? [body.channel, body.template, body.audience, body.assigneeId] : [],
      );

  it('begin with the wake-up call for the worker, due at once', () => {
    expect(decisionOn({}, { priority: 9 }).messages[0]).toEqual({
      queue: 'build-requests',
      key: 'binding-1',
      tenantId: 'tenant-1',
      body: {
        v: 1,
        kind: 'build_request',
        tenantId: 'tenant-1',
        bindingId: 'binding-1',
        requestId: 'request-1',
      },
      delayMs: 0,
      priority: 9,
    });
  });

  it('tell the client, the ops team while nobody is assigned, and the project owner', () => {
    expect(notified()).toEqual([
      ['email', 'build_started', 'client', null],
      ['email', 'build_assigned', 'ops_team', null],
      ['in_app', 'build_started', 'project_owner', null],
    ]);
  });

  it('tell the solutions engineer who is assigned', () => {
    expect(notified({ assigneeId: 'engineer-1' })).toEqual([
      ['email', 'build_started', 'client', 'engineer-1'],
      ['email', 'build_assigned', 'solutions_engineer', 'engineer-1'],
      ['in_app', 'build_started', 'project_owner', 'engineer-1'],
    ]);
  });

  it('tell the ops channel where the host has Slack', () => {
    expect(notified({}, true)).toContainEqual(['slack', 'build_started', 'ops_channel', null]);
    expect(notified({}, true)).toHaveLength(4);
  });

  it('carry what a notification is written from', () => {
    expect(decisionOn().messages[1]).toEqual({
      queue: NOTIFICATIONS,
      key: 'binding-1:1:build_started:email:client',
      tenantId: 'tenant-1',
      delayMs: 0,
      body: {
        v: 1,
        kind: 'notification',
        tenantId: 'tenant-1',
        bindingId: 'binding-1',
        automationVersionId: 'version-1',
        projectId: 'project-1',
        fence: 1,
        channel: 'email',
        template: 'build_started',
        audience: 'client',
        assigneeId: null,
        automationName: 'Invoices to ledger',
        projectName: 'Finance',
        workflowUrl: null,
        errorReason: null,
        errorDetails: [],
        occasion: null,
        requestId: 'request-1',
      },
    });
  });
});

describe('the idempotency record of an accepted request', () => {
  it('keeps the answer under the key', () => {
    const idempotency = { operation: 'request_build', key: 'key-1', bodyHash: 'hash-1' };
    const { decision, answer } = accept({}, { idempotency });
    expect(decision.idempotency).toEqual({ ...idempotency, answer });
  });

  it('is not written without a key', () => {
    expect(decisionOn().idempotency).toBeNull();
  });
});

describe('a version that the host has moved itself', () => {
  it('keeps “Build in Progress” as the status it came from', () => {
    const automationVersion = versionFacts({ status: 'Build in Progress' });
    const decision = decisionOn({ automationVersion }, { trigger: 'status_change' });
    expect(decision.binding?.cameFromVersionStatus).toBe('Build in Progress');
    expect(decision.automationVersionStatus).toBe('Build in Progress');
  });
});
