import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { circlesIn, importsBelow, packagesReachedFrom } from './support/import-graph.js';
import { brokenRules } from './support/layer-rules.js';

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

  it('hold no circle, not even one of types', () => {
    expect(circlesIn(imports)).toEqual([]);
  });

  it('are all there, so that no rule passes for want of files', () => {
    const layers = new Set(imports.map(({ from }) => from.split('/')[0]));
    expect([...layers]).toEqual(
      expect.arrayContaining(['core', 'ports', 'handlers', 'adapters', 'index.ts']),
    );
  });

  it.each(['pg', '@electric-sql/pglite', 'vitest', 'msw', 'express', 'bullmq', 'ioredis', 'pg-boss'])(
    'never pull %s into the root entry',
    (name) => {
      expect(packagesReachedFrom('index.ts', imports).get(name)).toBeUndefined();
    },
  );
});

describe('the entries for tests', () => {
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
    'core/fact.ts': 'export const fact = 1;',
    'ports/queue.ts': "import type { fact } from '../core/fact';",
    'handlers/handle.ts': "import { fact } from '../core/fact'; import '../ports/queue';",
    'adapters/memory/index.ts': "import type {} from '../../ports/queue';",
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
