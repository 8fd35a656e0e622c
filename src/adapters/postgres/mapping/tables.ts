import { quoted } from '../sql/quoting.js';
import { wakeChannel } from '../sql/wake-channel.js';
import { plainName } from './columns.js';
import { completeMapping, type HostMapping } from './host-mapping.js';
import { type HostRelations, hostRelations } from './relations.js';
import { type HostWrites, hostWrites } from './writes.js';

/** Where the tables are and how the host's are named. Pass the same options to every function. */
export interface PostgresOptions {
  /**
   * The schema of the library's own tables.
   *
   * @default 'wrk_builds'
   */
  readonly schema?: string;
  /**
   * How the host's tables differ from the default ones.
   *
   * @default no differences
   */
  readonly host?: HostMapping;
  /**
   * Notifies workers in other processes of new messages with NOTIFY, so that they do not have to wait for their next poll.
   * `false` avoids the server-wide lock that a commit with a notification takes.
   *
   * @default true
   */
  readonly notify?: boolean;
}

/** What statements are built from: the library's tables by name, and the host's as relations in the flows' names. */
export interface Tables extends HostRelations {
  /** The type of the host's ids. */
  readonly idType: 'uuid' | 'text';
  readonly write: HostWrites;
  readonly bindings: string;
  readonly calls: string;
  readonly messages: string;
  readonly deliveries: string;
  readonly inAppNotifications: string;
  readonly answers: string;
  /** The NOTIFY channel for new messages; `null` to send no notifications. */
  readonly channel: string | null;
  readonly claimLimits: string;
  readonly circuitBreakers: string;
  /** The function that undoes a statement whose write a table did not take. */
  readonly refuseLostWrite: string;
  /** The host's tables and the bindings, as people know them. */
  readonly names: Readonly<Record<'projects' | 'versions' | 'tasks' | 'bindings', string>>;
}

/** The default schema of the library's own tables. */
export const DEFAULT_SCHEMA = 'wrk_builds';

/** Returns the tables for the given options. */
export function tablesIn({ schema = DEFAULT_SCHEMA, host, notify = true }: PostgresOptions): Tables {
  const mapping = completeMapping(host);
  const own = (table: string) => `${quoted(schema)}.${quoted(table)}`;
  return {
    ...hostRelations(mapping),
    idType: mapping.ids,
    write: hostWrites(mapping),
    bindings: own('workflow_bindings'),
    calls: own('workflow_calls'),
    messages: own('messages'),
    deliveries: own('notification_deliveries'),
    inAppNotifications: own('in_app_notifications'),
    answers: own('idempotency_answers'),
    claimLimits: own('claim_limits'),
    circuitBreakers: own('circuit_breakers'),
    channel: notify ? wakeChannel(schema) : null,
    refuseLostWrite: own('refuse_lost_write'),
    names: {
      projects: plainName(mapping, mapping.projects),
      versions: plainName(mapping, mapping.automationVersions),
      tasks: plainName(mapping, mapping.tasks),
      bindings: `${schema}.workflow_bindings`,
    },
  };
}
