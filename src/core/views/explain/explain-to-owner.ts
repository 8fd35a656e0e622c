import type { BuildRecord } from '../build-record.js';
import { explainBuild } from './explain-build.js';

/** The state of a build for those whose project it is. */
type OwnerState = 'waiting' | 'building' | 'complete' | 'failed' | 'cancelled';

/** A build in words for those whose project it is. */
export interface OwnerExplanation {
  readonly state: OwnerState;
  /** For people: two sentences in English. Programs read the other field. */
  readonly sentence: string;
  /** Whether a new request for the version is what comes next. */
  readonly mayRequestAgain: boolean;
  /** The workflow, once the build is complete; `null` before, since what a failed build left behind may not be theirs. */
  readonly workflowUrl: string | null;
}

/**
 * Explains a build to those whose project it is. It says nothing of what WRK found, of who works on it and of why, nor of other
 * tenants: that is for the ops team.
 */
export function explainToOwner(record: BuildRecord): OwnerExplanation {
  switch (explainBuild(record).state) {
    case 'waiting_for_people':
      return explained(
        'building',
        'Our team is building the automation by hand',
        'We’ll tell you once it’s ready',
      );
    case 'waiting_for_worker':
      return explained(
        'waiting',
        'The build is in the queue',
        'It starts automatically, and you don’t need to do anything',
      );
    case 'waiting_for_retry':
    case 'waiting_for_wrk':
      return explained(
        'waiting',
        'The build is taking longer than usual',
        'It continues automatically, and you don’t need to do anything',
      );
    case 'calling_wrk':
      return explained('building', 'The automation is being built', 'You don’t need to do anything');
    case 'active':
      return {
        ...explained('complete', 'The automation has been built', 'To change it, create a new version'),
        workflowUrl: record.binding.workflowUrl,
      };
    case 'failed':
      return explained(
        'failed',
        'The build couldn’t be completed',
        'Our team has been told and is working on it, and you don’t need to do anything',
      );
    case 'cancelled':
      return {
        ...explained('cancelled', 'The build was cancelled', 'You can request a new one'),
        mayRequestAgain: true,
      };
  }
}

function explained(state: OwnerState, why: string, next: string): OwnerExplanation {
  return { state, sentence: `${why}. ${next}.`, mayRequestAgain: false, workflowUrl: null };
}
