import type { NotificationMessage, NotificationTemplate } from '../core/build/messages.js';

/** What a stored notification says, without the ids of the delivery. */
export type InAppContents = Pick<
  NotificationMessage,
  | 'automationVersionId'
  | 'projectId'
  | 'automationName'
  | 'projectName'
  | 'workflowUrl'
  | 'errorReason'
  | 'errorDetails'
>;

/** Whose notifications are read. Take both ids from the session, never from a request. */
export interface InboxOwner {
  /** Id of the tenant. */
  readonly tenantId: string;
  /** The recipient's id, as `resolveRecipients` gave it. */
  readonly userId: string;
}

/** Where in a list of notifications one has come to. */
export interface InboxCursor {
  /** The id of the notification. */
  readonly id: string;
  /** As `InAppNotification` has it. */
  readonly createdAt: string;
}

/** One notification, as a screen shows it. */
export interface InAppNotification extends InboxCursor {
  readonly template: NotificationTemplate;
  readonly contents: InAppContents;
  /** ISO 8601; `null`: not read yet. */
  readonly readAt: string | null;
}

/**
 * What the host's screens do with in-app notifications. Everything is of one person in one tenant; an id of anybody
 * else's is as good as none.
 */
export interface InAppInbox {
  /**
   * Notifications, newest first, one page. What comes in meanwhile moves no page. Behind a cursor that no notification can
   * have is nothing.
   */
  readonly list: (
    query: InboxOwner & {
      /**
       * Notifications on one page. A whole number from 1 to 200; one out of this range counts as its nearest bound.
       *
       * @default 50
       */
      readonly limit?: number | undefined;
      /**
       * The last notification of the page before.
       *
       * @default the first page
       */
      readonly cursor?: InboxCursor | undefined;
      /**
       * Leaves out what has been read.
       *
       * @default false
       */
      readonly unreadOnly?: boolean | undefined;
    },
  ) => Promise<readonly InAppNotification[]>;
  /** How many are not read; counted up to 1,000, since no badge shows more. */
  readonly countUnread: (owner: InboxOwner) => Promise<number>;
  /** Marks these as read; returns how many were not read before. Of two at once, one counts it. */
  readonly markRead: (
    owner: InboxOwner & {
      /** The ids of the notifications, as `list` returns them. */
      readonly ids: readonly string[];
    },
  ) => Promise<number>;
  /**
   * Marks as read what is as old as `upTo` or older; returns how many were not read before.
   */
  readonly markAllRead: (
    owner: InboxOwner & {
      /** The newest that the person has seen, so that what came in since then stays unread. */
      readonly upTo: InboxCursor;
    },
  ) => Promise<number>;
}

/** Whether a cursor can be one of a list. It comes back from a screen, where anything may have become of it. */
export function isInboxTime(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3,6}Z$/.test(text)) return false;
  const ms = Date.parse(text);
  // A 30th of February is read as a day of March.
  return !Number.isNaN(ms) && new Date(ms).toISOString().slice(0, 19) === text.slice(0, 19);
}

/** The page of a list unless the host says otherwise. */
const DEFAULT_INBOX_PAGE = 50;
/** The longest page of a list. */
const MAX_INBOX_PAGE = 200;
/** Where the count of what is unread stops. */
export const MAX_UNREAD_COUNT = 1_000;

/** The length of a page: a whole number from 1 up to the longest. */
export function inboxPage(limit: number = DEFAULT_INBOX_PAGE): number {
  return Math.min(Math.max(Math.trunc(limit) || 1, 1), MAX_INBOX_PAGE);
}
