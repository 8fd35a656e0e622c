import type { RequestBuildError } from 'wrk-builds';
import type { StoredAuditEntry } from 'wrk-builds/ports';
import type { FakeWrkCall } from 'wrk-builds/testing';
import type { StoredBuild } from './host-rows.js';
import { largeNumbers } from './large-numbers.js';
import { nameOf } from './people.js';
import { bar, type Screen } from './screen.js';

/** What a build left behind. */
export interface BuildResult {
  readonly stored: StoredBuild;
  readonly audit: readonly StoredAuditEntry[];
  /** What WRK received for it. */
  readonly calls: readonly FakeWrkCall[];
  /** How many workflows WRK made for it. */
  readonly made: number;
  readonly blueprintText: string;
}

/** Shows where everything stands after a build. */
export function tellResult(screen: Screen, { stored, audit, calls, made, blueprintText }: BuildResult): void {
  screen.blank();
  screen.fact('version', stored.version, 'bold');
  screen.fact('project', stored.project, 'bold');
  screen.fact('checklist', `${bar(stored.progress)}   ${stored.complete} of ${stored.tasks} tasks`);
  screen.fact('binding', [stored.binding, stored.error_reason].filter(Boolean).join(': '));
  if (stored.workflow_url !== null) screen.fact('workflow', stored.workflow_url, 'cyan');
  for (const [index, entry] of audit.entries()) {
    const who = entry.userId === null ? 'the worker' : nameOf(entry.userId);
    screen.fact(index === 0 ? 'audit' : '', `${entry.actionType.padEnd(15)} by ${who}`);
  }
  const keys = new Set(calls.map((call) => call.key)).size;
  screen.fact(
    'WRK',
    `${count(calls.length, 'POST')} under ${count(keys, 'key')}, ${count(made, 'workflow')} made`,
  );
  tellLargeNumbers(screen, blueprintText, calls);
  for (const [index, finding] of (stored.findings ?? []).entries()) {
    screen.fact(index === 0 ? 'findings' : '', finding, 'red');
  }
}

/** Shows why a request was refused: every missing thing, and every finding with its path. */
export function tellRefusal(screen: Screen, error: RequestBuildError): void {
  screen.blank();
  screen.fact('refused', error.message);
  if (!('details' in error) || error.details === null || !('missing' in error.details)) return;
  for (const missing of error.details.missing) {
    if (missing.code !== 'blueprint_incomplete') {
      screen.fact('', missing.message, 'red');
      continue;
    }
    for (const { path, message } of missing.findings) {
      screen.fact('', path === '' ? message : `${path}: ${message}`, 'red');
    }
  }
}

/** Numbers that JavaScript cannot hold, where the blueprint has some: whether WRK got them as they were written. */
function tellLargeNumbers(screen: Screen, blueprintText: string, calls: readonly FakeWrkCall[]): void {
  const arrived = calls.map((call) => new Set(largeNumbers(call.body ?? '')));
  for (const number of largeNumbers(blueprintText)) {
    const unchanged = arrived.length > 0 && arrived.every((numbers) => numbers.has(number));
    screen.fact('number', `${number} ${unchanged ? 'arrived at WRK unchanged' : 'DID NOT arrive at WRK'}`);
  }
}

function count(amount: number, thing: string): string {
  return `${amount} ${thing}${amount === 1 ? '' : 's'}`;
}
