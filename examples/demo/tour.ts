import { fileURLToPath } from 'node:url';
import { ok, type Result, type ResultAsync, safeTry } from 'neverthrow';
import { wrkBehaviour } from 'wrk-builds/testing';
import { type BlueprintFile, readBlueprintFile } from './blueprint-file.js';
import { byOps, byOwner, playScene, type Stage } from './play-scene.js';

/** What WRK says of the second blueprint. */
const FINDINGS = [
  { path: 'nodes[1]', message: 'Clearbit is retired, use HubSpot Breeze.' },
  { path: 'nodes[6].parameters.event', message: 'There is no such event.' },
];

/** Plays three builds; `true` when each ended as it should. */
export function playTour(stage: Stage): ResultAsync<boolean, string> {
  const { screen, wrk } = stage;
  return safeTry(async function* () {
    const works = yield* await playScene(stage, {
      title: '1. A build that works',
      file: yield* await example('invoice-approval.json'),
      request: byOps,
    });

    wrk.script(wrkBehaviour.answers(422, { body: { errors: FINDINGS } }));
    const rejected = yield* await playScene(stage, {
      title: '2. A build that WRK rejects: no retry, ops are told what is wrong',
      file: yield* await example('lead-routing.json'),
      request: byOwner,
    });
    screen.fact('next, ops', '1. fix the findings, in a new version of the automation');
    screen.fact('', '2. take this version out of “Build in Progress”');
    screen.fact('', '3. request the build of the new version');

    wrk.script(wrkBehaviour.answers(503), wrkBehaviour.createsThenDrops());
    const retried = yield* await playScene(stage, {
      title: '3. A build that WRK fails twice: it waits, calls again, makes one workflow',
      file: yield* await example('weekly-report.json'),
      request: byOps,
    });
    screen.fact('', 'Call 2 made it, and the answer was lost; call 3 had the same key.');

    screen.title('A blueprint of your own: npm run demo -- --blueprint FILE');

    const ends = [works, rejected, retried].map(({ binding }) => binding);
    return ok(ends.join() === 'active,error,active');
  });
}

function example(name: string): Promise<Result<BlueprintFile, string>> {
  return readBlueprintFile(fileURLToPath(new URL(`../blueprints/${name}`, import.meta.url)));
}
