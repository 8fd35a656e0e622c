/**
 * Shows real builds from request to end: Postgres, queue, workers and HTTP calls are those a host would run;
 * only the WRK Platform is a stand-in on this machine. `npm run demo -- --help` says what it takes.
 */
import { type BlueprintFile, readBlueprintFile } from './blueprint-file.js';
import { HELP, readOptions } from './options.js';

/** Runs the demo; returns the exit code: 0 as it should be, 1 not so, 2 for arguments nobody knows. */
async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2));
  switch (options.kind) {
    case 'help':
      process.stdout.write(HELP);
      return 0;
    case 'unusable':
      complain(`${options.message}\nSee: npm run demo -- --help`);
      return 2;
    case 'tour':
      return await playAndReport(null);
    case 'file': {
      const file = await readBlueprintFile(options.path);
      if (file.isOk()) return await playAndReport(file.value);
      complain(file.error);
      return 1;
    }
  }
}

async function playAndReport(file: BlueprintFile | null): Promise<number> {
  // Loaded only now: a database and a WRK are much to wait for before a word about a wrong argument.
  const { play } = await import('./play.js');
  const played = await play(file);
  if (played.isOk()) return played.value ? 0 : 1;
  complain(played.error);
  return 1;
}

function complain(problem: string): void {
  process.stderr.write(`${problem}\n`);
}

process.exitCode = await main();
