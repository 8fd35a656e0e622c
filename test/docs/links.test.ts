import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const read = (path: string) => readFileSync(join(root, path), 'utf8');

const pagesIn = (folder: string) =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => `${folder}/${name}`);

const pages = ['README.md', 'examples/express-host/README.md', ...pagesIn('docs')];

/** Without blocks and spans of code, where brackets are no links. */
const prose = (text: string) => text.replaceAll(/```[\s\S]*?```/g, '').replaceAll(/`[^`\n]*`/g, 'code');

const linksIn = (text: string) =>
  [...prose(text).matchAll(/\]\((?!https?:|mailto:)([^)\s]+)\)/g)].map(([, link = '']) => link);

/** The anchor that GitHub gives a heading. */
const anchorOf = (heading: string) =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');

const anchorsIn = (text: string) =>
  [...text.replaceAll(/```[\s\S]*?```/g, '').matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    anchorOf(heading),
  );

/** Links of a page that lead nowhere. */
function brokenLinks(page: string, text: string): readonly string[] {
  return linksIn(text).filter((link) => {
    const [path = '', anchor] = link.split('#');
    const target = path === '' ? page : join(dirname(page), path);
    if (!existsSync(join(root, target))) return true;
    return anchor !== undefined && !anchorsIn(path === '' ? text : read(target)).includes(anchor);
  });
}

describe('links', () => {
  it.each(pages)('of %s lead to files and headings that exist', (page) => {
    expect(brokenLinks(page, read(page))).toEqual([]);
  });

  it('are found broken where file or heading is missing', () => {
    const text =
      '## Two words\n\n[a](#two-words) [b](#three) [c](gone.md) [d](postgres.md#grants) [e](postgres.md#gone)';
    expect(brokenLinks('docs/postgres.md', text)).toEqual(['#three', 'gone.md', 'postgres.md#gone']);
  });
});

describe('docs/README.md', () => {
  const index = read('docs/README.md');
  const [forUsers = '', forAuthors = ''] = index.split('\nFor authors of the library');

  it('names every page, in at most 25 lines', () => {
    const named = linksIn(index).map((link) => join('docs', link));
    const missing = pagesIn('docs').filter((page) => !named.some((name) => page.startsWith(name)));
    expect(missing).toEqual(['docs/README.md']);
    expect(index.trimEnd().split('\n').length).toBeLessThanOrEqual(25);
  });

  it('keeps pages for authors of the library apart, and each of them says so on top', () => {
    for (const page of pagesIn('docs').filter((name) => name !== 'docs/README.md')) {
      const link = page.replace(/^docs\//, '').replace(/\/.*/, '');
      const isMarked = /\*For authors of the library;/.test(read(page).split('\n## ')[0] ?? '');
      expect(forAuthors.includes(`(${link})`), page).toBe(isMarked);
      expect(forUsers.includes(`(${link})`), page).toBe(!isMarked);
    }
  });
});
