import type { BuildFacts } from '../build/facts.js';
import {
  MESSAGE_VERSION,
  NOTIFICATIONS,
  type NotificationAudience,
  type NotificationChannel,
  type NotificationTemplate,
  type OutgoingMessage,
} from '../build/messages.js';

/** The moments that cause notifications. */
export type NotifiedMoment =
  | 'started'
  | 'assigned'
  | 'complete'
  | 'reopened'
  | 'failed'
  | 'workflow_unbound'
  | 'adoption_superseded'
  | 'adoption_undone'
  | 'circuit_breaker_opened'
  | 'circuit_breaker_closed';

/** One line of the plan: which template, over which channel, to whom. */
export interface PlannedNotification {
  readonly channel: NotificationChannel;
  readonly template: NotificationTemplate;
  readonly audience: NotificationAudience;
}

/** What the plan depends on besides the moment. */
export interface NotificationContext {
  readonly tenantId: string;
  readonly bindingId: string;
  readonly automationVersionId: string;
  readonly projectId: string | null;
  readonly fence: number;
  readonly assigneeId: string | null;
  readonly automationName: string;
  readonly projectName: string | null;
  readonly workflowUrl: string | null;
  readonly errorReason: string | null;
  readonly errorDetails: readonly string[];
  readonly requestId: string;
}

/** What a notification about this build says. */
export function notificationContext(
  build: BuildFacts,
  about: Partial<Pick<NotificationContext, 'workflowUrl' | 'errorReason' | 'errorDetails'>>,
): NotificationContext {
  const { tenantId, automationVersionId, binding, automationVersion, project } = build;
  return {
    tenantId,
    bindingId: binding.id,
    automationVersionId,
    projectId: project?.id ?? null,
    fence: binding.fence,
    assigneeId: binding.assigneeId,
    automationName: automationVersion?.automationName ?? '',
    projectName: project?.name ?? null,
    workflowUrl: null,
    errorReason: null,
    errorDetails: [],
    requestId: binding.requestId,
    ...about,
  };
}

/** WRK may list a thousand findings; a notification carries the first of them, the binding all that were kept. */
const MAX_ERROR_DETAILS = 20;

/** Who is told what, at each moment. Slack is there only for hosts that have it. */
export function planNotifications(
  moment: NotifiedMoment,
  { slack, assigned }: { readonly slack: boolean; readonly assigned: boolean },
): readonly PlannedNotification[] {
  const assignment: PlannedNotification = {
    channel: 'email',
    template: 'build_assigned',
    audience: assigned ? 'solutions_engineer' : 'ops_team',
  };
  const toSlack = (template: NotificationTemplate): PlannedNotification[] =>
    slack ? [{ channel: 'slack', template, audience: 'ops_channel' }] : [];
  const toOps = (template: NotificationTemplate): PlannedNotification[] => [
    { channel: 'email', template, audience: 'ops_team' },
    { channel: 'in_app', template, audience: 'ops_team' },
    ...toSlack(template),
  ];
  switch (moment) {
    case 'started':
      return [
        { channel: 'email', template: 'build_started', audience: 'client' },
        assignment,
        { channel: 'in_app', template: 'build_started', audience: 'project_owner' },
        ...toSlack('build_started'),
      ];
    case 'assigned':
      return [assignment];
    case 'complete':
      return [
        { channel: 'email', template: 'build_complete', audience: 'client' },
        { channel: 'email', template: 'qa_ready', audience: 'ops_team' },
        { channel: 'in_app', template: 'build_complete', audience: 'project_owner' },
      ];
    // Ops are told why at the same moment: `adoption_undone` or `adoption_superseded`.
    case 'reopened':
      return [
        { channel: 'email', template: 'build_reopened', audience: 'client' },
        { channel: 'in_app', template: 'build_reopened', audience: 'project_owner' },
      ];
    case 'failed':
      return toOps('build_failed');
    case 'workflow_unbound':
      return [
        { channel: 'email', template: 'workflow_unbound', audience: 'ops_team' },
        { channel: 'in_app', template: 'workflow_unbound', audience: 'ops_team' },
      ];
    case 'adoption_superseded':
    case 'adoption_undone':
      return toOps(moment);
    case 'circuit_breaker_opened':
      return toOps('wrk_unavailable');
    case 'circuit_breaker_closed':
      return toOps('wrk_available');
  }
}

/** What somebody has to learn of. Where it reaches nobody, the library raises the alarm itself. */
const ALARMS = ['failed', 'workflow_unbound', 'adoption_superseded', 'circuit_breaker_opened'] as const;

/**
 * The other notifications that report the same alarm. They are asked about once this one has no recipient: nobody
 * receives it only if they have none either. `null`: it is no alarm, or another of its notifications asks, so that one of them speaks for all.
 */
export function othersOfAlarm(
  { channel, template, audience }: PlannedNotification,
  { slack }: { readonly slack: boolean },
): readonly PlannedNotification[] | null {
  for (const moment of ALARMS) {
    const [first, ...others] = planNotifications(moment, { slack, assigned: true });
    if (first?.template === template && first.channel === channel && first.audience === audience)
      return others;
  }
  return null;
}

/**
 * The messages of one moment, each keyed so that the same moment of the same build is never told twice. `occasion` tells
 * apart what may happen several times under one fence: a build is given from one to the other and back.
 */
export function notificationMessages(
  moment: NotifiedMoment,
  context: NotificationContext,
  channels: { readonly slack: boolean },
  occasion: string | null = null,
): readonly OutgoingMessage[] {
  const plan = planNotifications(moment, { slack: channels.slack, assigned: context.assigneeId !== null });
  return plan.map((planned) => ({
    queue: NOTIFICATIONS,
    key: [
      context.bindingId,
      context.fence,
      planned.template,
      planned.channel,
      planned.audience,
      ...(occasion === null ? [] : [occasion]),
    ].join(':'),
    tenantId: context.tenantId,
    body: {
      v: MESSAGE_VERSION,
      kind: 'notification',
      ...context,
      ...planned,
      occasion,
      errorDetails: context.errorDetails.slice(0, MAX_ERROR_DETAILS),
    },
    delayMs: 0,
  }));
}
