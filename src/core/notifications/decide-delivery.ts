import type { NotificationChannel, NotificationMessage } from '../build/messages.js';
import { kindOfValue, safeLine } from '../input/error-text.js';
import { idText } from '../input/text.js';
import type { MessageSettlement } from '../queue/message-settlement.js';

/** How patiently notifications are sent. Durations in milliseconds. */
export interface DeliveryPolicy {
  /** Deliveries of one message before it is given up. */
  readonly maxAttempts: number;
  /** Wait after the first failure; each further one is four times as long. */
  readonly initialDelayMs: number;
  /** The longest wait, whatever the other side asks for. */
  readonly maxDelayMs: number;
  /** How long `resolveRecipients`, and then each notifier, may take. */
  readonly timeoutMs: number;
}

export const DEFAULT_DELIVERY_POLICY: DeliveryPolicy = {
  maxAttempts: 8,
  initialDelayMs: 1_000,
  maxDelayMs: 3_600_000,
  // Both together end before the lease of a message does, so that no other process begins beside this one.
  timeoutMs: 25_000,
};

/** How patiently notifications are sent over each channel. */
export type DeliveryPolicies = Readonly<Record<NotificationChannel, DeliveryPolicy>>;

/** What became of one notification for one recipient. */
export type DeliveryAnswer =
  | {
      /** It was handed over. */
      readonly status: 'delivered';
    }
  | {
      /** It was not. */
      readonly status: 'failed';
      /** Whether another try may help; a refused address stays refused. */
      readonly retryable: boolean;
      /** Why, in one line, without the contents of the message. */
      readonly reason: string;
      /**
       * How long the other side asks to be left alone, in milliseconds.
       *
       * @default it does not ask
       */
      readonly retryAfterMs?: number | undefined;
    };

const ANSWER_WANTED = "return { status: 'delivered' }, or { status: 'failed', retryable, reason }";

/**
 * The answer of a notifier, which is the host's: its reason as one safe line; `null` if it is no answer at all. Reading it may
 * throw.
 */
export function readDeliveryAnswer(given: DeliveryAnswer | null | undefined): DeliveryAnswer | null {
  if (typeof given !== 'object' || given === null) return null;
  if (given.status === 'delivered') return { status: 'delivered' };
  const { status, retryable, reason, retryAfterMs } = given;
  if (status !== 'failed' || typeof retryable !== 'boolean' || typeof reason !== 'string') return null;
  return { status, retryable, reason: safeLine(reason), retryAfterMs };
}

/** What a notifier returned that is no answer. It is not tried again: it may have delivered, and would return the same. */
export function unusableAnswer(
  notifier: string,
  given: unknown,
): Extract<DeliveryAnswer, { status: 'failed' }> {
  const reason = `${notifier} returned ${kindOfValue(given)}: ${ANSWER_WANTED}`;
  return { status: 'failed', retryable: false, reason };
}

/** The most people that one notification goes to over one channel. */
const MAX_RECIPIENTS = 1_000;

const RECIPIENTS_WANTED = `return a list of at most ${MAX_RECIPIENTS} recipients, [] for nobody`;
const RECIPIENT_WANTED =
  'return { id, address } for each, with an id of 1 to 200 characters and an address that is text or left out';

/**
 * The people that `resolveRecipients` returned, each of them once, and what is wrong with what else it returned. One person
 * may be behind an audience twice, as owner and as admin; their deliveries would share a key and a row.
 */
export function readRecipients<Person extends { readonly id: string; readonly address?: string | undefined }>(
  given: readonly Person[],
): { readonly people: readonly Person[]; readonly problem: string | null } {
  if (!Array.isArray(given) || given.length > MAX_RECIPIENTS) {
    const returned = Array.isArray(given) ? `a list of ${given.length}` : kindOfValue(given);
    return { people: [], problem: `resolveRecipients returned ${returned}: ${RECIPIENTS_WANTED}` };
  }
  const people = new Map<string, Person>();
  let problem: string | null = null;
  // By index: a list with holes has entries too.
  for (let index = 0; index < given.length; index += 1) {
    const person: Person | null | undefined = given[index];
    if (isRecipient(person)) people.set(person.id, person);
    else
      problem ??= `resolveRecipients returned ${kindOfValue(person)} at ${index} that is no recipient: ${RECIPIENT_WANTED}`;
  }
  return { people: [...people.values()], problem };
}

