import type { Orchestration } from '../build/facts.js';

/**
 * Chooses who carries out a build, once its request has passed every check. The choice is stored with the build and holds for
 * its retries; a new request after a cancellation is chosen for again.
 *
 * @example
 * ```ts
 * import type { ChooseOrchestration } from 'wrk-builds';
 *
 * const trusted = new Set(['8c0ab2d4-0d5e-4f0b-9a53-5b9a4c2e7f10']);
 * const orchestration: ChooseOrchestration = ({ tenantId, systems }) =>
 *   trusted.has(tenantId) && !systems.includes('SAP') ? 'automatic' : 'manual';
 * ```
 */
export type ChooseOrchestration = (build: {
  /** The tenant that the build is for. */
  readonly tenantId: string;
  /** The version that is to be built. */
  readonly automationVersionId: string;
  /** The name of the automation. */
  readonly automationName: string;
  /** The project that the version belongs to. */
  readonly projectId: string;
  /** The name of the project. */
  readonly projectName: string;
  /** The systems that the blueprint names. */
  readonly systems: readonly string[];
}) => Orchestration;
