/** How large a blueprint may be, and how much is said about one. */
export interface BlueprintLimits {
  /** The stored text, in bytes. */
  readonly bytes: number;
  /** How deep lists and objects are nested. */
  readonly depth: number;
  /** JSON values and keys of the whole document. */
  readonly values: number;
  /** Nodes, or steps. */
  readonly nodes: number;
  /** Edges, or links between steps. */
  readonly edges: number;
  /** Different systems. */
  readonly systems: number;
  /** Tasks that follow from it. */
  readonly checklistItems: number;
  /** Findings that are kept. */
  readonly findings: number;
}

/** What the largest blueprints that people draw (362 nodes, 140 kB) pass ten times over. */
export const DEFAULT_BLUEPRINT_LIMITS: BlueprintLimits = {
  bytes: 2 * 1024 * 1024,
  depth: 100,
  values: 200_000,
  nodes: 5_000,
  edges: 20_000,
  systems: 500,
  checklistItems: 500,
  findings: 100,
};
