import type { BuildFacts, CandidateFacts, ClaimedBuild, RequestFacts } from '../../../core/build/facts.js';
import type { ClaimedMessage } from '../../../ports/queue.js';
import type { BuildRow } from '../sql/build-facts.js';
import type { RequestRow } from '../sql/load-requests.js';

/** The statement returns the facts as JSON in the shape of the type, and the blueprint as a separate text. */
function withBlueprint<Facts extends { automationVersion: object | null }>({
  facts,
  blueprint_json,
}: BuildRow): Facts {
  const parsed: Facts = JSON.parse(facts);
  if (!parsed.automationVersion) return parsed;
  return {
    ...parsed,
    automationVersion: { ...parsed.automationVersion, blueprintJson: blueprint_json ?? 'null' },
  };
}

export const buildFacts = (row: BuildRow): BuildFacts => withBlueprint<BuildFacts>(row);

export const claimedBuild = (row: BuildRow): ClaimedBuild => withBlueprint<ClaimedBuild>(row);

export const unprocessableMessage = (json: string): ClaimedMessage => JSON.parse(json);

/** Reads the rows of one query: one for each candidate, or one that says there are none. */
export function requestFacts(rows: readonly RequestRow[]): RequestFacts {
  const [first] = rows;
  return {
    storedAnswer: first?.stored_answer ? JSON.parse(first.stored_answer) : null,
    buildingVersionId: first?.building_version_id ?? null,
    candidates: rows.flatMap(({ facts, blueprint_json }) =>
      facts === null ? [] : [withBlueprint<CandidateFacts>({ facts, blueprint_json })],
    ),
  };
}
