import type { Random } from '../torture/harness/random.js';
import type { Plan } from './plan.js';
import { PORT_FAULTS, type PortFault } from './port-faults.js';

/** Something that could happen next, as far as a choice may depend on it. */
interface Due {
  readonly who: { readonly name: string };
  readonly what: string | null;
}

/** Where a call of a port goes. */
export type PortPlace = 'database' | 'engine' | 'mail';

/** Everything that is left open about a schedule. */
export interface Choices {
  /** Whether what processes hear is kept, for states to be compared. It costs time. */
  readonly tellsContent: boolean;
  /** Which of the things that are due happens next; `null`: none of them, time passes until another one is. */
  readonly next: (due: readonly Due[]) => number | null;
  /** What becomes of a call of a port. */
  readonly portFault: (place: PortPlace, port: string) => PortFault | null;
  /** How long a message is on its way, in milliseconds. */
  readonly wireMs: (isSlow: boolean) => number;
}

/** By chance: anything that is due may be next, and calls go wrong as often as the plan says, until all is healed. */
export function randomChoices(random: Random, plan: Plan, isTroubled: () => boolean): Choices {
  const share: Readonly<Record<PortPlace, number>> = {
    database: plan.on.has('ports') ? plan.portTrouble : 0,
    engine: plan.on.has('engine') ? 0.1 : 0,
    mail: plan.on.has('mail') ? plan.mailTrouble : 0,
  };
  return {
    tellsContent: false,
    next: (due) => random.between(0, due.length - 1),
    portFault: (place) => (isTroubled() && random.chance(share[place]) ? random.pick(PORT_FAULTS) : null),
    wireMs: (isSlow) => random.between(0, isSlow ? 2 * plan.leaseMs : 3),
  };
}
