import { isError } from '../../../core/input/error-text.js';

/** Every SQLSTATE contains a digit; no five-character code of the operating system does. */
const SQLSTATE = /^(?=.*\d)[0-9A-Z]{5}$/;

/** Reads a text property of an error; `null` for anything else. */
export function textIn(problem: unknown, property: string): string | null {
  if (typeof problem !== 'object' || problem === null) return null;
  const value: unknown = Reflect.get(problem, property);
  return typeof value === 'string' ? value : null;
}

/** The SQLSTATE, if the server answered. */
export function sqlStateIn(problem: unknown): string | null {
  const code = textIn(problem, 'code');
  return code !== null && SQLSTATE.test(code) ? code : null;
}

/**
 * Returns the driver's own error. Query builders wrap it in an error whose message may contain the parameters. In a chain
 * of causes, it is the first with a SQLSTATE, otherwise the first with any code, otherwise the innermost.
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
  return isError(problem) ? problem.cause : undefined;
}
