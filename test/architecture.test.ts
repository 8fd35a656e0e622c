import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { circlesIn, importsBelow, packagesReachedFrom } from './support/import-graph.js';
import { brokenRules } from './support/layer-rules.js';
import { timeAndChanceBelow } from './support/time-and-chance.js';

const src = fileURLToPath(new URL('../src', import.meta.url));
const imports = importsBelow(src);

const withFiles = <Answer>(files: Record<string, string>, ask: (root: string) => Answer): Answer => {
  const root = mkdtempSync(join(tmpdir(), 'wrk-builds-architecture-'));
  try {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
    }
    return ask(root);
  } finally {
    rmSync(root, { recursive: true });
  }
};

const brokenRulesOf = (files: Record<string, string>): string[] =>
  withFiles(files, (root) => brokenRules(importsBelow(root), root));

describe('the layers of src', () => {
  it('import only what their layer may', () => {
    expect(brokenRules(imports, src)).toEqual([]);
  });

  it('reach time and chance through the runtime', () => {
    expect(timeAndChanceBelow(src)).toEqual([]);
  });

  it('hold no circle, not even one of types', () => {
    expect(circlesIn(imports)).toEqual([]);
  });

  it('are all there, so that no rule passes for want of files', () => {
    const layers = new Set(imports.map(({ from }) => from.split('/')[0]));
    expect([...layers]).toEqual(
      expect.arrayContaining(['core', 'runtime', 'ports', 'handlers', 'adapters', 'index.ts']),
    );
  });

  it.each(['pg', '@electric-sql/pglite', 'vitest', 'msw', 'express', 'bullmq', 'ioredis', 'pg-boss'])(
    'never pull %s into the root entry',
    (name) => {
      expect(packagesReachedFrom('index.ts', imports).get(name)).toBeUndefined();
    },
  );
});

describe('the layer rules', () => {
  const files = {
    'core/fact.ts': 'export const fact = 1;',
    'runtime/runtime.ts': 'export const sleep = () => {};',
    'ports/queue.ts': "import type { fact } from '../core/fact';",
    'handlers/handle.ts':
      "import { fact } from '../core/fact'; import '../ports/queue'; import '../runtime/runtime';",
    'adapters/memory/index.ts': "import type {} from '../../ports/queue'; import '../../runtime/runtime';",
    'adapters/postgres/index.ts': "import './rows'; import './rows.sql';",
    'adapters/postgres/rows.ts': 'export {};',
    'adapters/postgres/rows.sql': 'select 1;',
    'testing/index.ts': "import 'vitest'; import '../adapters/memory'; import '../handlers/handle';",
    'workers/start.ts': "import '../handlers/handle';",
    'index.ts': "export * from './handlers/handle'; export * from './workers/start';",
  };

  it('accept every permitted direction', () => {
    expect(brokenRulesOf(files)).toEqual([]);
  });

  it.each([
    ['a port in core', 'core/bad.ts', "import type {} from '../ports/queue';"],
    ['a package in core', 'core/bad.ts', "import { x } from 'ky';"],
    ['node in core', 'core/bad.ts', "const x = require('node:fs');"],
    ['a package loaded at run time in core', 'core/bad.ts', "export const x = import('pg');"],
    ['the root entry in core', 'core/bad.ts', "export * from '../index';"],
    ['the runtime in core', 'core/bad.ts', "import '../runtime/runtime';"],
    ['core in the runtime', 'runtime/bad.ts', "import '../core/fact';"],
    ['a port in the runtime', 'runtime/bad.ts', "import type {} from '../ports/queue';"],
    ['node in the runtime', 'runtime/bad.ts', "import 'node:crypto';"],
    ['zod in a port', 'ports/bad.ts', "import { z } from 'zod';"],
    ['a handler in a port', 'ports/bad.ts', "import '../handlers/handle';"],
    ['an adapter in a handler', 'handlers/bad.ts', "import '../adapters/memory';"],
    [
      'an adapter in a handler, with its extension',
      'handlers/bad.ts',
      "import '../adapters/memory/index.js';",
    ],
    ['an adapter in the root entry', 'bad.ts', "import './adapters/memory';"],
    ['test tools in a worker', 'workers/bad.ts', "import '../testing/index';"],
    ['a handler in an adapter', 'adapters/memory/bad.ts', "import '../../handlers/handle';"],
    ['the root entry in an adapter', 'adapters/memory/bad.ts', "import '../../index';"],
    ['one adapter in another', 'adapters/postgres/bad.ts', "import '../memory';"],
    ['a driver in an adapter', 'adapters/postgres/bad.ts', "import pg from 'pg';"],
    ['an import that leads nowhere', 'handlers/bad.ts', "import './gone';"],
  ])('refuse %s', (_, path, text) => {
    expect(brokenRulesOf({ ...files, [path]: text })).toEqual([expect.stringContaining(path)]);
  });

  it.each([
    ['of two files', { 'a.ts': "import './b';", 'b.ts': "import type {} from './a';" }, [['a.ts', 'b.ts']]],
    [
      'that a chain leads into',
      { 'z.ts': "import './a';", 'a.ts': "import './b';", 'b.ts': "import './c';", 'c.ts': "import './a';" },
      [['a.ts', 'b.ts', 'c.ts']],
    ],
    [
      'and none in a diamond',
      { 'a.ts': "import './b'; import './c';", 'b.ts': "import './d';", 'c.ts': "import './d';", 'd.ts': '' },
      [],
    ],
  ])('find a circle %s', (_, given, expected) => {
    expect(withFiles(given, (root) => circlesIn(importsBelow(root)))).toEqual(expected);
  });

  it('see a package through a chain of imports', () => {
    const chain = [
      { from: 'index.ts', file: 'a.ts' },
      { from: 'a.ts', file: 'b.ts' },
      { from: 'b.ts', package: 'pg' },
      { from: 'unrelated.ts', package: 'msw' },
    ];
    expect([...packagesReachedFrom('index.ts', chain)]).toEqual([['pg', 'b.ts']]);
  });
});

