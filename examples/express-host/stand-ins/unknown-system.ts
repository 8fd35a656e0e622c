/** A system that the stand-in for WRK does not know at first: so there is a build that fails, and can be retried. */
export const UNKNOWN_SYSTEM = 'Clearbit';
