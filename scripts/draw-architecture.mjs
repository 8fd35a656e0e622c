/**
 * Draws docs/architecture.svg: the rooms that docs/architecture.md lists, and the imports between them as the code has them.
 *
 * `--print` writes the picture to standard output instead; `--root DIR` draws another project.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { paint } from './architecture/paint.mjs';
import { readCode, readRooms } from './architecture/rooms.mjs';

const { values } = parseArgs({ options: { print: { type: 'boolean' }, root: { type: 'string' } } });
const root = values.root ?? fileURLToPath(new URL('..', import.meta.url));

try {
  const rooms = readRooms(readFileSync(join(root, 'docs/architecture.md'), 'utf8'));
  const picture = paint(readCode(join(root, 'src'), rooms));
  if (values.print) process.stdout.write(picture);
  else writeFileSync(join(root, 'docs/architecture.svg'), picture);
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
