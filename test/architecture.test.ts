import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { circlesIn, importsBelow, packagesReachedFrom } from './support/import-graph.js';
import { brokenRules, ROOMS, roomAt } from './support/layer-rules.js';
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

  it('are all there and each declared, so that no rule passes for want of files', () => {
    const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((file) =>
      file.endsWith('.ts'),
    );
    const found = new Set(files.map((file) => roomAt(file.split(sep).join('/'))));
    const declared = ROOMS.map(({ room }) => room);
    expect([...found].sort()).toEqual([...declared].sort());
  });

  it('have one rule each, as one sentence', () => {
    expect(ROOMS.filter(({ rule }) => !/^[A-Z][^.]*\.$/.test(rule))).toEqual([]);
    expect(new Set(ROOMS.map(({ room }) => room)).size).toBe(ROOMS.length);
  });

  it.each(['pg', '@electric-sql/pglite', 'vitest', 'msw', 'express', 'bullmq', 'ioredis', 'pg-boss'])(
    'never pull %s into the root entry',
    (name) => {
      expect(packagesReachedFrom('index.ts', imports).get(name)).toBeUndefined();
    },
  );

  it.each(['nodemailer', 'standardwebhooks'])('never pull %s into wrk-builds/notify', (name) => {
    expect(packagesReachedFrom('adapters/notify/index.ts', imports).get(name)).toBeUndefined();
  });
});

describe('D4: the entries for tests', () => {
  it.each(['vitest', 'msw'])('never pull %s into wrk-builds/testing', (name) => {
    expect(packagesReachedFrom('testing/index.ts', imports).get(name)).toBeUndefined();
  });

  it('bring vitest with the contracts and msw with its handlers, and neither with the other', () => {
    const contracts = packagesReachedFrom('testing/contracts/index.ts', imports);
    const handlers = packagesReachedFrom('testing/msw/index.ts', imports);
    expect([contracts.has('vitest'), contracts.has('msw')]).toEqual([true, false]);
    expect([handlers.has('vitest'), handlers.has('msw')]).toEqual([false, true]);
  });
});

describe('the layer rules', () => {
  const files = {
    'core/build/fact.ts': 'export const fact = 1;',
    'core/blueprint/read.ts': "import type { fact } from '../build/fact';",
    'core/orchestration/decide.ts': "import '../blueprint/read'; import '../build/fact';",
    'core/ops/decide.ts': "import '../orchestration/decide';",
    'runtime/clock.ts': 'export {};',
    'ports/queue.ts': "import type { fact } from '../core/build/fact';",
    'handlers/handle.ts': "import '../core/ops/decide'; import '../ports/queue'; import '../runtime/clock';",
    'input/read.ts': "import '../core/build/fact';",
    'adapters/memory/index.ts': "import type {} from '../../ports/queue'; import '../../runtime/clock';",
    'adapters/postgres/index.ts': "import './rows'; import './rows.sql';",
    'adapters/postgres/rows.ts': 'export {};',
    'adapters/postgres/rows.sql': 'select 1;',
    'adapters/http/index.ts': "import type {} from '../../builds';",
    'adapters/express/index.ts': "import '../http';",
    'testing/index.ts': "import 'vitest'; import '../adapters/memory'; import '../handlers/handle';",
    'workers/start.ts': "import '../handlers/handle';",
    'builds.ts': "import type {} from './workers/start';",
    'index.ts': "export * from './builds'; export * from './handlers/handle';",
  };

  it('accept every permitted direction', () => {
    expect(brokenRulesOf(files)).toEqual([]);
  });

  it.each([
    ['a port in core', 'core/ops/bad.ts', "import type {} from '../../ports/queue';"],
    ['time and chance in core', 'core/ops/bad.ts', "import '../../runtime/clock';"],
    ['a package in core', 'core/build/bad.ts', "import { x } from 'ky';"],
    ['node in core', 'core/build/bad.ts', "const x = require('node:fs');"],
    ['a package loaded at run time in core', 'core/build/bad.ts', "export const x = import('pg');"],
    ['the root entry in core', 'core/build/bad.ts', "export * from '../../index';"],
    ['a rule among the nouns', 'core/build/bad.ts', "import type {} from '../orchestration/decide';"],
    ['a command of people in a flow', 'core/orchestration/bad.ts', "import '../ops/decide';"],
    [
      'a flow in the rules of blueprints',
      'core/blueprint/bad.ts',
      "export * from '../orchestration/decide';",
    ],
    ['a file of core outside its rooms', 'core/bad.ts', "import './build/fact';"],
    ['a file in a room that nobody declared', 'misc/bad.ts', "import '../core/build/fact';"],
    ['a root file that nobody declared', 'bad.ts', "import './core/build/fact';"],
    ['a worker in a handler', 'handlers/bad.ts', "import type {} from '../workers/start';"],
    ['input in a handler', 'handlers/bad.ts', "import type {} from '../input/read';"],
    ['the root entry in the interface', 'builds.ts', "import type {} from './index';"],
    ['a port in time and chance', 'runtime/bad.ts', "import type {} from '../ports/queue';"],
    ['core in time and chance', 'runtime/bad.ts', "import '../core/build/fact';"],
    ['zod in a port', 'ports/bad.ts', "import { z } from 'zod';"],
    ['a handler in a port', 'ports/bad.ts', "import '../handlers/handle';"],
    ['an adapter in a handler', 'handlers/bad.ts', "import '../adapters/memory';"],
    [
      'an adapter in a handler, with its extension',
      'handlers/bad.ts',
      "import '../adapters/memory/index.js';",
    ],
    ['an adapter in the root entry', 'index.ts', "import './adapters/memory';"],
    ['test tools in a worker', 'workers/bad.ts', "import '../testing/index';"],
    ['a handler in an adapter', 'adapters/memory/bad.ts', "import '../../handlers/handle';"],
    ['the root entry in an adapter', 'adapters/memory/bad.ts', "import '../../index';"],
    [
      'a handler in the adapter that calls the library',
      'adapters/http/bad.ts',
      "import '../../handlers/handle';",
    ],
    [
      'a worker in the adapter that calls the library',
      'adapters/http/bad.ts',
      "import '../../workers/start';",
    ],
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
