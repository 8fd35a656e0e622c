import type { AuditEntry } from '../../../../src/core/build/audit-entries.js';
import type { BindingState, BuildDecision } from '../../../../src/core/build/decision.js';
import type { CallFacts, ClaimedBuild, StoredAnswer } from '../../../../src/core/build/facts.js';
import type { OutgoingMessage } from '../../../../src/core/build/messages.js';
import type { DuplicatePolicy, WrkAnswer } from '../../../../src/core/orchestration/wrk-answer.js';
import type { RequestBuildCommand } from '../../../../src/core/request/request-build.js';
import { BLUEPRINT } from '../../support/request-facts.js';

export interface VersionRow {
  readonly id: string;
  readonly tenantId: string;
  readonly projectId: string;
  name: string;
  status: string;
  blueprintJson: string;
  /** Bumped by every write to the row. */
  revision: number;
}

export interface ProjectRow {
  readonly id: string;
  readonly tenantId: string;
  status: string;
  progress: number;
  revision: number;
  blocked: boolean;
}

interface QuoteRow {
  readonly id: string;
  readonly versionId: string;
  status: string;
  revision: number;
}

interface TaskRow {
  readonly id: string;
  readonly projectId: string;
  readonly slug: string;
  readonly category: string;
  status: string;
}

export interface BindingRow {
  readonly id: string;
  readonly tenantId: string;
  readonly versionId: string;
  leased: boolean;
  assigneeId: string | null;
  state: BindingState;
}

interface CallRow extends CallFacts {
  readonly bindingId: string;
  /** Whether its claim still held the lease when its answer was recorded; `null` while open. */
  readonly closed: 'in time' | 'late' | null;
}

/** A POST that reached WRK. */
interface Post {
  readonly bindingId: string;
  readonly run: number;
  readonly callId: string;
  /** How the calls of its run stood when it was made. */
  readonly earlier: readonly CallRow[];
}

/** A claim whose worker waits for WRK. */
interface InFlight {
  readonly claimed: ClaimedBuild;
  /** The answers that agree with what WRK has done. */
  readonly possible: readonly WrkAnswer[];
}

/** A decision that was made and not committed yet, so that the facts may move under it. */
type Held =
  | { readonly kind: 'request'; readonly command: RequestBuildCommand; readonly decision: BuildDecision }
  | {
      readonly kind: 'outcome';
      readonly claimed: ClaimedBuild;
      readonly answer: WrkAnswer;
      readonly decision: BuildDecision;
    };

/** What happened to statuses, in order: by the library, whoever ordered it, or by the host. */
type JournalEntry =
  | { readonly by: 'library'; readonly entry: AuditEntry }
  | { readonly by: 'host'; readonly versionId: string; readonly status: string };

/** A database, a queue, an audit log and a WRK, as small as they can be. */
export interface Model {
  readonly duplicates: DuplicatePolicy;
  readonly versions: readonly VersionRow[];
  readonly projects: readonly ProjectRow[];
  readonly quotes: readonly QuoteRow[];
  tasks: TaskRow[];
  bindings: BindingRow[];
  calls: CallRow[];
  readonly answers: Map<string, StoredAnswer>;
  readonly journal: JournalEntry[];
  readonly notifications: OutgoingMessage[];
  /** Which versions the library moved to where they are. */
  readonly movedByLibrary: Set<string>;
  readonly workflows: {
    readonly id: string;
    readonly tenantId: string;
    readonly reference: string;
    readonly key: string;
  }[];
  readonly posts: Post[];
  /** Builds that a person had called once more though that may make another workflow: once for each time. */
  readonly atRisk: string[];
  inFlight: InFlight[];
  held: Held[];
  ids: number;
  /** Everything that was ever wrong. */
  readonly violations: string[];
  /** What the steps have led to, so that a test can prove that they lead everywhere. */
  readonly reached: Set<string>;
}

/** The rows that a decision may change. */
export type Rows = Pick<
  Model,
  'versions' | 'projects' | 'tasks' | 'bindings' | 'calls' | 'journal' | 'answers'
>;

/** Two tenants: one with a project of two versions, one with a project of one. All may be built. */
export function newModel(duplicates: DuplicatePolicy, reached: Set<string>): Model {
  const version = (id: string, tenantId: string, projectId: string): VersionRow => ({
    id,
    tenantId,
    projectId,
    name: 'Invoices',
    status: 'Ready for Build',
    blueprintJson: BLUEPRINT,
    revision: 0,
  });
  const project = (id: string, tenantId: string): ProjectRow => ({
    id,
    tenantId,
    status: 'Awaiting Build',
    progress: 0,
    revision: 0,
    blocked: false,
  });
  const versions = [
    version('v0', 'tenant-1', 'p0'),
    version('v1', 'tenant-1', 'p0'),
    version('v2', 'tenant-2', 'p1'),
  ];
  return {
    duplicates,
    versions,
    projects: [project('p0', 'tenant-1'), project('p1', 'tenant-2')],
    quotes: versions.map(({ id }) => ({
      id: `quote of ${id}`,
      versionId: id,
      status: 'signed',
      revision: 0,
    })),
    tasks: [],
    bindings: [],
    calls: [],
    answers: new Map(),
    journal: [],
    notifications: [],
    movedByLibrary: new Set(),
    workflows: [],
    posts: [],
    atRisk: [],
    inFlight: [],
    held: [],
    ids: 0,
    violations: [],
    reached,
  };
}

export function newId(model: Model, kind: string): string {
  model.ids += 1;
  return `${kind}-${model.ids}`;
}

/** The row at a random index; `undefined` when there is none. */
export function pickRow<Row>(rows: readonly Row[], index: number): Row | undefined {
  return rows[index % Math.max(rows.length, 1)];
}

/** All rows as text: equal before and after means that nothing was written. */
export function rowsOf(model: Model): string {
  const { versions, projects, quotes, tasks, bindings, calls, journal, notifications, answers } = model;
  return JSON.stringify([
    versions,
    projects,
    quotes,
    tasks,
    bindings,
    calls,
    journal,
    notifications,
    [...answers],
  ]);
}
