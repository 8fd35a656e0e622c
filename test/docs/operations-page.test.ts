import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { memoryStorage } from '../../src/adapters/memory/index.js';
import { BUILD_ERROR_REASONS } from '../../src/core/build/errors.js';
import { createBuilds } from '../../src/create-builds.js';
import { createFakeWrk } from '../../src/testing/wrk/fake-wrk.js';
import { fakeWrkClient } from '../../src/testing/wrk/fake-wrk-client.js';

const NOBODY = { deliver: async () => ({ status: 'delivered' as const }) };

const page = readFileSync(new URL('../../docs/operations.md', import.meta.url), 'utf8');
const source = (file: string) => readFileSync(new URL(`../../src/${file}`, import.meta.url), 'utf8');

/** The part under a heading, up to the next one. */
const under = (heading: string) => page.split(`\n### \`${heading}\`\n`)[1]?.split(/\n##/)[0] ?? '';

const builds = createBuilds({
  ...memoryStorage(),
  wrk: fakeWrkClient(createFakeWrk(), { duplicates: { by: 'idempotency-key' } }),
  notifiers: { email: NOBODY, inApp: NOBODY },
  resolveRecipients: async () => [],
});

describe('the runbook', () => {
  it.each(BUILD_ERROR_REASONS)('says of %s the symptom, the cause and the action', (reason) => {
    for (const part of ['Symptom: ', 'Cause: ', 'Action: ']) {
      expect(under(reason)).toMatch(new RegExp(`^${part}\\S.{20,}`, 'm'));
    }
    expect(under(reason)).toMatch(/builds\.(retryBuild|adoptWorkflow|cancelBuild)/);
  });

  it('names no function that there is not', () => {
    const named = [...page.matchAll(/builds\.(\w+)\(/g)].map(([, name]) => name);
    expect(named.length).toBeGreaterThan(10);
    expect(named.filter((name) => !Object.keys(builds).includes(`${name}`))).toEqual([]);
  });

  it('names no reason that there is not', () => {
    const headings = [...page.matchAll(/^### `(\w+)`$/gm)].map(([, reason]) => reason);
    expect(headings.toSorted()).toEqual([...BUILD_ERROR_REASONS].toSorted());
  });

  it('says of every refusal of a command what it means', () => {
    const refusals = [...source('core/ops/ops-error.ts').matchAll(/readonly code: '(\w+)'/g)];
    expect(refusals.length).toBeGreaterThan(8);
    const part = page.split('\n## When a command is refused\n')[1]?.split('\n## ')[0] ?? '';
    for (const [, code] of refusals) expect(part).toContain(`\`${code}\``);
  });
});

describe('what the code says of each operation', () => {
  const [, text = ''] = source('operations.ts').split('export interface Operations {');
  const operations = [...text.matchAll(/\/\*\*((?:(?!\*\/).)*)\*\/\s+readonly (\w+): \(/gs)];

  it('is all that there is', () => {
    const named = operations.map(([, , name]) => name);
    expect(named).toHaveLength(8);
    expect(named.filter((name) => !Object.keys(builds).includes(`${name}`))).toEqual([]);
  });

  it.each(operations.map(([, comment, name]) => [name, comment]))('has an example of %s', (name, comment) => {
    expect(comment?.split('@example')[1]).toContain(`builds.${name}(`);
  });
});