describe('the rule of time and chance', () => {
  it.each([
    ['what formats a given time', 'export const text = (ms: number) => new Date(ms).toISOString();'],
    ['what reads a time', 'export const ms = (text: string) => Date.parse(text) + Date.UTC(2026, 0, 1);'],
    ['types', 'export type Times = Date | typeof Math.max | AbortSignal;'],
    ['other members', 'export const most = Math.max(1, 2); export const any = AbortSignal.any([]);'],
    ['other functions of node:crypto', "import { createHash } from 'node:crypto'; createHash('sha256');"],
    ['a question for the kind of a value', 'export const is = (value: unknown) => value instanceof Date;'],
    ['words in texts and comments', "// setTimeout\nexport const text = 'Math.random() and new Date()';"],
  ])('accepts %s', (_, text) => {
    expect(withFiles({ 'handlers/good.ts': text }, timeAndChanceBelow)).toEqual([]);
  });

  it.each([
    ['performance.now', 'performance.now();'],
    ['Date.now', 'Date.now();'],
    ['a clock that is handed on', 'const options = { now: Date.now };'],
    ['a clock that is taken apart', 'const { now } = Date;'],
    ['a clock that is looked up by its name', "Date['now']();"],
    ['a clock by another name', 'const Clock = Date;'],
    ['new Date()', 'new Date();'],
    ['new Date without brackets', 'new Date;'],
    ['Date()', 'Date();'],
    ['Date of the global object', 'globalThis.Date.now();'],
    ['hrtime', 'process.hrtime.bigint();'],
    ['Math.random', 'Math.random();'],
    ['chance that is handed on', 'const deps = { random: Math.random };'],
    ['chance that is taken apart', 'const { random } = Math;'],
    ['crypto.randomUUID', 'crypto.randomUUID();'],
    ['an id of node:crypto', "import { randomUUID } from 'node:crypto';"],
    ['bytes of node:crypto', "import { randomBytes as bytes } from 'node:crypto';"],
    ['setTimeout', 'setTimeout(() => {}, 1);'],
    ['setTimeout of the global object', 'globalThis.setTimeout(() => {}, 1);'],
    ['setTimeout by its name', "globalThis['setTimeout'](() => {}, 1);"],
    ['setInterval', 'const every = setInterval;'],
    ['setImmediate', 'new Promise((resolve) => setImmediate(resolve));'],
    ['AbortSignal.timeout', 'AbortSignal.timeout(1_000);'],
    ['node:timers/promises', "import { scheduler } from 'node:timers/promises';"],
    ['node:timers at run time', "const timers = await import('node:timers');"],
    ['timers that are exported again', "export * from 'timers';"],
    ['node:perf_hooks', "import { monitorEventLoopDelay } from 'node:perf_hooks';"],
    ['a package with timers of its own', "import again from 'p-retry';"],
  ])('refuses %s', (_, text) => {
    expect(withFiles({ 'handlers/bad.ts': text }, timeAndChanceBelow)).toEqual([
      expect.stringMatching(/^handlers\/bad\.ts reaches for time or chance by itself, in: /),
    ]);
  });

  it('lets the runtime of the system and the contract suites have their own, and no other file', () => {
    const text = 'Date.now();';
    const files = {
      'runtime/system-runtime.ts': text,
      'testing/contracts/queue.ts': text,
      'runtime/waiting.ts': text,
      'testing/wrk/fake-wrk.ts': text,
    };
    expect(
      withFiles(files, timeAndChanceBelow)
        .map((line) => line.split(' ', 1)[0])
        .sort(),
    ).toEqual(['runtime/waiting.ts', 'testing/wrk/fake-wrk.ts']);
  });
});
