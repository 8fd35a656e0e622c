/**
 * What `check-flows.mjs` takes out of `src/core`: one line of the flows at a time. `find` stands in `file` exactly once.
 * `tests` are the ids of the tests that must notice it.
 */
const acceptRequest = 'src/core/request/accept-request.ts';
const endRun = 'src/core/orchestration/end-run.ts';
const rescheduleBuild = 'src/core/orchestration/change-build.ts';
const plan = 'src/core/notifications/notification-plan.ts';

const request = [
  {
    what: 'the request leaves the status of the version',
    tests: ['21.row.version-status'],
    file: acceptRequest,
    find: 'automationVersionStatus: BUILD_IN_PROGRESS,',
    replace: 'automationVersionStatus: null,',
  },
  {
    what: 'the request leaves the status of the project',
    tests: ['21.row.project-status'],
    file: acceptRequest,
    find: 'project: { status: BUILD_IN_PROGRESS, checklistProgress: 0 },',
    replace: 'project: { status: null, checklistProgress: 0 },',
  },
  {
    what: 'the request leaves the progress of the project',
    tests: ['21.row.project-progress'],
    file: acceptRequest,
    find: 'project: { status: BUILD_IN_PROGRESS, checklistProgress: 0 },',
    replace: 'project: { status: BUILD_IN_PROGRESS, checklistProgress: 40 },',
  },
  {
    what: 'the request makes no binding',
    tests: ['21.row.binding'],
    file: acceptRequest,
    find: 'binding: next,',
    replace: 'binding: null,',
  },
  {
    what: 'the binding is not pending',
    tests: ['21.row.binding'],
    file: acceptRequest,
    find: "status: 'pending',\n    run,",
    replace: "status: 'cancelled',\n    run,",
  },
  {
    what: 'the binding forgets the assignee',
    tests: ['21.manual.assignee', '21.notification.engineer-email'],
    file: acceptRequest,
    find: 'const assigneeId = command.assigneeId ?? binding?.assigneeId ?? null;',
    replace: 'const assigneeId = null;',
  },
  {
    what: 'the request makes no tasks',
    tests: ['21.row.tasks', '21.note.tasks-at-start'],
    file: acceptRequest,
    find: '      createTasks,\n',
    replace: '      createTasks: [],\n',
  },
  {
    what: 'the request sets no task back',
    tests: ['21.row.tasks-reset'],
    file: acceptRequest,
    find: '      setTasks,\n',
    replace: '      setTasks: [],\n',
  },
  {
    what: 'the request is not audited',
    tests: ['21.row.audit'],
    file: acceptRequest,
    find: 'audit: {',
    replace: 'audit: null && {',
  },
  {
    what: 'no answer is kept under the idempotency key',
    tests: ['21.row.idempotency-answer'],
    file: acceptRequest,
    find: 'idempotency: command.idempotency && { ...command.idempotency, answer },',
    replace: 'idempotency: null,',
  },
  {
    what: 'no build request is enqueued',
    tests: ['21.message.build-request', '21.diagram.picked-up'],
    file: acceptRequest,
    find: '[buildRequestMessage({ tenantId, bindingId, requestId, priority: next.priority }, 0)]',
    replace: '[]',
  },
  {
    what: 'no notification of the start is enqueued',
    tests: ['21.message.notifications'],
    file: acceptRequest,
    find: "...notificationMessages('started', context, policy.channels),",
    replace: '',
  },
];

