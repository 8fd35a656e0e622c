import { DEFAULT_BLUEPRINT_LIMITS } from '../core/blueprint/blueprint-limits.js';
import { options, wholeNumber } from '../core/input/option-kinds.js';

const { bytes, depth, values, nodes, edges, systems, checklistItems, findings } = DEFAULT_BLUEPRINT_LIMITS;

/** The schema of `BlueprintLimitOptions`. */
export const blueprintLimitSchema = options({
  bytes: wholeNumber('bytes', 1, 100 * 1024 * 1024).default(bytes),
  depth: wholeNumber('levels', 1, 1_000).default(depth),
  values: wholeNumber('values', 1, 100_000_000).default(values),
  nodes: wholeNumber('nodes', 1, 10_000_000).default(nodes),
  edges: wholeNumber('edges', 1, 10_000_000).default(edges),
  systems: wholeNumber('systems', 0, 100_000).default(systems),
  checklistItems: wholeNumber('items', 0, 100_000).default(checklistItems),
  findings: wholeNumber('findings', 1, 10_000).default(findings),
});

/**
 * How large a blueprint may be. What is over a limit is refused as incomplete, with a finding that says the limit and the
 * size; a build whose blueprint grew over one meanwhile ends as `invalid_blueprint`. While a blueprint is read, the
 * process does nothing else: with the defaults that is about a tenth of a second for the worst that passes, and raising a limit raises
 * what one tenant can make the others wait.
 */
export interface BlueprintLimitOptions {
  /**
   * The stored text, in bytes, from 1 to 104,857,600 (100 MiB). A longer one never leaves the database.
   *
   * @default 2_097_152 (2 MiB)
   */
  readonly bytes?: number | undefined;
  /**
   * How deep lists and objects may be nested, in levels, from 1 to 1,000.
   *
   * @default 100
   */
  readonly depth?: number | undefined;
  /**
   * JSON values and keys of the whole document, about as many as it has brackets, commas and colons, from 1 to 100,000,000.
   *
   * @default 200_000
   */
  readonly values?: number | undefined;
  /**
   * Nodes of `graphBlueprint`, or steps of `stepsBlueprint`, from 1 to 10,000,000. Another policy gets the number.
   *
   * @default 5_000
   */
  readonly nodes?: number | undefined;
  /**
   * Edges of `graphBlueprint`, or branches and next steps of `stepsBlueprint`, from 1 to 10,000,000. Another policy gets the
   * number.
   *
   * @default 20_000
   */
  readonly edges?: number | undefined;
  /**
   * Different systems that a blueprint names, from 0 to 100,000.
   *
   * @default 500
   */
  readonly systems?: number | undefined;
  /**
   * Tasks that `checklist` makes of a blueprint, from 0 to 100,000.
   *
   * @default 500
   */
  readonly checklistItems?: number | undefined;
  /**
   * Findings about one blueprint that are kept, from 1 to 10,000; the number of all is told beside them.
   *
   * @default 100
   */
  readonly findings?: number | undefined;
}
