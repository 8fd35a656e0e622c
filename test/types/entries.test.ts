import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import tsup from '../../tsup.config.js';
import { type PublicEntry, readEntries } from '../support/public-names.js';

const ROOT = 'src/index.ts';
const PORTS = 'src/ports/index.ts';
const TESTING = 'src/testing/index.ts';

const files = Object.values(tsup.entry);
const entries = readEntries(fileURLToPath(new URL('../..', import.meta.url)), files);

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
