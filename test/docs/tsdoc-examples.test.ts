import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { problemsOf } from '../support/compile.js';

const src = fileURLToPath(new URL('../../src/', import.meta.url));
const host = readFileSync(new URL('../fixtures/tsdoc-examples/host.ts', import.meta.url), 'utf8');

const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));

/** The code of each example in the comments of a file. */
const examplesIn = (file: string): readonly string[] =>
  [...readFileSync(src + file, 'utf8').matchAll(/@example\n\s*\* ```ts\n([\s\S]*?)\n\s*\* ```/g)].map(
    ([, code = '']) => code.replace(/^ *\* ?/gm, ''),
  );

/** An example as a module: it may await and return as if it stood in a function of the host's. */
function moduleOf(code: string): string {
  if (/^export /m.test(code)) return code;
  const imports = /^(?:import [\s\S]*?;\n)*/.exec(code)?.[0] ?? '';
  return `${imports}export async function example(): Promise<any> {\n${code.slice(imports.length)}\n}\n`;
}

const examples = new Map(
  files.flatMap((file) =>
    examplesIn(file).map((code, at) => [`${file.replace(/\W/g, '-')}-${at + 1}`, moduleOf(code)] as const),
  ),
);

describe('D3: the examples in the comments of src', () => {
  const problems = problemsOf(new Map([['host', host], ...examples]));

  it('are found', () => {
    expect(examples.size).toBeGreaterThan(40);
  });

  it.each(['host', ...examples.keys()])('compile: %s', (name) => {
    expect(problems.get(name)).toEqual([]);
  });
});
