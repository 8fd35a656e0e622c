import { err } from 'neverthrow';
import { type BlueprintPolicy, graphBlueprint } from '../core/blueprint/blueprint-policy.js';
import { type ChecklistPolicy, defaultChecklist } from '../core/blueprint/checklist.js';
import {
  problemOfBlueprintAnswer,
  problemOfChecklist,
  problemOfOrchestration,
  problemOfPrerequisites,
  UNCHECKED,
} from '../core/blueprint/host-policies.js';
import { stepsBlueprint } from '../core/blueprint/steps-policy.js';
import type { Orchestration } from '../core/build/facts.js';
import { problemLine } from '../core/input/error-text.js';
import type { ChooseOrchestration } from '../core/request/choose-orchestration.js';
import type { HostPrerequisite } from '../handlers/handle-request-build.js';
import type { EventListener } from '../observability/events.js';
import type { Timers } from '../runtime/runtime.js';
import { callWithin } from '../runtime/waiting.js';

/** How long a check of the host's may take: a person waits for the answer, and perhaps a transaction of the host's. */
const PREREQUISITE_MS = 10_000;

/** The functions of the host that take part in decisions. */
export interface HostPolicies<Tx> {
  readonly blueprint: BlueprintPolicy;
  readonly checklist: ChecklistPolicy;
  readonly orchestration: Orchestration | ChooseOrchestration;
  readonly prerequisites: readonly HostPrerequisite<Tx>[];
}

/**
 * The same functions, whose failures are told. Each fails closed: a blueprint that could not be checked is not complete, and
 * what a checklist, a choice or a prerequisite throws rejects the request, with nothing written. The library's own need no check.
 */
export function checkedPolicies<Tx>(
  { blueprint, checklist, orchestration, prerequisites }: HostPolicies<Tx>,
  emit: EventListener,
  runtime: Timers,
): HostPolicies<Tx> {
  const tell = (name: string, tenantId: string | null, thrown: unknown) =>
    emit({ type: 'host_function_failed', function: name, tenantId, problem: problemLine(thrown) });
  const usable = <T>(name: string, given: T, problem: string | null): T => {
    if (problem !== null) throw new TypeError(`${name} ${problem}`);
    return given;
  };
  /** What `ask` returns, if the library can use it. */
  const told = <T>(
    name: string,
    tenantId: string | null,
    ask: () => T,
    problemOf: (given: T) => string | null,
  ) => {
    try {
      const given = ask();
      return usable(name, given, problemOf(given));
    } catch (thrown) {
      tell(name, tenantId, thrown);
      throw thrown;
    }
  };
  return {
    blueprint:
      blueprint === graphBlueprint || blueprint === stepsBlueprint
        ? blueprint
        : (document) => {
            try {
              return told('blueprint', null, () => blueprint(document), problemOfBlueprintAnswer);
            } catch {
              return err(UNCHECKED);
            }
          },
    checklist:
      checklist === defaultChecklist
        ? checklist
        : (build) => told('checklist', null, () => checklist(build), problemOfChecklist),
    orchestration:
      typeof orchestration === 'string'
        ? orchestration
        : (build) =>
            told('orchestration', build.tenantId, () => orchestration(build), problemOfOrchestration),
    prerequisites: prerequisites.map((ask, index) => async (build) => {
      const name = `prerequisites.${index}`;
      try {
        const given = await callWithin(runtime, PREREQUISITE_MS, () => ask(build));
        return usable(name, given, problemOfPrerequisites(given));
      } catch (thrown) {
        tell(name, build.tenantId, thrown);
        throw thrown;
      }
    }),
  };
}
