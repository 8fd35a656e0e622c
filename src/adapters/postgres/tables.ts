/** The schemas that the tables are in. */
export interface SchemaOptions {
  /** Schema of the library's own tables. Default `wrk_builds`. */
  readonly schema?: string;
  /** Schema of the host's tables. Default `public`. */
  readonly hostSchema?: string;
}

/** The qualified and quoted name of every table. */
export interface Tables {
  readonly automations: string;
  readonly projects: string;
  readonly versions: string;
  readonly quotes: string;
  readonly tasks: string;
  readonly auditLogs: string;
  readonly bindings: string;
  readonly calls: string;
  readonly messages: string;
  readonly deliveries: string;
  readonly inAppNotifications: string;
  readonly answers: string;
  readonly claimLimits: string;
}

/** Quotes an identifier; whatever it holds, it stays one name. */
export function quoted(identifier: string): string {
  return `"${identifier.replaceAll('"', '""')}"`;
}

/** Names the tables. */
export function tablesIn({ schema = 'wrk_builds', hostSchema = 'public' }: SchemaOptions): Tables {
  const own = (table: string) => `${quoted(schema)}.${quoted(table)}`;
  const host = (table: string) => `${quoted(hostSchema)}.${quoted(table)}`;
  return {
    automations: host('automations'),
    projects: host('projects'),
    versions: host('automation_versions'),
    quotes: host('quotes'),
    tasks: host('tasks'),
    auditLogs: host('audit_logs'),
    bindings: own('workflow_bindings'),
    calls: own('workflow_calls'),
    messages: own('messages'),
    deliveries: own('notification_deliveries'),
    inAppNotifications: own('in_app_notifications'),
    answers: own('idempotency_answers'),
    claimLimits: own('claim_limits'),
  };
}
