import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { planNotifications } from '../../src/core/notifications/notification-plan.js';
import { snippetOf } from '../support/snippet-of.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const page = readFileSync(`${root}docs/notifications.md`, 'utf8');

describe('docs/notifications.md', () => {
  it('shows a notifier of your own in five lines', () => {
    const body = /deliver: async .*\n([\s\S]*?)\n {2}},/.exec(snippetOf(page, 'own'))?.[1] ?? '';
    expect(body.split('\n').length).toBeLessThanOrEqual(5);
    expect(body).toContain('fetch');
  });

  it('names every template that is planned, and files that are there', () => {
    const moments = [
      'started',
      'assigned',
      'complete',
      'reopened',
      'failed',
      'workflow_unbound',
      'adoption_superseded',
      'adoption_undone',
      'circuit_breaker_opened',
      'circuit_breaker_closed',
    ] as const;
    const planned = moments.flatMap((moment) => planNotifications(moment, { slack: true, assigned: true }));
    for (const { template } of planned) expect(page).toContain(`\`${template}\``);
    for (const [, path = ''] of page.matchAll(/`((?:src|test|docs)\/[^`\s]+)`/g))
      expect(existsSync(root + path), path).toBe(true);
  });
});
