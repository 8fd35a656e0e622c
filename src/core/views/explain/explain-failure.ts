import type { BuildErrorReason } from '../../build/errors.js';

/** The words for a failed build. */
export interface FailureExplanation {
  /** What went wrong, as the end of “The build failed because …”. */
  readonly because: string;
  /** What to do, as an instruction. */
  readonly advice: string;
}

const FAILURES: Readonly<Record<BuildErrorReason, FailureExplanation>> = {
  blueprint_rejected: {
    because: 'WRK rejected the blueprint',
    advice: 'fix what WRK found in the blueprint, then retry the build',
  },
  invalid_blueprint: {
    because: 'the blueprint is no longer complete, so WRK was not called',
    advice: 'fix the listed problems in the blueprint, then retry the build',
  },
  wrk_api_error: {
    because: 'WRK kept answering with errors',
    advice: 'retry the build once WRK works again',
  },
  network_failure: {
    because: 'WRK could not be reached, or connections to it kept breaking',
    advice: 'retry the build once WRK is reachable again',
  },
  outcome_unknown: {
    because: 'it is unknown whether WRK created the workflow',
    advice:
      'look for the workflow in WRK; if it is there, adopt it, otherwise retry the build and accept the risk of a duplicate',
  },
  workflow_conflict: {
    because: 'WRK named a workflow that may belong to something else',
    advice:
      'find out in WRK what the workflow belongs to; if it is this build’s, adopt it, otherwise retry the build',
  },
  not_buildable: {
    because: 'the automation version was moved to another status, deleted or removed from its project',
    advice: 'move the version back to “Build in Progress” and retry the build, or cancel it',
  },
  interrupted_too_often: {
    because: 'workers kept crashing while they called WRK for it',
    advice: 'find out from the logs why workers crash, then retry the build',
  },
  outcome_refused: {
    because: 'the host’s database refused what followed from WRK’s answer',
    advice:
      'fix what the details name, then retry the build: a workflow that WRK has created is taken over, and WRK is not called again',
  },
  adoption_superseded: {
    because: 'WRK gave the workflow that a person had adopted for it to another build',
    advice: 'check the id in WRK and adopt the right workflow, or retry the build to have one created',
  },
  adoption_undone: {
    because: 'the adoption of its workflow was undone',
    advice: 'adopt the right workflow, retry the build to have one created, or cancel it',
  },
};

/** For a reason that a newer version wrote and this one does not know. */
const UNKNOWN: FailureExplanation = {
  because: 'of a problem that this version of the library does not know',
  advice: 'read the details, then retry the build',
};

/** What a stored reason means, and what to do about it. */
export function explainFailure(errorReason: string | null): FailureExplanation {
  const known = Object.entries(FAILURES).find(([reason]) => reason === errorReason);
  return known ? known[1] : UNKNOWN;
}
