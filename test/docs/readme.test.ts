import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { snippetOf } from '../support/snippet-of.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const readme = readFileSync(`${root}README.md`, 'utf8');
const linesOf = (path: string) =>
  readFileSync(root + path, 'utf8')
    .trimEnd()
    .split('\n').length;

const httpPage = readFileSync(`${root}docs/http.md`, 'utf8');
const snippet = (name: string) => snippetOf(readme, name);

const links = [...readme.matchAll(/\]\(([^)]+)\)/g)].map(([, target]) => target ?? '');
/** Paths of the project that a text names as code. */
const namedIn = (text: string) =>
  [...text.matchAll(/`((?:src|test|examples|docs|scripts)\/[^`\s]+)`/g)].map(([, path]) => path ?? '');
const architecture = readFileSync(`${root}docs/architecture.md`, 'utf8');
const readingOrder = [...architecture.matchAll(/^\d\. `(src\/[^`]+)`: /gm)].map(([, path]) => path ?? '');

describe('README.md', () => {
  it.each([...new Set([...links, ...namedIn(readme)])])('names %s, which is there', (path) => {
    expect(existsSync(root + path)).toBe(true);
  });

  it('has links and a reading order, so that no test above passes for want of them', () => {
    expect(links.length).toBeGreaterThan(6);
    expect(readingOrder).toHaveLength(6);
  });

  it.each(readingOrder)('sends readers by docs/architecture.md to %s, which is under 200 lines', (path) => {
    expect(linesOf(path)).toBeLessThan(200);
  });

  it('D1: wires a build, and handles the answer, in under 35 lines', () => {
    expect(snippet('wiring').split('\n').length).toBeLessThan(35);
    expect(snippet('wiring')).toContain('switch (error.code)');
  });

  it('D1: says what a newcomer looks for', () => {
    for (const word of ['createHostTables', 'upgrade', 'No real WRK has been called']) {
      expect(readme).toContain(word);
    }
  });

  it('stays short enough to be read', () => {
    expect(linesOf('README.md')).toBeLessThanOrEqual(150);
  });

  it('names scripts that are there', () => {
    const { scripts } = JSON.parse(readFileSync(`${root}package.json`, 'utf8')) as {
      scripts: Record<string, string>;
    };
    const named = [...readme.matchAll(/npm (?:run )?(demo|test)\b/g)].map(([, script]) => script ?? '');
    expect(new Set(named)).toEqual(new Set(['demo', 'test']));
    expect(Object.keys(scripts)).toEqual(expect.arrayContaining(named));
  });
});

describe('docs/http.md', () => {
  it('is short enough to be read, and names files that are there', () => {
    expect(linesOf('docs/http.md')).toBeLessThan(150);
    expect(namedIn(httpPage).length).toBeGreaterThan(0);
    expect(namedIn(httpPage).filter((path) => !existsSync(root + path))).toEqual([]);
  });

  it('has no code that no test compiles', () => {
    const blocks = [...httpPage.matchAll(/(?:<!-- (\w+) -->\n)?```ts\n/g)].map(([, name]) => name);
    // The client is compiled where its types are generated.
    expect(blocks).toEqual(['mount', 'options', 'client']);
  });
});

describe('docs/decisions', () => {
  const pages = readdirSync(`${root}docs/decisions`).map((name) => `docs/decisions/${name}`);

  it('has pages, so that no test below passes for want of them', () => {
    expect(pages.length).toBeGreaterThan(7);
  });

  it.each(pages)('keeps %s to one dated page that names files which are there', (page) => {
    const text = readFileSync(root + page, 'utf8');
    expect(linesOf(page)).toBeLessThan(60);
    expect(text).toMatch(/^# .+\n\n\d{4}-\d{2}-\d{2}\. \*For authors of the library; .+\*\n\n## Decision\n/);
    expect(namedIn(text).filter((path) => !existsSync(root + path))).toEqual([]);
  });
});
