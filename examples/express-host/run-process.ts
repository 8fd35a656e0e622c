import { createEnding, type Ending } from './ending.js';
import { createLog, type Log, problemText } from './logger.js';
import { readSettings, type Settings } from './settings.js';

const SIGNALS = ['SIGTERM', 'SIGINT'] as const;
/** npm passes a Ctrl-C on that the terminal has sent to everybody: one that comes so soon is the same, in milliseconds. */
const SAME_SIGNAL_MS = 500;

/** What every process has from its start. */
export interface Beginning {
  readonly settings: Settings;
  readonly logger: Log['logger'];
  readonly ending: Ending;
}

/**
 * Starts a process, and shuts it down gracefully at the first SIGTERM or Ctrl-C. A second signal ends it at once: another
 * process claims what it held when the lease ends.
 *
 * The race: a signal that comes during the start waits for the start, so that nothing is left half made.
 */
export async function runProcess(
  part: 'host' | 'worker',
  start: (beginning: Beginning) => Promise<void>,
): Promise<void> {
  const settings = readSettings(part, process.env);
  if (settings === null) {
    process.exitCode = 1;
    return;
  }
  const { logger, flush } = createLog(settings.LOG_LEVEL);
  const ending = createEnding(settings.GRACE_MS, (step, problem) =>
    logger.error({ step, problem: problemText(problem) }, 'stop_failed'),
  );
  const end = async () => {
    await ending.run();
    logger.info('stopped');
    flush();
  };

  const started = Promise.resolve().then(() => start({ settings, logger, ending }));
  let stoppingSince: number | null = null;
  const stop = (signal: NodeJS.Signals) => {
    if (stoppingSince === null) {
      stoppingSince = performance.now();
      logger.info({ signal }, 'stopping');
      void started.then(end, () => {});
    } else if (performance.now() - stoppingSince > SAME_SIGNAL_MS) {
      for (const each of SIGNALS) process.off(each, stop);
      process.kill(process.pid, signal);
    }
  };
  for (const each of SIGNALS) process.on(each, stop);

  try {
    await started;
  } catch (problem) {
    logger.error({ problem: explain(problem) }, 'start_failed');
    process.exitCode = 1;
    await end();
  }
}

/** Says what to do about what often goes wrong first. */
function explain(problem: unknown): string {
  const isTaken = problem instanceof Error && 'code' in problem && problem.code === 'EADDRINUSE';
  return isTaken ? 'The port is taken: set PORT to another one, or to 0 for any.' : problemText(problem);
}
