import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Deps } from './deps.js';
import type { Ending } from './ending.js';
import type { Seeded } from './seed/seed.js';
import { tryLines } from './seed/try-lines.js';

/** What the message tells of. */
export interface ReadyAbout {
  readonly url: string;
  readonly deps: Deps;
  readonly workers: 'here' | 'none';
  readonly seeded: Seeded | null;
  readonly ending: Ending;
}

/** Tells whoever started the host what there is, and what to type next. */
export async function readyMessage(about: ReadyAbout): Promise<string> {
  const { url, deps, workers, seeded, ending } = about;
  const facts = [
    '',
    `The host is ready on ${url}. Ctrl-C ends it.`,
    '',
    `  database  ${deps.isEmbedded ? 'an embedded Postgres, removed when the host ends' : 'the one of DATABASE_URL'}`,
    `  WRK       ${deps.standInToken === null ? 'the one of WRK_URL' : `a stand-in on ${deps.wrk.url}`}`,
    `  workers   ${workers === 'here' ? 'in this process' : 'none here: no build runs until a worker does'}`,
  ];
  if (workers === 'none') {
    facts.push('', '# Run workers in a process of their own, in another terminal; in several if you like:');
    facts.push(workerLine(deps));
  }
  if (seeded === null) {
    facts.push('', 'To have people and projects to try it with: SEED=yes npm start', '');
    return facts.join('\n');
  }
  const folder = await mkdtemp(join(tmpdir(), 'wrk-builds-try-'));
  ending.add('folder of the cookies', () => rm(folder, { recursive: true, force: true }));
  facts.push('', 'Try it in another terminal, line by line:');
  for (const { about: comment, command } of tryLines(url, seeded, folder))
    facts.push('', `# ${comment}`, command);
  facts.push('', '');
  return facts.join('\n');
}

/** Where database and WRK are the host's own, somebody else's secrets are none of what is shown. */
function workerLine({ databaseUrl, wrk, isEmbedded, standInToken }: Deps): string {
  const settings = [
    isEmbedded ? `DATABASE_URL=${databaseUrl}` : 'DATABASE_URL="$DATABASE_URL"',
    standInToken === null
      ? 'WRK_URL="$WRK_URL" WRK_TOKEN="$WRK_TOKEN"'
      : `WRK_URL=${wrk.url} WRK_TOKEN=${standInToken}`,
  ];
  return `${settings.join(' ')} npm run worker`;
}
