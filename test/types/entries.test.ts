import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import tsup from '../../tsup.config.js';
import { programOf } from '../support/compile.js';
import { inputPropertiesOf } from '../support/input-properties.js';
import { type PublicEntry, readEntries } from '../support/public-names.js';

const ROOT = 'src/index.ts';
const PORTS = 'src/ports/index.ts';
const TESTING = 'src/testing/index.ts';

/** Ports that hosts implement or call themselves; the others are for authors of adapters. */
const PORTS_OF_HOSTS = ['ports/notifier.ts', 'ports/in-app-inbox.ts'];

/** What a host is given and hands on, but does not type. */
const MADE_BY_THE_LIBRARY =
  /^(?:core\/(?:build|ops|circuit-breaker\/(?:follow|decide))|observability\/events|testing\/wrk\/fake-wrk-re\S+ (?!.*Options))|(?: (?:Builds|Operations|Notification))$/;

/** Objects that a host has from another library, as far as they are used here. */
const OF_ANOTHER_LIBRARY =
  /^(?!.*Options$)(?:Drizzle|Kysely|PgTransaction|Pglite|NodePostgres|PgBoss|Bullmq|Express|NodeRequest|MailTransport)/;

const files = Object.values(tsup.entry);
const program = programOf(files);
const entries = readEntries(fileURLToPath(new URL('../..', import.meta.url)), program, files);

const entryOf = (file: string): PublicEntry => {
  const entry = entries.get(file);
  if (!entry) throw new Error(`${file} is no entry of the package.`);
  return entry;
};

/** The types that an entry mentions and that none of these entries exports. */
const unnamed = (file: string, from: readonly string[]): readonly string[] => {
  const sources = [...new Set([file, ...from])].map(entryOf);
  const missing = entryOf(file).mentions.filter(
    (mention) => !sources.some((entry) => entry.exports(mention)),
  );
  return [...new Set(missing.map(({ by, name, file: at }) => `${by} mentions ${name} of ${at}`))];
};

describe('the entries of the package', () => {
  it.each(files)(
    '%s mentions only types that can be imported from it, from the root or from the ports',
    (file) => {
      const more = file.startsWith('src/testing/') ? [TESTING] : [];
      expect(unnamed(file, [ROOT, PORTS, ...more])).toEqual([]);
    },
  );

  it('the ports mention only types that can be imported from them', () => {
    expect(unnamed(PORTS, [])).toEqual([]);
  });

  it('the root has at most 80 names', () => {
    expect(entryOf(ROOT).names.length).toBeLessThanOrEqual(80);
  });

  it('are read with what they mention, so that no test above passes for want of it', () => {
    expect(unnamed(ROOT, [])).toContainEqual(expect.stringMatching(/^BuildsOptions mentions Repository /));
    expect(unnamed('src/testing/contracts/index.ts', [])).toContainEqual(
      expect.stringMatching(/^StorageHarness mentions Repository /),
    );
  });
});

describe('D3: what a host types', () => {
  const forHosts = files.filter((file) => file !== PORTS && file !== 'src/testing/contracts/index.ts');
  const properties = inputPropertiesOf(
    program,
    forHosts,
    ({ owner, file }) =>
      (file.startsWith('ports/') && !PORTS_OF_HOSTS.includes(file)) ||
      MADE_BY_THE_LIBRARY.test(`${file} ${owner}`) ||
      OF_ANOTHER_LIBRARY.test(owner),
  );

  it('is documented, each property of each input and of each option', () => {
    const undocumented = properties.filter(({ isDocumented }) => !isDocumented);
    expect(undocumented.map(({ owner, name, file }) => `${owner}.${name} in ${file}`)).toEqual([]);
  });

  it('has a default that is documented where it may be left out', () => {
    const silent = properties.filter(({ lacksDefault }) => lacksDefault);
    expect(silent.map(({ owner, name, file }) => `${owner}.${name} in ${file}`)).toEqual([]);
  });

  it('is found, in options, in inputs of calls and in what callbacks return', () => {
    const names = properties.map(({ owner, name }) => `${owner}.${name}`);
    expect(names.length).toBeGreaterThan(300);
    for (const name of [
      'RetryOptions.jitter',
      'ByVersion.automationVersionId',
      'WorkerOptions.leaseMs',
      'SignedIn.roles',
      'Recipient.address',
    ])
      expect(names).toContain(name);
  });
});
