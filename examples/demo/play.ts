import { randomUUID } from 'node:crypto';
import { err, ok, type Result } from 'neverthrow';
import { createFakeWrk, startFakeWrkServer } from 'wrk-builds/testing';
import type { BlueprintFile } from './blueprint-file.js';
import { chooseDatabase, type OpenDatabase } from './database.js';
import { byOps, playScene, type Stage } from './play-scene.js';
import { openScreen } from './screen.js';
import { playTour } from './tour.js';

/** How long the stand-in for WRK takes to answer, in milliseconds. */
const WRK_LATENCY_MS = 120;

/**
 * Batches the stage, plays one build of `file` or the tour, and clears everything away.
 * `true`: every build ended as it should. The problem is a sentence about the database or the file.
 */
export async function play(file: BlueprintFile | null): Promise<Result<boolean, string>> {
  const screen = openScreen(process.stdout, process.env);
  const database = await chooseDatabase(process.env.DATABASE_URL);
  screen.title('wrk-builds demo');
  screen.fact('database', database.label);

  // Ctrl-C leaves nothing behind either, nor does a reader that goes away, such as `head`.
  let interrupted = false;
  const interrupt = () => {
    if (!interrupted) void database.close().finally(() => process.exit(130));
    interrupted = true;
    screen.mute();
  };
  process.on('SIGINT', interrupt).on('SIGTERM', interrupt);
  process.stdout.on('error', interrupt);
  try {
    const opened = await openOrExplain(database);
    if (opened.isErr()) return err(opened.error);
    const wrk = createFakeWrk({ keepsBodies: true, latencyMs: WRK_LATENCY_MS });
    const server = await startFakeWrkServer(wrk);
    try {
      screen.fact('WRK', `a stand-in on ${server.url}`);
      const stage = { screen, opened: opened.value, tenantId: randomUUID(), wrk, wrkUrl: server.url };
      const played = file === null ? await playTour(stage) : await playOwn(stage, file);
      screen.blank();
      return played;
    } finally {
      await server.close();
    }
  } catch (problem) {
    // What fails because its tables were just removed is no news.
    if (!interrupted) throw problem;
    return ok(false);
  } finally {
    if (!interrupted) await database.close();
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
    process.stdout.off('error', interrupt);
  }
}

async function playOwn(stage: Stage, file: BlueprintFile): Promise<Result<boolean, string>> {
  const title = `A build of your own blueprint, read as ${file.shape === 'steps' ? 'steps' : 'nodes and edges'}`;
  const played = await playScene(stage, { title, file, request: byOps });
  return played.map(({ binding }) => binding === 'active');
}

/** Drivers say little in `message` where several addresses failed, and the URL must not reach the screen. */
async function openOrExplain(database: {
  readonly open: () => Promise<OpenDatabase>;
}): Promise<Result<OpenDatabase, string>> {
  try {
    return ok(await database.open());
  } catch (problem) {
    if (!process.env.DATABASE_URL || !(problem instanceof Error)) throw problem;
    const why = 'code' in problem ? problem.code : problem.message;
    return err(
      `The database that DATABASE_URL names cannot be used (${why}). ` +
        'Fix that, or leave DATABASE_URL out to use an embedded one.',
    );
  }
}
