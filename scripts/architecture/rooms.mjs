/** What the picture shows, read from the page and from the code: the rooms, their size, and the imports between them. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, posix, sep } from 'node:path';

/** The rooms that the page lists, top-down: `| [src/core/build](…) | rule |`. */
export const readRooms = (page) =>
  [...page.matchAll(/^\| `src\/([^`]+)` \| (.+?) \|$/gm)].map(([, path, rule]) => ({ path, rule }));

/** A room is a file of `src`, or a folder with everything below it that no other room names. */
const isIn = (file, { path }) => file === path || file.startsWith(`${path}/`);

const ownerOf = (file, rooms) =>
  rooms
    .filter((room) => isIn(file, room))
    .toSorted((left, right) => right.path.length - left.path.length)
    .at(0);

/** `import … from`, `export … from`, `import '…'` and `import('…')` of a file of our own. */
const RELATIVE_IMPORT = /\b(?:from|import)\s*\(?\s*['"](\.[^'"]+)['"]/g;

const importsOf = (file, text) =>
  [...text.matchAll(RELATIVE_IMPORT)].map(([, specifier]) =>
    posix.join(posix.dirname(file), specifier).replace(/\.js$/, '.ts'),
  );

/** Each room with its files and lines, and each import from one room to another, type-only ones included. */
export const readCode = (src, rooms) => {
  const files = readdirSync(src, { recursive: true, encoding: 'utf8' })
    .map((path) => path.split(sep).join('/'))
    .filter((path) => /\.(ts|sql)$/.test(path))
    .toSorted();
  const sizes = new Map(rooms.map(({ path }) => [path, { files: 0, lines: 0 }]));
  const arrows = new Map();
  for (const file of files) {
    const room = ownerOf(file, rooms);
    if (!room)
      throw new Error(
        `src/${file} belongs to none of the rooms: add one to the table of docs/architecture.md.`,
      );
    const text = readFileSync(join(src, file), 'utf8');
    const size = sizes.get(room.path);
    size.files += 1;
    size.lines += text.split('\n').length - 1;
    for (const imported of importsOf(file, text)) {
      const target = ownerOf(imported, rooms);
      if (target && target !== room)
        arrows.set(`${room.path} ${target.path}`, { from: room.path, to: target.path });
    }
  }
  const empty = rooms.find(({ path }) => sizes.get(path).files === 0);
  if (empty)
    throw new Error(
      `src/${empty.path} has no files: take the room out of the table of docs/architecture.md.`,
    );
  return { rooms: rooms.map((room) => ({ ...room, ...sizes.get(room.path) })), arrows: [...arrows.values()] };
};
