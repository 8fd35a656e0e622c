import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const page = readFileSync(`${root}docs/architecture.md`, 'utf8');

const draw = (of: string) => {
  const script = join(root, 'scripts/draw-architecture.mjs');
  return spawnSync(process.execPath, [script, '--print', '--root', of], { encoding: 'utf8' });
};

/** The cells of a table's rows, by the heading that it stands under. */
const rowsUnder = (heading: string) => {
  const part = page.split(`\n## ${heading}\n`)[1]?.split('\n## ')[0] ?? '';
  return [...part.matchAll(/^\| (.+) \|$/gm)].slice(1).map(([, cells = '']) => cells.split(' | '));
};

/** What is drawn of a project with these files and these rooms, and what is said where that cannot be. */
const drawProject = (rooms: readonly string[], files: Readonly<Record<string, string>>) => {
  const project = mkdtempSync(join(tmpdir(), 'wrk-builds-rooms-'));
  try {
    const table = rooms.map((room) => `| \`src/${room}\` | Its rule. |`).join('\n');
    for (const [path, text] of Object.entries({ 'docs/architecture.md': table, ...files })) {
      mkdirSync(dirname(join(project, path)), { recursive: true });
      writeFileSync(join(project, path), text);
    }
    return draw(project);
  } finally {
    rmSync(project, { recursive: true });
  }
};

const arrowsIn = (picture: string) => ({
  down: picture.match(/url\(#down\)/g)?.length ?? 0,
  up: picture.match(/class="up"[^>]*url\(#up\)/g)?.length ?? 0,
});

describe('docs/architecture.svg', () => {
  it('is what the code gives: `npm run draw` draws it again', () => {
    const { stdout, stderr } = draw(root);
    expect(stderr).toBe('');
    expect(stdout === readFileSync(`${root}docs/architecture.svg`, 'utf8')).toBe(true);
  });

  it('has a box for each room of the page, with its rule in one sentence', () => {
    const picture = readFileSync(`${root}docs/architecture.svg`, 'utf8');
    const rooms = rowsUnder('Rooms');
    expect(rooms.length).toBeGreaterThan(20);
    const boxes = [...picture.matchAll(/class="name"[^>]*>([^<]+)</g)].map(([, name]) => `\`src/${name}\``);
    expect(boxes).toEqual(rooms.map(([room]) => room));
    for (const [room, rule] of rooms) expect(rule, room).toMatch(/^[A-Z][^.]+\.$/);
  });

  it('has one room per folder of src, core and adapters', () => {
    const foldersOf = (path: string) =>
      readdirSync(root + path, { withFileTypes: true })
        .filter((entry) => entry.isDirectory())
        .map(({ name }) => `${path}/${name}`);
    const folders = ['src', 'src/core', 'src/adapters'].flatMap(foldersOf);
    const named = rowsUnder('Rooms').map(([room]) => room);
    const missing = folders.filter((path) => !named.some((room) => room?.startsWith(`\`${path}`)));
    expect(missing).toEqual([]);
  });
});

describe('the script that draws', () => {
  const files = {
    'src/index.ts': "export * from './handlers/handle.js';\n",
    'src/handlers/handle.ts': "import type { Fact } from '../core/build/facts.js';\n",
    'src/core/build/facts.ts': 'export type Fact = 1;\n',
  };
  const rooms = ['index.ts', 'handlers', 'core/build'];

  it('draws an arrow for an import, one of types included', () => {
    expect(arrowsIn(drawProject(rooms, files).stdout)).toEqual({ down: 2, up: 0 });
  });

  it('leaves an arrow out that two others imply', () => {
    const more = { ...files, 'src/index.ts': `${files['src/index.ts']}import './core/build/facts.js';\n` };
    expect(arrowsIn(drawProject(rooms, more).stdout)).toEqual({ down: 2, up: 0 });
  });

  it('draws an arrow that goes against the order apart from the others', () => {
    const more = { ...files, 'src/core/build/facts.ts': "import '../../handlers/handle.js';\n" };
    expect(arrowsIn(drawProject(rooms, more).stdout)).toEqual({ down: 2, up: 1 });
  });

  it('names a file that belongs to none of the rooms, and a room without files', () => {
    expect(drawProject(rooms.slice(0, 2), files).stderr).toContain(
      'src/core/build/facts.ts belongs to none of the rooms',
    );
    expect(drawProject([...rooms, 'workers'], files).stderr).toContain('src/workers has no files');
  });
});

describe('docs/architecture.md', () => {
  it('names files that are there', () => {
    const named = [...page.matchAll(/`((?:src|test|docs|scripts)\/[^`\s]+)`/g)].map(([, path]) => path ?? '');
    const linked = [...page.matchAll(/\]\((?!http)([^)#]+)\)/g)].map(([, path]) => `docs/${path}`);
    expect([...named, ...linked].filter((path) => !existsSync(root + path))).toEqual([]);
  });

  it('explains each term once, with a meaning and where it comes from', () => {
    const terms = rowsUnder('Glossary');
    expect(terms.length).toBeGreaterThan(40);
    for (const [term, meaning, source, ...rest] of terms) {
      expect(meaning, term).toMatch(/^[A-Z“`].+\.$/);
      expect(source, term).toMatch(/\S/);
      expect(rest, term).toEqual([]);
    }
    const names = terms.map(([term = '']) => term.toLowerCase());
    expect(names).toEqual([...new Set(names)].toSorted((left, right) => (left < right ? -1 : 1)));
  });
});