const completion = [
  {
    what: 'the completion leaves the status of the version',
    tests: ['22.row.version-status'],
    file: endRun,
    find: 'automationVersionStatus: QA_AND_TESTING,',
    replace: 'automationVersionStatus: null,',
  },
  {
    what: 'the completion leaves the status of the project',
    tests: ['22.row.project-status'],
    file: endRun,
    find: 'project: { status: QA_AND_TESTING, checklistProgress: checklistProgress(after) },',
    replace: 'project: { status: null, checklistProgress: checklistProgress(after) },',
  },
  {
    what: 'the completion leaves the progress of the project',
    tests: ['22.row.project-progress'],
    file: endRun,
    find: 'checklistProgress: checklistProgress(after) },',
    replace: 'checklistProgress: checklistProgress(checklist) },',
  },
  {
    what: 'the completion leaves the binding',
    tests: ['22.row.binding-status', '22.row.binding-workflow-id', '22.row.binding-workflow-url'],
    file: endRun,
    find: `binding: nextBinding(binding, {
      status: 'active',
      errorReason: null,
      followUpInMs: followUp,
      ...workflow,
    }),`,
    replace: 'binding: null,',
  },
  {
    what: 'the binding gets another workflow id',
    tests: ['22.row.binding-workflow-id', '22.diagram.answer'],
    file: endRun,
    find: '...workflow,\n    }),',
    replace: "...workflow,\n      workflowId: 'another',\n    }),",
  },
  {
    what: 'the binding gets another workflow address',
    tests: ['22.row.binding-workflow-url', '22.diagram.answer'],
    file: endRun,
    find: '...workflow,\n    }),',
    replace: "...workflow,\n      workflowUrl: 'https://another.example',\n    }),",
  },
  {
    what: 'the completion leaves the tasks',
    tests: ['22.row.tasks'],
    file: endRun,
    find: "setTasks: [...finished].map((taskId) => ({ taskId, status: 'complete' })),",
    replace: 'setTasks: [],',
  },
  {
    what: 'the completion finishes manual tasks too',
    tests: ['22.row.tasks', '22.row.project-progress'],
    file: endRun,
    find: "task.category === 'integration' && ",
    replace: '',
  },
  {
    what: 'the completion leaves the ledger open',
    tests: ['22.row.call'],
    file: endRun,
    find: ', closeCall: closing };',
    replace: ' };',
  },
  {
    what: 'the completion is not audited',
    tests: ['22.row.audit', '22.row.audit-time'],
    file: endRun,
    find: "audit: {\n      tenantId,\n      userId: null,\n      actionType: 'build_complete'",
    replace: "audit: null && {\n      tenantId,\n      userId: null,\n      actionType: 'build_complete'",
  },
  {
    what: 'the audit entry forgets the workflow',
    tests: ['22.row.audit'],
    file: endRun,
    find: 'metadata: { workflow_id: workflowId },',
    replace: 'metadata: {},',
  },
  {
    what: 'no notification of the completion is enqueued',
    tests: ['22.message.notification-job', '22.notification.by-worker'],
    file: endRun,
    find: "...notificationMessages('complete', notificationContext(build, { workflowUrl }), policy.channels),",
    replace: '',
  },
  {
    what: 'nobody is told of a workflow that no build holds',
    tests: ['22.notification.unbound-email', '22.notification.unbound-in-app'],
    file: endRun,
    find: ', ...unboundMessages(unbound, context, policy)]',
    replace: ']',
  },
];

const failure = [
  {
    what: 'the failure leaves the binding',
    tests: ['22.exception.api-error-status', '22.exception.rejected-status', '22.exception.invalid-status'],
    file: endRun,
    find: `binding: nextBinding(binding, {
      status: 'error',
      errorReason: reason,
      errorDetails,
      followUpInMs: isFollowedUp ? followUpInMs(policy.duplicates) : null,
    }),`,
    replace: 'binding: null,',
  },
  {
    what: 'the failure leaves no details',
    tests: ['22.manual.review', '22.exception.rejected-status', '22.exception.invalid-status'],
    file: endRun,
    find: 'errorReason: reason,\n      errorDetails,',
    replace: 'errorReason: reason,',
  },
  {
    what: 'the failure leaves the progress of the project',
    tests: ['22.row.failed-progress'],
    file: endRun,
    find: 'checklistProgress: checklistProgress(checklist) },',
    replace: 'checklistProgress: 0 },',
  },
  {
    what: 'the failure leaves the ledger open',
    tests: ['22.row.failed-call'],
    file: endRun,
    find: 'closeCall: closeCall(build, outcome, detail, { findings: kept }),',
    replace: 'closeCall: null,',
  },
  {
    what: 'the failure is not audited',
    tests: ['22.row.failed-audit'],
    file: endRun,
    find: "audit: {\n      tenantId,\n      userId: null,\n      actionType: 'build_failed'",
    replace: "audit: null && {\n      tenantId,\n      userId: null,\n      actionType: 'build_failed'",
  },
  {
    what: 'no notification of the failure is enqueued',
    tests: [
      '22.exception.api-error-email',
      '22.exception.api-error-in-app',
      '22.exception.api-error-slack',
      '22.exception.rejected-ops',
      '22.exception.timeout-ends',
      '22.exception.invalid-ops',
    ],
    file: endRun,
    find: "messages: notificationMessages('failed', context, policy.channels),",
    replace: 'messages: [],',
  },
  {
    what: 'the notification of a failure does not say what is wrong',
    tests: ['22.exception.rejected-ops', '22.exception.invalid-ops'],
    file: endRun,
    find: 'errorDetails: [detail, ...findings]',
    replace: 'errorDetails: []',
  },
  {
    what: 'a retry enqueues no message',
    tests: ['22.exception.timeout-waits'],
    file: rescheduleBuild,
    find: '[buildRequestMessage({ tenantId, bindingId, requestId, priority }, runInMs)]',
    replace: '[]',
  },
  {
    what: 'a retry keeps hold of the binding',
    tests: ['22.exception.api-error-retried', '22.exception.timeout-retried'],
    file: rescheduleBuild,
    find: "binding: nextBinding(binding, { status: 'pending', runInMs }),",
    replace: 'binding: null,',
  },
  {
    what: 'a retry leaves the ledger open',
    tests: ['22.exception.timeout-waits'],
    file: rescheduleBuild,
    find: 'closeCall: call && closeCall(build, call.outcome, call.detail),',
    replace: 'closeCall: null,',
  },
];

