/** Every SQLSTATE has a digit, which no code of the operating system of five characters has. */
const SQLSTATE = /^(?=.*\d)[0-9A-Z]{5}$/;

/** A property of an error that is text; `null` for anything else. */
export function textIn(problem: unknown, property: string): string | null {
  if (typeof problem !== 'object' || problem === null) return null;
  const value: unknown = Reflect.get(problem, property);
  return typeof value === 'string' ? value : null;
}

/** The server's own code, where the server answered. */
export function sqlStateIn(problem: unknown): string | null {
  const code = textIn(problem, 'code');
  return code !== null && SQLSTATE.test(code) ? code : null;
}

/**
 * The error of the driver itself. Query builders wrap it into one of their own, whose message may hold the parameters:
 * of a chain of causes the first with a SQLSTATE is meant, else the first with any code, else the innermost.
 */
export function driverProblem(problem: unknown): unknown {
  const chain: unknown[] = [problem];
  for (let next = causeOf(problem); next !== undefined && chain.length < 10; next = causeOf(next)) {
    chain.push(next);
  }
  const withState = chain.find((each) => sqlStateIn(each) !== null);
  return withState ?? chain.find((each) => textIn(each, 'code') !== null) ?? chain.at(-1);
}

function causeOf(problem: unknown): unknown {
  return problem instanceof Error ? problem.cause : undefined;
}
