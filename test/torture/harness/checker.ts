import type { History } from './history.js';
import * as builds from './invariants/builds.js';
import type { Finding } from './invariants/finding.js';
import * as told from './invariants/told.js';
import * as wrk from './invariants/wrk.js';

/** Holds what a run has left in the database against WRK's own records. Pure: the library is asked for nothing. */
export function check(history: History): readonly Finding[] {
  const invariants = [builds, told, wrk].flatMap((room) => Object.values(room));
  return invariants.flatMap((invariant) => invariant(history));
}
