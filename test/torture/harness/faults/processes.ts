import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '../random.js';
import type { Sandbox } from '../sandbox.js';

/** Longer than a lease, so that somebody else takes over. */
const pauseMs = ({ setUp }: Sandbox, random: Random) => Math.round(setUp.leaseMs * (1.05 + random.next()));

const HOUR_MS = 3_600_000;

/** What happens to the processes and to their connections. Each returns what it did, in words. */
export const processFaults = {
  kill: async ({ fleet }: Sandbox, random: Random) => {
    const place = random.pick(fleet.places);
    place.kill();
    return `process ${place.number}`;
  },
  stop: async ({ fleet }: Sandbox, random: Random) => {
    const place = random.pick(fleet.places);
    place.stop();
    return `process ${place.number}`;
  },
  pause: async (sandbox: Sandbox, random: Random) => {
    const place = random.pick(sandbox.fleet.places);
    const ms = pauseMs(sandbox, random);
    await place.pause(ms);
    return `process ${place.number} for ${ms} ms`;
  },
  pause_at_message: async (sandbox: Sandbox, random: Random) => {
    const place = random.pick(sandbox.fleet.places);
    const number = random.between(1, 60);
    const ms = pauseMs(sandbox, random);
    place.ways.at(number, () => void place.pause(ms));
    return `process ${place.number} for ${ms} ms at message ${number}`;
  },
  clock: async ({ fleet }: Sandbox, random: Random) => {
    const place = random.pick(fleet.places);
    const shiftMs = random.pick([-HOUR_MS, -1_500, 1_500, 60_000, HOUR_MS]);
    place.setClock(shiftMs);
    return `process ${place.number} by ${shiftMs} ms`;
  },
  cut_at_message: async ({ fleet }: Sandbox, random: Random) => {
    const place = random.pick(fleet.places);
    const number = random.between(1, 60);
    place.ways.at(number, ({ cut }) => cut());
    return `process ${place.number} at message ${number}`;
  },
  hold_at_message: async (sandbox: Sandbox, random: Random) => {
    const place = random.pick(sandbox.fleet.places);
    const number = random.between(1, 60);
    const ms = pauseMs(sandbox, random);
    place.ways.at(number, () => sleep(ms));
    return `process ${place.number} for ${ms} ms at message ${number}`;
  },
};
