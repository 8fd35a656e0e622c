import { createHash } from 'node:crypto';

/** Something that will happen: nobody knows in which order with what else is due. */
interface Task {
  readonly dueAt: number;
  readonly who: Actor;
  /** In words, for the trace. `null`: too small to tell. */
  readonly what: string | null;
  /** What it brings, where states are compared. */
  readonly content?: string;
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
  /** What could happen, in words, with the milliseconds until it is due. */
  readonly waiting: () => readonly string[];
  /** Tells what was seen, besides what the tasks tell by themselves. */
  readonly note: (who: string, what: string) => void;
  /** Two runs of one seed have one hash. */
  readonly traceHash: () => string;
}

/** Promises settle before the next thing happens, as between two events of a real loop. */
const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

/**
 * @param choose - which of the tasks that are due happens next; `null`: time passes first
 * @param tell - gets each line of the trace
 */
export function createScheduler(
  choose: (due: readonly Task[]) => number | null,
  tell: (line: string) => void = () => {},
): Scheduler {
  const tasks: Task[] = [];
  const trace = createHash('sha256');
  let now = 0;
  let steps = 0;

  const note = (who: string, what: string) => {
    const line = `${String(Math.round(now)).padStart(9)} ms  ${who}: ${what}`;
    trace.update(`${line}\n`);
    tell(line);
  };

  /** What is chosen of that which is due; where nothing is, what is due first. */
  const takeNext = (): Task | null => {
    for (let index = tasks.length - 1; index >= 0; index -= 1)
      if (tasks[index]?.who.state() === 'dead') tasks.splice(index, 1);
    const running = tasks.filter(({ who }) => who.state() === 'running');
    const due = running.filter(({ dueAt }) => dueAt <= now);
    const chosen = due.length > 0 ? choose(due) : null;
    const later = running.filter(({ dueAt }) => dueAt > now);
    const first = later.reduce<Task | null>(
      (one, other) => (one === null || other.dueAt < one.dueAt ? other : one),
      null,
    );
    const next = chosen === null ? (first ?? due[0]) : due[chosen];
    if (!next) return null;
    tasks.splice(tasks.indexOf(next), 1);
    return next;
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
    waiting: () =>
      tasks
        .map(({ who, what, content, dueAt }) => `${who.name} ${what} ${content} ${Math.max(0, dueAt - now)}`)
        .toSorted(),
    note,
    traceHash: () => trace.copy().digest('hex'),
  };
}
