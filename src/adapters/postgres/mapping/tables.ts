import { quoted } from '../sql/quoting.js';
import { wakeChannel } from '../sql/wake-channel.js';
import { completeMapping, type HostMapping } from './host-mapping.js';
import { type HostRelations, hostRelations } from './relations.js';
import { type HostWrites, hostWrites } from './writes.js';

/** Where the tables are and how the host's are named. Every function that takes it wants the same one. */
export interface PostgresOptions {
  /** Schema of the library's own tables. Default `wrk_builds`. */
  readonly schema?: string;
  /** How the host's tables differ from the default ones. Default: not at all. */
  readonly host?: HostMapping;
  /**
   * Tells the workers of other processes of a new message with NOTIFY, so that they need not wait for their next look.
   * Default true. `false` spares the lock that a commit with a notification takes at the server.
   */
  readonly notify?: boolean;
}

/** What statements are made of: every table by its name, the host's also as relations in the flows' names. */
export interface Tables extends HostRelations {
  /** Type of the host's ids. */
  readonly idType: 'uuid' | 'text';
  readonly write: HostWrites;
  readonly bindings: string;
  readonly calls: string;
  readonly messages: string;
  readonly deliveries: string;
  readonly inAppNotifications: string;
  readonly answers: string;
  /** Where those who wait are told of messages; `null`: nobody is. */
  readonly channel: string | null;
  readonly claimLimits: string;
  readonly circuitBreakers: string;
}

/** The schema of the library's own tables, unless the host says otherwise. */
export const DEFAULT_SCHEMA = 'wrk_builds';

/** Names the tables. */
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
  };
}
