import { isFull } from '../../../support/size.js';

/** Every so many of a list; at full size, all of them. */
export const oneOf = <T>(all: readonly T[], many: number): readonly T[] =>
  all.filter((_, index) => isFull || index % many === 0);
