import type { BuildDecision, CallClosing, Refusal } from '../build/decision.js';
import type { ClaimedBuild } from '../build/facts.js';
import type { OutgoingMessage } from '../build/messages.js';
import { notificationContext, notificationMessages } from '../notifications/notification-plan.js';
import { nextBinding, unguarded } from './change-build.js';
import type { OrchestrationPolicy } from './orchestration-policy.js';

/** An outcome as it is given to the storage, and how much of it is left. */
export interface FormedOutcome {
  /** `own_rows`: the library's rows alone. `bare`: these without texts and messages. */
  readonly form: 'whole' | 'without_texts' | 'own_rows' | 'bare';
  readonly decision: BuildDecision;
}

/**
 * Decides what is written of an outcome that the storage refuses for good: ever less, until it takes it. WRK's answer is
 * recorded in every form, so that WRK is not asked again. `null`: there is nothing smaller.
 */
export function decideAfterRefusal(
  build: ClaimedBuild,
  { form, decision }: FormedOutcome,
  refusal: Refusal,
  policy: Pick<OrchestrationPolicy, 'channels'>,
): FormedOutcome | null {
  switch (form) {
    case 'whole':
      if (refusal.isOfText) return { form: 'without_texts', decision: withoutTexts(decision, refusal) };
      return smaller(build, decision, refusal, policy);
    case 'without_texts':
      return smaller(build, decision, refusal, policy);
    case 'own_rows':
      return { form: 'bare', decision: bare(decision, refusal) };
    case 'bare':
      return null;
  }
}

function smaller(
  build: ClaimedBuild,
  decision: BuildDecision,
  refusal: Refusal,
  policy: Pick<OrchestrationPolicy, 'channels'>,
): FormedOutcome {
  // A late answer touches the library's rows alone as it is.
  if (!decision.binding) return { form: 'bare', decision: bare(decision, refusal) };
  return { form: 'own_rows', decision: ownRows(build, decision, decision.binding, refusal, policy) };
}

/** In ASCII: the database may have no place for anything else. */
const unstorable = ({ sqlState }: Refusal) => `a text has no place in the database (SQLSTATE ${sqlState})`;

function withoutTexts(decision: BuildDecision, refusal: Refusal): BuildDecision {
  const { binding, closeCall, messages } = decision;
  const detail = unstorable(refusal);
  return {
    ...decision,
    binding: binding && {
      ...binding,
      errorDetails: binding.errorDetails && { ...binding.errorDetails, detail, findings: [] },
    },
    closeCall: closeCall && withoutItsTexts(closeCall, detail),
    messages: messages.map((message) => withoutFindings(message, detail)),
  };
}

const withoutItsTexts = (call: CallClosing, detail: string): CallClosing => ({
  ...call,
  detail,
  findings: [],
  wrkRequestId: null,
});

/** Only `build_failed` carries what WRK wrote; the others name workflows. */
function withoutFindings(message: OutgoingMessage, detail: string): OutgoingMessage {
  const { body } = message;
  if (body.kind !== 'notification' || body.template !== 'build_failed') return message;
  return { ...message, body: { ...body, errorDetails: [detail] } };
}

/** Ends the run on the library's rows alone. Version, project and tasks stay, and nothing is audited. */
function ownRows(
  build: ClaimedBuild,
  { id, closeCall, messages }: BuildDecision,
  refused: NonNullable<BuildDecision['binding']>,
  refusal: Refusal,
  policy: Pick<OrchestrationPolicy, 'channels'>,
): BuildDecision {
  const { fence, status } = build.binding;
  const { workflowId, workflowUrl } = refused;
  const { sqlState, table, constraint, column, hostFunction, message: detail } = refusal;
  const errorReason = 'outcome_refused';
  const decision = unguarded(build, id);
  const context = notificationContext(build, { errorReason, errorDetails: [detail], workflowUrl });
  return {
    ...decision,
    guard: { ...decision.guard, binding: { fence, status } },
    binding: nextBinding(build.binding, {
      status: 'error',
      errorReason,
      errorDetails: {
        ...refused.errorDetails,
        detail,
        refused: refused.errorReason ?? refused.status,
        sql_state: sqlState,
        table,
        constraint,
        column,
        host_function: hostFunction,
      },
      workflowId,
      workflowUrl,
      followUpInMs: refused.followUpInMs,
    }),
    closeCall,
    messages: [
      ...notificationMessages('failed', context, policy.channels),
      ...messages.filter(({ body }) => body.kind === 'notification' && body.template === 'workflow_unbound'),
    ],
  };
}

/** What is left where even texts or messages are refused. */
function bare(decision: BuildDecision, refusal: Refusal): BuildDecision {
  const { binding, closeCall } = decision;
  const workflowId = binding?.workflowId ?? closeCall?.workflowId ?? null;
  return {
    ...decision,
    binding: binding && {
      ...binding,
      errorDetails: {
        detail: unstorable(refusal),
        sql_state: refusal.sqlState,
        workflow_id: workflowId && encodeURIComponent(workflowId),
      },
      ...storable(binding),
    },
    closeCall: closeCall && { ...withoutItsTexts(closeCall, ''), ...storable(closeCall) },
    messages: [],
  };
}

/** An id beyond ASCII may have no place either: it is in the details then, escaped. */
function storable({ workflowId, workflowUrl }: Pick<CallClosing, 'workflowId' | 'workflowUrl'>) {
  const isStorable = /^[ -~]*$/.test(`${workflowId ?? ''}${workflowUrl ?? ''}`);
  return isStorable ? {} : { workflowId: null, workflowUrl: null };
}
