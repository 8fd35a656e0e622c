import type { BuildChange } from '../core/views/build-change.js';

/** When what is due counts as overdue. */
export interface HealthOptions {
  /**
   * How long builds and notifications may be due before that is wrong, in milliseconds, from 0 to 86,400,000 (1 day).
   *
   * @default 300_000 (5 minutes)
   */
  readonly overdueMs?: number | undefined;
}

/** Which dead letters to list. */
export interface DeadLettersInput {
  /** Id of the tenant. Dead letters of other tenants are not found. */
  readonly tenantId: string;
  /**
   * The most dead letters. A whole number from 1 to 10,000.
   *
   * @default 100
   */
  readonly limit?: number | undefined;
}

/** Which dead letters to give back to the workers. */
export interface RedriveInput extends DeadLettersInput {
  /**
   * The ids of the dead letters, as `deadLetters` returns them.
   *
   * @default the oldest of the tenant
   */
  readonly ids?: readonly string[] | undefined;
}

/** Whose builds are watched, and who is told. A listener that throws, or whose promise rejects, is ignored. */
export interface BuildWatch {
  /** Id of the tenant. Changes of other tenants are not told. */
  readonly tenantId: string;
  /** A build of the tenant has changed, and stands like this. */
  readonly onChange: (change: BuildChange) => void;
  /** Changes may have been missed, or there are too many to tell: whatever is shown must be loaded again. */
  readonly onReload: () => void;
}
