import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const read = (path: string) => readFileSync(`${root}/${path}`, 'utf8');

const ROWS = [...Array.from({ length: 34 }, (_, index) => 13 + index), 48, 49, 50, 53, 54, 55, 56, 57];

interface Named {
  readonly row: number;
  readonly title: string;
  readonly file: string;
}

/** The tests as the page names them, and as they are; what differs from run to run is `…` in both. */
const onPage: readonly Named[] = read('docs/faults.md')
  .split('\n')
  .flatMap((line) => {
    const [, row, cell = ''] = /^\| (\d+) \|.*\| (“.*`) \|$/.exec(line) ?? [];
    return [...cell.matchAll(/(“.*?”) in `(test\/faults\/[^`]+)`/g)].flatMap(([, titles = '', file = '']) =>
      [...titles.matchAll(/“([^”]+)”/g)].map(([, title = '']) => ({ row: Number(row), title, file })),
    );
  });
const inFiles: readonly Named[] = readdirSync(`${root}/test/faults`)
  .filter((name) => name.endsWith('.test.ts'))
  .flatMap((name) => {
    const file = `test/faults/${name}`;
    return [
      ...read(file).matchAll(/^ *(?:it\(|\]\)\(|\] as const\)\(|it\..*\)\()?\s*['`]row (\d+): (.+?)['`],/gm),
    ].map(([, row, title = '']) => ({
      row: Number(row),
      title: title.replace(/%[sio]|\$\{[^}]+\}/g, '…'),
      file,
    }));
  });

const inWords = (tests: readonly Named[]) =>
  tests.map(({ row, title, file }) => `${row}: ${title} in ${file}`).toSorted();

describe('The page about faults', () => {
  it('has a test for each row', () => {
    expect([...new Set(onPage.map(({ row }) => row))]).toEqual(ROWS);
  });

  it('names each test as it is, and leaves none out', () => {
    expect(inWords(onPage)).toEqual(inWords(inFiles));
    expect(inFiles.length).toBeGreaterThan(ROWS.length);
  });

  it('means one test by each title', () => {
    expect(new Set(inWords(inFiles)).size).toBe(inFiles.length);
  });
});
