import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { problemsOf } from '../support/compile.js';
import { snippetOf } from '../support/snippet-of.js';

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

const ofComments = new Map(
  files.flatMap((file) =>
    examplesIn(file).map((code, at) => [`${file.replace(/\W/g, '-')}-${at + 1}`, moduleOf(code)] as const),
  ),
);

const pageOf = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const [readme, http, hostTables] = ['README.md', 'docs/http.md', 'docs/host-tables.md'].map(pageOf);
const [notifications, adapter] = ['docs/notifications.md', 'docs/writing-an-adapter.md'].map(pageOf);
const snippets = (page = '', ...names: readonly string[]) =>
  Object.fromEntries(names.map((name) => [name, snippetOf(page, name)]));

const fromReadme = snippets(readme, 'wiring', 'postgres');
const fromNotifications = snippets(notifications, 'channels', 'own', 'verify', 'templates');
const fromAdapter = snippets(adapter, 'queue', 'test');

/** Examples that may import each other, by their folder. What is called mistaken must be refused in these words. */
const FOLDERS: Readonly<Record<string, Readonly<Record<string, string | undefined>>>> = {
  comments: { host, ...Object.fromEntries(ofComments) },
  readme: {
    ...fromReadme,
    ...snippets(hostTables, 'host', 'conditions'),
    composed: `${fromReadme.postgres}
import { signQuote } from './host.js';
await signQuote(builds, await pool.connect(), tenantId, '');`,
    ...snippets(http, 'mount', 'options'),
    mistaken: fromReadme.postgres?.replace("'idempotency-key'", "'window'"),
  },
  notifications: {
    ...fromNotifications,
    mistaken: fromNotifications.templates?.replace("tone: 'success'", "tone: 'loud'"),
  },
  adapter: {
    queue: fromAdapter.queue,
    'queue.test': fromAdapter.test,
    mistaken: fromAdapter.test?.replace('concurrent: true', "concurrent: 'yes'"),
  },
};
const MISTAKES: Readonly<Record<string, string>> = {
  'readme/mistaken': '"window"',
  'notifications/mistaken': '"loud"',
  'adapter/mistaken': "'string'",
};

const examples = Object.entries(FOLDERS).flatMap(([folder, texts]) =>
  Object.entries(texts).map(([name, text = '']) => [`${folder}/${name}`, text] as const),
);

describe('D1, D3: the examples of the pages and of the comments in src', () => {
  // One program of all: what they import is read and checked once.
  const problems = problemsOf(new Map(examples));

  it('are found', () => {
    expect(ofComments.size).toBeGreaterThan(40);
    expect((notifications?.match(/```ts/g) ?? []).length).toBe(Object.keys(fromNotifications).length);
  });

  it.each(examples.map(([name]) => name).filter((name) => !(name in MISTAKES)))('compile: %s', (name) => {
    expect(problems.get(name)).toEqual([]);
  });

  it.each(Object.entries(MISTAKES))('would not compile with a mistake: %s', (name, told) => {
    expect(problems.get(name)).toEqual([expect.stringContaining(told)]);
  });
});
