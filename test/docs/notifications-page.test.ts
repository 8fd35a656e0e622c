import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { planNotifications } from '../../src/core/notifications/notification-plan.js';
import { problemsOf } from '../support/compile.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const page = readFileSync(`${root}docs/notifications.md`, 'utf8');

const examples = new Map(
  [...page.matchAll(/<!-- (\w+) -->\s*```ts\n([\s\S]*?)\n```/g)].map(([, name = '', code = '']) => [
    name,
    code,
  ]),
);

describe('docs/notifications.md', () => {
  it('has examples that the compiler accepts, which would hear of a mistake', () => {
    expect([...examples.keys()]).toEqual(['channels', 'own', 'verify', 'templates']);
    expect((page.match(/```ts/g) ?? []).length).toBe(examples.size);
    const mistaken = (examples.get('templates') ?? '').replace("tone: 'success'", "tone: 'loud'");
    const problems = problemsOf(new Map([...examples, ['mistaken', mistaken]]));
    expect([...problems.values()].flat()).toEqual([expect.stringContaining('"loud"')]);
    expect(problems.get('mistaken')).toHaveLength(1);
  });

  it('shows a notifier of your own in five lines', () => {
    const body = /deliver: async .*\n([\s\S]*?)\n {2}},/.exec(examples.get('own') ?? '')?.[1] ?? '';
    expect(body.split('\n').length).toBeLessThanOrEqual(5);
    expect(body).toContain('fetch');
  });

  it('names every template that is planned, and files that are there', () => {
    const moments = [
      'started',
      'assigned',
      'complete',
      'failed',
      'workflow_unbound',
      'circuit_breaker_opened',
      'circuit_breaker_closed',
    ] as const;
    const planned = moments.flatMap((moment) => planNotifications(moment, { slack: true, assigned: true }));
    for (const { template } of planned) expect(page).toContain(`\`${template}\``);
    for (const [, path = ''] of page.matchAll(/`((?:src|test|docs)\/[^`\s]+)`/g))
      expect(existsSync(root + path), path).toBe(true);
  });
});