/** One line of the plan. `find` may need the line's neighbour to stand there only once. */
const planned = (what, tests, find, replace = '') => ({ what, tests, file: plan, find, replace });

const notifications = [
  planned(
    'the client is not told of the start',
    ['21.notification.client-email'],
    "{ channel: 'email', template: 'build_started', audience: 'client' },",
  ),
  planned(
    'nobody is told of the assignment',
    ['21.notification.engineer-email', '21.notification.unassigned-email'],
    "template: 'build_assigned',",
    "template: 'qa_ready',",
  ),
  planned(
    'the ops team is told though somebody is assigned',
    ['21.notification.engineer-email'],
    "assigned ? 'solutions_engineer' : 'ops_team'",
    "'ops_team'",
  ),
  planned(
    'the engineer is told though nobody is assigned',
    ['21.notification.unassigned-email'],
    "assigned ? 'solutions_engineer' : 'ops_team'",
    "'solutions_engineer'",
  ),
  planned(
    'the owner is not told of the start',
    ['21.notification.owner-in-app'],
    "{ channel: 'in_app', template: 'build_started', audience: 'project_owner' },",
  ),
  planned('Slack is not told of the start', ['21.notification.slack'], "...toSlack('build_started'),"),
  planned('Slack is told though the host has none', ['21.notification.no-slack'], 'slack ? [{', 'true ? [{'),
  planned(
    'the client is not told of the completion',
    ['22.notification.client-email'],
    "{ channel: 'email', template: 'build_complete', audience: 'client' },",
  ),
  planned(
    'ops are not told that there is something to test',
    ['22.notification.ops-email'],
    "{ channel: 'email', template: 'qa_ready', audience: 'ops_team' },",
  ),
  planned(
    'the owner is not told of the completion',
    ['22.notification.owner-in-app'],
    "{ channel: 'in_app', template: 'build_complete', audience: 'project_owner' },",
  ),
  planned(
    'ops get no e-mail about a failure',
    ['22.exception.api-error-email', '22.exception.rejected-ops', '22.exception.invalid-ops'],
    "{ channel: 'email', template, audience: 'ops_team' },",
  ),
  planned(
    'ops find no failure in the application',
    ['22.exception.api-error-in-app'],
    "{ channel: 'in_app', template, audience: 'ops_team' },",
  ),
  planned('Slack is not told of a failure', ['22.exception.api-error-slack'], '...toSlack(template),'),
  planned(
    'ops get no e-mail about a workflow that no build holds',
    ['22.notification.unbound-email'],
    "{ channel: 'email', template: 'workflow_unbound', audience: 'ops_team' },",
  ),
  planned(
    'ops do not find such a workflow in the application',
    ['22.notification.unbound-in-app'],
    "{ channel: 'in_app', template: 'workflow_unbound', audience: 'ops_team' },",
  ),
];

export const coreRemovals = [...request, ...completion, ...failure, ...notifications];
