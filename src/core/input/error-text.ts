/** The message of what was thrown; of what is no `Error`, its text. It may quote anything, so it is only for the host's own log. */
export function errorText(problem: unknown): string {
  return problem instanceof Error ? problem.message : String(problem);
}

/** The name of what was thrown, for places where its message must not be repeated; `null`: it is no `Error`. */
export function errorName(problem: unknown): string | null {
  return problem instanceof Error ? problem.name : null;
}

/** What was thrown, as an `Error`: JavaScript can throw anything. */
export function asError(problem: unknown): Error {
  return problem instanceof Error ? problem : new Error(String(problem));
}
