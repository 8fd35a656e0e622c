import type { CircuitBreakerReason } from '../build/circuit-breaker-facts.js';
import type { ClaimedBuild } from '../build/facts.js';
import { inAscii } from '../input/text.js';
import type { WrkAnswer } from '../orchestration/wrk-answer.js';
import { blockingCircuitBreaker } from './circuit-breaker.js';

/** What came of one claimed build, as the circuit breaker is told. */
export interface CircuitBreakerReport {
  readonly build: ClaimedBuild;
  /** `null`: WRK was not asked after all. */
  readonly answer: WrkAnswer | null;
}

/** The report of a call. One that we aborted says nothing about WRK. */
export function reportOfCall(
  build: ClaimedBuild,
  answer: WrkAnswer,
  isAborted: boolean,
): CircuitBreakerReport {
  return { build, answer: isAborted ? null : answer };
}

/** The report for a database that refuses a character of what WRK wrote. */
export function reportInAscii({ build, answer }: CircuitBreakerReport): CircuitBreakerReport {
  return {
    build,
    answer: answer && 'detail' in answer ? { ...answer, detail: inAscii(answer.detail) } : answer,
  };
}

/** What an answer says about one circuit breaker. */
export type AnswerMeaning =
  | { readonly kind: 'works' }
  /** `asked`: WRK answered, but neither yes nor no. */
  | { readonly kind: 'says_nothing'; readonly asked: boolean }
  | {
      readonly kind: 'fails';
      readonly reason: CircuitBreakerReason;
      readonly detail: string;
      /**
       * `after_several_tenants`: after several failures, if they are of builds of several tenants. `never`: it fails a
       * probe, and opens no circuit breaker that is closed.
       */
      readonly opens: 'at_once' | 'after_several' | 'after_several_tenants' | 'never';
    };

/**
 * What an answer says about the circuit breaker of everyone, or of the tenant whose build was called.
 *
 * A blueprint that WRK rejects shows that WRK works. What concerns us (credentials, or a WRK that cannot be reached) opens
 * everyone's; it is no news about one tenant, though it fails that tenant's probe. Any other failure may come of what
 * the tenant sent: it opens the tenant's, and everyone's only together with failures of other tenants.
 */
export function answerMeaning(answer: WrkAnswer | null, of: 'everyone' | 'tenant'): AnswerMeaning {
  if (answer === null) return { kind: 'says_nothing', asked: false };
  switch (answer.kind) {
    case 'created':
    case 'already_exists':
    case 'rejected':
      return { kind: 'works' };
    case 'not_begun':
    case 'aborted':
      return { kind: 'says_nothing', asked: false };
    case 'not_now':
      return { kind: 'says_nothing', asked: true };
    case 'access_denied': {
      const { scope, detail } = answer;
      if (of === 'everyone' && scope === 'tenant') return { kind: 'says_nothing', asked: true };
      const reason = scope === 'everyone' ? 'credentials_refused' : 'tenant_refused';
      return { kind: 'fails', reason, detail, opens: scope === of ? 'at_once' : 'never' };
    }
    case 'not_sent': {
      const opens = of === 'everyone' ? 'after_several' : 'never';
      return { kind: 'fails', reason: 'consecutive_failures', detail: answer.detail, opens };
    }
    case 'api_error':
    case 'network_failure':
    case 'unusable': {
      const opens = of === 'everyone' ? 'after_several_tenants' : 'after_several';
      return { kind: 'fails', reason: 'consecutive_failures', detail: answer.detail, opens };
    }
  }
}

/**
 * Whether a report may change anything, so that no statement is spent on builds that succeed while WRK works.
 * `isKnown`: whether the process has reason to believe that there is a circuit breaker which the claim did not see.
 */
export function isWorthReporting({ build, answer }: CircuitBreakerReport, isKnown: boolean): boolean {
  switch (answerMeaning(answer, 'tenant').kind) {
    case 'fails':
      return true;
    case 'works':
      return isKnown || build.circuitBreakers.length > 0;
    case 'says_nothing':
      return blockingCircuitBreaker(build.circuitBreakers) !== null;
  }
}
