import { createHash } from 'node:crypto';
import type { Random } from '../torture/harness/random.js';

/** Something that will happen: nobody knows in which order with what else is due. */
interface Task {
  readonly dueAt: number;
  readonly who: Actor;
  /** In words, for the trace. `null`: too small to tell. */
  readonly what: string | null;
  readonly run: () => void;
}

/** Whoever does things: a process, the database, WRK, the people. */
export interface Actor {
  readonly name: string;
  /** Whether its tasks may run now. What a dead one was to do never happens. */
  readonly state: () => 'running' | 'paused' | 'dead';
}

/** Virtual time, and the one place where it is decided what happens next. */
export interface Scheduler {
  /** Milliseconds since the run began. */
  readonly now: () => number;
  readonly schedule: (task: Omit<Task, 'dueAt'> & { readonly inMs: number }) => {
    readonly cancel: () => void;
  };
  /** Lets one thing happen. `false`: nothing is left that could. */
  readonly step: () => Promise<boolean>;
  readonly steps: () => number;
  /** Tells what was seen, besides what the tasks tell by themselves. */
  readonly note: (who: string, what: string) => void;
  /** Two runs of one seed have one hash. */
  readonly traceHash: () => string;
}

/** Promises settle before the next thing happens, as between two events of a real loop. */
const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

/** @param tell - gets each line of the trace */
export function createScheduler(random: Random, tell: (line: string) => void = () => {}): Scheduler {
  const tasks: Task[] = [];
  const trace = createHash('sha256');
  let now = 0;
  let steps = 0;

  const note = (who: string, what: string) => {
    const line = `${String(Math.round(now)).padStart(9)} ms  ${who}: ${what}`;
    trace.update(`${line}\n`);
    tell(line);
  };

  /** One of those that are due, by chance; where none is, the one that is due first. */
  const takeNext = (): Task | null => {
    let due = 0;
    let picked = -1;
    let first = -1;
    for (let index = 0; index < tasks.length; index += 1) {
      const task = tasks[index] as Task;
      const state = task.who.state();
      if (state === 'dead') {
        tasks[index] = tasks.at(-1) as Task;
        tasks.pop();
        index -= 1;
        continue;
      }
      if (state === 'paused') continue;
      if (task.dueAt <= now) {
        due += 1;
        if (random.next() * due < 1) picked = index;
      } else if (first < 0 || task.dueAt < (tasks[first] as Task).dueAt) first = index;
    }
    const index = picked >= 0 ? picked : first;
    if (index < 0) return null;
    const [task] = tasks.splice(index, 1);
    return task ?? null;
  };

  return {
    now: () => now,
    schedule: ({ inMs, ...task }) => {
      const planned: Task = { ...task, dueAt: now + Math.max(0, inMs) };
      tasks.push(planned);
      return {
        cancel: () => {
          const index = tasks.indexOf(planned);
          if (index >= 0) tasks.splice(index, 1);
        },
      };
    },
    step: async () => {
      await settle();
      const task = takeNext();
      if (!task) return false;
      now = Math.max(now, task.dueAt);
      steps += 1;
      if (task.what !== null) note(task.who.name, task.what);
      task.run();
      return true;
    },
    steps: () => steps,
    note,
    traceHash: () => trace.copy().digest('hex'),
  };
}
