import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { memoryStorage } from '../../src/adapters/memory/index.js';
import { BUILD_ERROR_REASONS } from '../../src/core/build/errors.js';
import { BUILD_REQUESTS, NOTIFICATIONS } from '../../src/core/build/messages.js';
import { createBuilds } from '../../src/create-builds.js';
import { createFakeWrk } from '../../src/testing/wrk/fake-wrk.js';
import { fakeWrkClient } from '../../src/testing/wrk/fake-wrk-client.js';

const NOBODY = { deliver: async () => ({ status: 'delivered' as const }) };

const page = readFileSync(new URL('../../docs/operations.md', import.meta.url), 'utf8');
const source = (file: string) => readFileSync(new URL(`../../src/${file}`, import.meta.url), 'utf8');

/** The part under a heading, up to the next one. */
const under = (heading: string) => page.split(`\n## ${heading}\n`)[1]?.split('\n## ')[0] ?? '';

/** What a pattern finds in a file of the source, each name once. */
const namesIn = (file: string, pattern: RegExp) => [
  ...new Set([...source(file).matchAll(pattern)].map(([, name = '']) => name)),
];

/** The part of a source between two texts. */
const between = (file: string, [from, to]: readonly [string, string]) =>
  source(file).split(from)[1]?.split(to)[0] ?? '';

/** Rows of the tables under a heading: symptom, cause and action. */
const rowsUnder = (heading: string) =>
  [...under(heading).matchAll(/^\| (.+) \|$/gm)]
    .map(([, cells = '']) => cells.split(' | '))
    .filter(([first]) => first !== 'Symptom' && !first?.startsWith('---'));

/** What the symptoms under a heading name as code. */
const symptoms = (heading: string) =>
  rowsUnder(heading).flatMap(([symptom = '']) =>
    [...symptom.matchAll(/`([\w-]+)`/g)].map(([, name]) => name),
  );

const builds = createBuilds({
  ...memoryStorage(),
  wrk: fakeWrkClient(createFakeWrk(), { duplicates: { by: 'idempotency-key' } }),
  notifiers: { email: NOBODY, inApp: NOBODY },
  resolveRecipients: async () => [],
});

/** What the code can say, by the heading it is explained under. */
const EMITTED = {
  'Failed builds': BUILD_ERROR_REASONS,
  'Health findings': namesIn('core/views/health.ts', /readonly kind: '(\w+)'/g),
  'Builds that wait': [
    ...between('core/views/explain/explain-build.ts', ['export type BuildState =', ';']).matchAll(/'(\w+)'/g),
  ].map(([, state = '']) => state),
  'Refused commands': [
    ...namesIn('core/ops/ops-error.ts', /readonly code: '(\w+)'/g),
    ...namesIn('core/build/errors.ts', /interface HostRefused [^}]*readonly code: '(\w+)'/g),
  ],
  'Database errors': [
    ...between('adapters/postgres/errors/database-error.ts', [
      'export type DatabaseErrorCode =',
      ';',
    ]).matchAll(/\| '(\w+)'/g),
  ].map(([, code = '']) => code),
} as const;

describe('the runbook', () => {
  it.each(Object.entries(EMITTED))(
    'has a row for each symptom under “%s”, and no other',
    (heading, emitted) => {
      expect(emitted.length).toBeGreaterThan(5);
      expect(symptoms(heading).toSorted()).toEqual([...emitted].toSorted());
    },
  );

  it('has a row for each event that is logged as a warning or an error', () => {
    const levels = between('observability/log-events.ts', ['function levelOf', 'default:']);
    const events = [...levels.matchAll(/case '(\w+)'/g)].map(([, type]) => type);
    expect(events.length).toBeGreaterThan(7);
    expect(symptoms('Events')).toEqual(expect.arrayContaining(events));
  });

  it('has a row for each worker that can have a problem', () => {
    const workers = [
      BUILD_REQUESTS,
      NOTIFICATIONS,
      ...namesIn('workers/start-workers.ts', /onProblem\('(\w+)'\)/g),
      ...['workers', 'watch', 'schema-check'].flatMap((file) =>
        namesIn(`wiring/${file}.ts`, /workerProblem\('(\w+)'/g),
      ),
    ];
    expect(workers.length).toBeGreaterThan(8);
    expect(symptoms('Events')).toEqual(expect.arrayContaining(workers));
  });

  it('quotes the reasons of dead letters as they are written', () => {
    const reasons = under('Dead letters').match(/“[^”]+”/g) ?? [];
    const code = ['queue/message-settlement', 'notifications/decide-delivery', 'build/messages']
      .map((file) => source(`core/${file}.ts`))
      .join('\n');
    expect(reasons).toHaveLength(5);
    for (const reason of reasons) {
      const parts = reason.slice(1, -1).split(/ ?… ?/).filter(Boolean);
      for (const part of parts) expect(code, reason).toContain(part);
    }
  });

  it('has a cause and an action in every row', () => {
    const headings = [...page.matchAll(/^## (.+)$/gm)].map(([, heading = '']) => heading).slice(2);
    for (const heading of headings) {
      expect(under(heading), heading).toContain('| Symptom | Cause | Action |');
      for (const row of rowsUnder(heading)) {
        expect(row, `${row[0]}`).toHaveLength(3);
        for (const cell of row.slice(1)) expect(cell, `${row[0]}`).toMatch(/^\S.{3,}[.]$/);
      }
    }
    for (const [reason = '', , action] of rowsUnder('Failed builds')) {
      expect(action, reason).toMatch(/builds\.(retryBuild|adoptWorkflow|cancelBuild)\(/);
    }
  });

  it('names no function that there is not', () => {
    const named = [...page.matchAll(/builds\.(\w+)\(/g)].map(([, name]) => name);
    expect(named.length).toBeGreaterThan(10);
    expect(named.filter((name) => !Object.keys(builds).includes(`${name}`))).toEqual([]);
  });
});

describe('what the code says of each operation', () => {
  const [, text = ''] = source('operations.ts').split('export interface Operations {');
  const operations = [...text.matchAll(/\/\*\*((?:(?!\*\/).)*)\*\/\s+readonly (\w+): \(/gs)];

  it('is all that there is', () => {
    const named = operations.map(([, , name]) => name);
    expect(named).toHaveLength(9);
    expect(named.filter((name) => !Object.keys(builds).includes(`${name}`))).toEqual([]);
  });

  it.each(operations.map(([, comment, name]) => [name, comment]))('has an example of %s', (name, comment) => {
    expect(comment?.split('@example')[1]).toContain(`builds.${name}(`);
  });
});
