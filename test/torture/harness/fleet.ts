import { setTimeout as sleep } from 'node:timers/promises';
import { type CountingProxies, countingProxies } from '../../support/counting-proxy.js';
import type { RunningWorker, WorkerProgram } from '../../support/processes/start-worker.js';
import type { HarnessWorkerSettings } from './worker-settings.js';

/** How one process ended. */
export interface ProcessEnd {
  readonly code: number | null;
  readonly signal: string | null;
  readonly complaints: string;
  /** The signals that the harness had sent it. */
  readonly wanted: readonly ('SIGKILL' | 'SIGTERM')[];
}

/** One place for a worker process. Whoever ends there is replaced. */
interface Place {
  readonly number: number;
  /** Every way of its processes to the database and to Redis. */
  readonly ways: CountingProxies;
  readonly kill: () => void;
  readonly stop: () => void;
  /** Stands still for so many milliseconds. */
  readonly pause: (ms: number) => Promise<void>;
  readonly resume: () => void;
  readonly setClock: (shiftMs: number) => void;
}

/** The worker processes of a run. */
export interface Fleet {
  readonly places: readonly Place[];
  readonly ends: () => readonly ProcessEnd[];
  /** Kills all, and replaces nobody any more. */
  readonly close: () => Promise<void>;
}

type Servers = Pick<HarnessWorkerSettings, 'databaseUrl' | 'redisUrl'>;

/** Starts so many processes, each over ways of its own to the servers. */
export async function startFleet(
  program: WorkerProgram<HarnessWorkerSettings>,
  howMany: number,
  { databaseUrl, redisUrl, ...rest }: HarnessWorkerSettings,
): Promise<Fleet> {
  const ends: ProcessEnd[] = [];
  const open: { readonly close: () => Promise<void>; readonly place: Place }[] = [];
  for (let number = 0; number < howMany; number += 1) {
    const ways = countingProxies();
    const servers: Servers = {
      databaseUrl: await ways.through(databaseUrl),
      redisUrl: redisUrl && (await ways.through(redisUrl)),
    };
    open.push(openPlace(number, ways, () => program.start({ ...servers, ...rest }), ends));
  }
  return {
    places: open.map(({ place }) => place),
    ends: () => ends,
    close: async () => {
      await Promise.all(open.map(({ close }) => close()));
    },
  };
}

function openPlace(number: number, ways: CountingProxies, start: () => RunningWorker, ends: ProcessEnd[]) {
  let isClosed = false;
  let wanted: ProcessEnd['wanted'] = [];
  let worker: RunningWorker;
  let gone: Promise<void>;

  const run = () => {
    wanted = [];
    worker = start();
    gone = worker.ended.then(async (end) => {
      ends.push({ ...end, wanted });
      if (isClosed) return;
      await sleep(100);
      if (!isClosed) run();
    });
  };
  run();
  const kill = () => {
    wanted = [...wanted, 'SIGKILL'];
    worker.kill().catch(() => {});
  };
  return {
    place: {
      number,
      ways,
      kill,
      stop: () => {
        wanted = [...wanted, 'SIGTERM'];
        worker.stop();
      },
      pause: async (ms: number) => {
        const paused = worker;
        paused.pause();
        await sleep(ms);
        paused.resume();
      },
      resume: () => worker.resume(),
      setClock: (shiftMs: number) => worker.tell(JSON.stringify({ shiftMs })),
    },
    close: async () => {
      isClosed = true;
      kill();
      await gone;
      ways.close();
    },
  };
}
