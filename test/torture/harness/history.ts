import type { ProcessEnd } from './fleet.js';
import type { ClientAnswer } from './people.js';
import type { SetUp } from './plan.js';

/** A build as its row says. Times are milliseconds since 1970. */
export interface BindingRow {
  readonly id: string;
  readonly tenantId: string;
  readonly versionId: string;
  readonly status: string;
  readonly orchestration: string;
  readonly run: number;
  readonly keyGeneration: number;
  readonly workflowId: string | null;
  readonly workflowUrl: string | null;
  readonly errorReason: string | null;
}

/** One row of the call ledger. */
export interface CallRow {
  readonly id: string;
  readonly tenantId: string;
  readonly bindingId: string;
  readonly run: number;
  readonly number: number;
  readonly outcome: string | null;
  readonly startedAt: number;
  readonly closedAt: number | null;
  readonly workflowId: string | null;
}

/** An entry of the audit log about a version. */
export interface AuditRow {
  readonly tenantId: string;
  readonly action: string;
  readonly versionId: string;
  readonly at: number;
  /** Of a command. */
  readonly reason: string | null;
}

/** A message that waits, or a dead letter. */
export interface MessageRow {
  readonly queue: string;
  readonly key: string;
  readonly bindingId: string | null;
  readonly isDead: boolean;
  readonly deadReason: string | null;
  readonly text: string;
}

/** What became of one notification for one person. */
export interface DeliveryRow {
  readonly bindingId: string;
  readonly channel: string;
  readonly template: string;
  readonly recipientId: string;
  readonly status: string;
}

/** A version, and the project that it belongs to. */
interface VersionRow {
  readonly id: string;
  readonly tenantId: string;
  readonly projectId: string | null;
  readonly status: string;
}

/** One POST, from WRK's own records. */
export interface Post {
  readonly callId: string;
  readonly reference: string;
  readonly tenantId: string;
  readonly key: string | null;
  readonly bodyHash: string;
  readonly firstByteAt: number;
  /** When WRK looked at it. */
  readonly takenAt: number;
}

/** A workflow that WRK made. */
export interface WorkflowAtWrk {
  readonly id: string;
  readonly url: string;
  readonly tenantId: string;
  readonly reference: string;
}

/** A row of one tenant's, as a text, from whichever table. */
export interface TenantText {
  readonly tenantId: string;
  readonly where: string;
  readonly text: string;
}

/** All that the checker looks at: rows of the database, WRK's own records, and what people and processes saw. */
export interface History {
  readonly setUp: Pick<SetUp, 'policy' | 'settleMs' | 'slack'>;
  readonly bindings: readonly BindingRow[];
  readonly calls: readonly CallRow[];
  /** In the order of their times. */
  readonly audit: readonly AuditRow[];
  readonly messages: readonly MessageRow[];
  readonly deliveries: readonly DeliveryRow[];
  readonly versions: readonly VersionRow[];
  readonly changedByHost: ReadonlySet<string>;
  readonly posts: readonly Post[];
  readonly workflows: readonly WorkflowAtWrk[];
  /** What WRK complains of. */
  readonly complaints: readonly string[];
  readonly answers: readonly ClientAnswer[];
  readonly ends: readonly ProcessEnd[];
  /** Rows and mails, by whose they are. */
  readonly texts: readonly TenantText[];
  /** Everything that was logged. */
  readonly log: string;
  readonly secrets: readonly string[];
  /** By how much the harness itself may have noted a time too late, in milliseconds, at that time. */
  readonly lagAt: (time: number) => number;
}