function isRecipient<Person extends { readonly id: string; readonly address?: string | undefined }>(
  person: Person | null | undefined,
): person is Person {
  if (typeof person !== 'object' || person === null) return false;
  return idText.safeParse(person.id).success && ['string', 'undefined'].includes(typeof person.address);
}

/** How a delivery stands after an answer: what no other try may help is given up. */
export function statusOfDelivery(answer: DeliveryAnswer): 'delivered' | 'failed' | 'given_up' {
  if (answer.status === 'delivered') return 'delivered';
  return answer.retryable ? 'failed' : 'given_up';
}

/**
 * One answer for several deliveries of the same notification: delivered when all are. It is tried again while that may
 * help for one of them, and not before the last of them wants to be asked.
 */
export function combineAnswers(answers: readonly DeliveryAnswer[]): DeliveryAnswer {
  const failed = answers.flatMap((answer) => (answer.status === 'failed' ? [answer] : []));
  if (failed.length === 0) return { status: 'delivered' };
  const retryAfterMs = maxWait(failed);
  return {
    status: 'failed',
    retryable: failed.some((answer) => answer.retryable),
    reason: failed.map(({ reason }) => reason).join('; '),
    ...(retryAfterMs > 0 && { retryAfterMs }),
  };
}

/** The longest wait that is asked for by those that may be tried again, in milliseconds; 0: none is. */
function maxWait(answers: readonly DeliveryAnswer[]): number {
  const asked = answers.map((answer) =>
    answer.status === 'failed' && answer.retryable ? (answer.retryAfterMs ?? 0) : 0,
  );
  // A notifier is the host's: what it asks for may be no number at all.
  return Math.max(0, ...asked.filter(Number.isFinite));
}

/**
 * Decides whether a notification is done, tried again for those it did not reach, or given up where ops can see it. There
 * is one answer for each recipient. Where a channel asks for a longer wait than the policy has, it gets it.
 */
export function decideDelivery(
  answers: readonly DeliveryAnswer[],
  deliveryCount: number,
  policy: DeliveryPolicy,
): MessageSettlement {
  const failed = answers.flatMap((answer) => (answer.status === 'failed' ? [answer] : []));
  if (failed.length === 0) return { kind: 'acknowledge' };
  if (deliveryCount < policy.maxAttempts && failed.some((answer) => answer.retryable)) {
    const backoffMs = policy.initialDelayMs * 4 ** (deliveryCount - 1);
    const waitMs = Math.max(backoffMs, maxWait(failed));
    const delayMs = Math.round(Math.min(waitMs, policy.maxDelayMs));
    return { kind: 'postpone', delayMs, problem: lastCause(failed) };
  }
  const reason = `${failed.length} of ${answers.length} recipients were not reached: ${lastCause(failed)}`;
  return { kind: 'dead_letter', reason, audit: null };
}

const GIVEN_UP_EARLIER = 'delivery was given up earlier';

/** Why a delivery failed, of all of them; one that was not tried this time says nothing of the cause. */
function lastCause(failed: readonly Extract<DeliveryAnswer, { readonly status: 'failed' }>[]): string {
  const causes = failed.map(({ reason }) => reason);
  return causes.findLast((cause) => cause !== GIVEN_UP_EARLIER) ?? GIVEN_UP_EARLIER;
}

/** What became of an alarm that has no recipient on any channel: no other try helps, and people must see it. */
export function unreceived(
  template: NotificationMessage['template'],
): Extract<DeliveryAnswer, { status: 'failed' }> {
  const reason = `nobody receives ${template}: resolveRecipients returned no recipient for any channel`;
  return { status: 'failed', retryable: false, reason };
}

/**
 * What one delivery counts as without being tried; `null`: it is tried. What was given up stays so while its message is
 * tried for others, and is tried once more when the message comes for the first time again: ops have redriven it.
 */
export function answerOfEarlier(
  finishedAs: 'delivered' | 'given_up' | null,
  deliveryCount: number,
): DeliveryAnswer | null {
  if (finishedAs === 'delivered') return { status: 'delivered' };
  return finishedAs === 'given_up' && deliveryCount > 1
    ? { status: 'failed', retryable: false, reason: GIVEN_UP_EARLIER }
    : null;
}

/** The key of one notification to one recipient: the same delivery always has the same. */
export function deliveryKey(message: NotificationMessage, recipientId: string): string {
  const { bindingId, fence, template, channel, occasion } = message;
  return [bindingId, fence, template, channel, recipientId, ...(occasion === null ? [] : [occasion])].join(
    ':',
  );
}
