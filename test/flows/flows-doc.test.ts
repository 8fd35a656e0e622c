import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const read = (path: string) => readFileSync(`${root}/${path}`, 'utf8');

const page = read('docs/flows.md');
const inBackticks = (pattern: RegExp) => [...page.matchAll(pattern)].map(([, text = '']) => text);
const idsOfPage = new Set(inBackticks(/`(2[12]\.[a-z0-9-]+\.[a-z0-9-]+)`/g));

const idsOfTests = readdirSync(`${root}/test/flows`, { encoding: 'utf8', recursive: true })
  .filter((name) => name.endsWith('.ts'))
  .flatMap((name) => [
    ...read(`test/flows/${name}`).matchAll(/\bit(?:\.skipIf\(\S+\))?\(\s*['"`](2[12]\.\S+) \S/g),
  ])
  .map(([, id = '']) => id);

describe('The page about the flows', () => {
  it('names no test that is not there', () => {
    expect([...idsOfPage].filter((id) => !idsOfTests.includes(id))).toEqual([]);
    expect(idsOfPage.size).toBeGreaterThan(0);
  });

  it('leaves out no test of the flows', () => {
    expect(idsOfTests.filter((id) => !idsOfPage.has(id))).toEqual([]);
  });

  it('means one test by each id', () => {
    expect(idsOfTests.filter((id, index) => idsOfTests.indexOf(id) !== index)).toEqual([]);
  });

  it('names no source file that is not there', () => {
    const paths = inBackticks(/`(src\/[^`]+)`/g);
    expect(paths.filter((path) => !existsSync(`${root}/${path}`))).toEqual([]);
    expect(paths.length).toBeGreaterThan(0);
  });
});
