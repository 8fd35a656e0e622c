import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { grantsSql } from '../../../src/adapters/postgres/index.js';
import { migrationsFor } from '../../../src/adapters/postgres/schema/migrations.js';

const page = readFileSync(new URL('../../../docs/postgres.md', import.meta.url), 'utf8');
const sql = migrationsFor('uuid')
  .map((migration) => migration.sql)
  .join('\n');

describe('The page for the administrator of a database', () => {
  it('has the grants as they are printed', () => {
    expect(page).toContain(`\`\`\`sql\n${grantsSql('wrk_builds_worker').trim()}\n\`\`\``);
  });

  it('names every table and every index of the library', () => {
    const tables = [...sql.matchAll(/create table (\w+)/g)].map(([, name = '']) => name);
    const indexes = [...sql.matchAll(/create (?:unique )?index (\w+)/g)].map(([, name = '']) => name);
    expect([tables.length, indexes.length]).toEqual([8, 16]);
    for (const name of tables) expect(page).toContain(`| \`${name}\` |`);
    for (const name of indexes) {
      const [, short = name] =
        /^(?:notification_deliveries|idempotency_answers|in_app_notifications)(_\w+)$/.exec(name) ?? [];
      expect(page, name).toMatch(new RegExp(`\`…?${short}\``));
    }
  });

  it('has a plan for every statement that reads or writes tables, and none that reads a table of history from end to end', () => {
    const begin = page.indexOf('<!-- plans -->');
    const plans = page.slice(begin, page.indexOf('<!-- /plans -->'));
    const rows = [...plans.matchAll(/^\| `wrk_builds_(\w+)`.* \| (.*) \|$/gm)];
    expect(new Set(rows.map(([, name]) => name)).size).toBeGreaterThan(25);
    for (const [, name = '', scanned = ''] of rows) {
      const history = scanned
        .split(', ')
        .filter((table) => !['none', 'messages', 'claim_limits', 'circuit_breakers'].includes(table));
      expect(history, name).toEqual([]);
    }
    expect(plans).toContain('1,000,000 finished builds, 100,000 that are due');
  });
});
