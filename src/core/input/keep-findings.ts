import type { BlueprintFinding, FoundFindings } from '../build/errors.js';
import { cutText } from './text.js';

/** Longest path and message of a finding that are kept, in characters. */
const MAX_PATH_LENGTH = 200;
const MAX_MESSAGE_LENGTH = 500;

/** What is kept of findings, whoever found them: the first `max`, their texts cut, and the number of all. */
export function keepFindings(findings: readonly BlueprintFinding[], max: number): FoundFindings {
  const kept = findings.slice(0, max).map(({ path, message }) => ({
    path: cutText(path, MAX_PATH_LENGTH),
    message: cutText(message, MAX_MESSAGE_LENGTH),
  }));
  return { findings: kept, findingsInAll: findings.length };
}
