import type { BuildErrorReason } from '../../build/errors.js';

/** What a failed build tells the person who looks at it. */
export interface FailureExplanation {
  /** What went wrong, as the end of “The build failed because …”. */
  readonly because: string;
  /** What to do, as an instruction. */
  readonly advice: string;
}

const FAILURES: Readonly<Record<BuildErrorReason, FailureExplanation>> = {
  blueprint_rejected: {
    because: 'WRK refuses the blueprint',
    advice: 'fix what WRK found in the blueprint, then retry the build',
  },
  invalid_blueprint: {
    because: 'the blueprint is not complete any more, so WRK was not called',
    advice: 'fix what is listed in the blueprint, then retry the build',
  },
  wrk_api_error: {
    because: 'WRK kept failing',
    advice: 'retry the build once WRK works again',
  },
  network_failure: {
    because: 'WRK could not be reached, or the connection kept breaking',
    advice: 'retry the build once WRK can be reached again',
  },
  outcome_unknown: {
    because: 'nobody knows whether WRK made the workflow',
    advice:
      'look for the workflow at WRK: adopt it if it is there, else retry the build and accept the risk of a second one',
  },
  workflow_conflict: {
    because: 'WRK named a workflow that is not known to be this build’s own',
    advice: 'find out at WRK whose workflow it is: adopt it if it is this build’s, else retry the build',
  },
  not_buildable: {
    because: 'the automation version was moved on, deleted or cut off from its project',
    advice: 'bring the version back to “Build in Progress” and retry the build, or cancel it',
  },
  interrupted_too_often: {
    because: 'the workers that called WRK for it kept dying before the answer came',
    advice: 'find out in the logs why workers die, then retry the build',
  },
};

/** Of a reason that this version does not know, written by a newer one. */
const UNKNOWN: FailureExplanation = {
  because: 'of something that this version of the library has no words for',
  advice: 'read the details, then retry the build',
};

/** What a stored reason means, and what to do about it. */
export function explainFailure(errorReason: string | null): FailureExplanation {
  const known = Object.entries(FAILURES).find(([reason]) => reason === errorReason);
  return known ? known[1] : UNKNOWN;
}
