import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { OLD_WORDS } from '../support/old-words.js';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** What is read, files and folders. */
const COVERED = ['README.md', 'docs', 'examples', 'bench', 'scripts', 'src', 'test'];

/** These name the old words, to find them. */
const NAMING = ['test/support/old-words.ts', 'test/docs/words.test.ts'];

/** Files below a path, as text that people read or write. */
const filesOf = (path: string): string[] =>
  path.includes('.')
    ? [path]
    : readdirSync(root + path, { recursive: true, encoding: 'utf8' })
        .filter((file) => /\.(?:md|tsx?|mjs|sql)$/.test(file))
        .map((file) => `${path}/${file}`)
        .filter((file) => !NAMING.includes(file));

/** Each old word that stands in a text: its line, and the standard word. */
const oldWordsIn = (path: string, text: string): string[] =>
  OLD_WORDS.flatMap(({ pattern, standard }) =>
    [...text.matchAll(new RegExp(pattern, `${pattern.flags}gm`))].map(
      ({ 0: found, index }) =>
        `${path}:${text.slice(0, index).split('\n').length}: “${found}”, use ${standard}`,
    ),
  );

describe('the words of the project', () => {
  it.each(COVERED)('are the standard ones in %s', (path) => {
    const files = filesOf(path);
    expect(files.length).toBeGreaterThan(0);
    const found = files.flatMap((file) => oldWordsIn(file, readFileSync(root + file, 'utf8')));
    expect(found).toEqual([]);
  });
});

describe.each(OLD_WORDS)('$name', ({ pattern, wrong, fine }) => {
  it.each(wrong)('is found in “%s”', (text) => {
    expect(text).toMatch(pattern);
  });

  it.each(fine)('is not found in “%s”', (text) => {
    expect(text).not.toMatch(pattern);
  });
});
