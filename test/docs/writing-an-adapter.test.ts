import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { problemsOf } from '../support/compile.js';
import { snippetOf } from '../support/snippet-of.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const page = readFileSync(`${root}docs/writing-an-adapter.md`, 'utf8');
const queue = snippetOf(page, 'queue');

/** The sources in the place of the package, so that the page is tested without a build. */
const config = `export default {
  resolve: {
    alias: [{ find: /^wrk-builds\\/(ports|testing\\/contracts)$/, replacement: ${JSON.stringify(`${root}src/$1/index.ts`)} }],
  },
};
`;

interface Outcome {
  readonly passed: number;
  /** The full names of the cases that failed. */
  readonly failed: readonly string[];
}

/** Does what the page says, in a project of its own, with this queue. */
const follow = (queueText: string): Outcome => {
  const folder = mkdtempSync(join(tmpdir(), 'wrk-builds-adapter-'));
  try {
    writeFileSync(join(folder, 'queue.ts'), queueText);
    writeFileSync(join(folder, 'queue.test.ts'), snippetOf(page, 'test'));
    writeFileSync(join(folder, 'vitest.config.mjs'), config);
    const { stdout, stderr } = spawnSync(
      process.execPath,
      [
        join(root, 'node_modules/vitest/vitest.mjs'),
        'run',
        'queue.test.ts',
        '--root',
        folder,
        '--reporter=json',
        '--outputFile=result.json',
      ],
      { cwd: folder, encoding: 'utf8' },
    );
    try {
      const { testResults } = JSON.parse(readFileSync(join(folder, 'result.json'), 'utf8')) as {
        testResults: readonly { assertionResults: readonly { status: string; fullName: string }[] }[];
      };
      const cases = testResults.flatMap(({ assertionResults }) => assertionResults);
      const named = (wanted: string) => cases.filter(({ status }) => status === wanted);
      return { passed: named('passed').length, failed: named('failed').map(({ fullName }) => fullName) };
    } catch (cause) {
      throw new Error(`The suite did not run:\n${stdout}\n${stderr}`, { cause });
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

/** The queue with one of its lines changed. */
const broken = (line: string, by: string): string => {
  expect(queue).toContain(line);
  return queue.replace(line, by);
};

/** For a machine that is busy: each child compiles the suite anew. */
const CHILD_MS = 180_000;

describe('docs/writing-an-adapter.md', { timeout: CHILD_MS }, () => {
  it('shows a queue that passes its contract suite', () => {
    const { passed, failed } = follow(queue);
    expect(failed).toEqual([]);
    expect(passed).toBeGreaterThan(15);
  });

  it('runs a suite that notices when a former holder settles a message', () => {
    const { failed } = follow(broken('if (heldBy(message)) rows.delete', 'rows.delete'));
    expect(failed).toEqual([expect.stringContaining('one who held a message before changes nothing')]);
  });

  it('has code that the compiler accepts, which would hear of a mistake', () => {
    const test = snippetOf(page, 'test');
    const mistaken = test.replace('concurrent: true', "concurrent: 'yes'");
    const problems = problemsOf(
      new Map([
        ['queue', queue],
        ['queue.test', test],
        ['mistaken', mistaken],
      ]),
    );
    expect(problems.get('queue')).toEqual([]);
    expect(problems.get('queue.test')).toEqual([]);
    expect(problems.get('mistaken')).toEqual([expect.stringContaining("'string'")]);
  });

  it('has no code that no test compiles', () => {
    const blocks = [...page.matchAll(/(?:<!-- (\w+) -->\n)?```ts\n/g)].map(([, name]) => name);
    expect(blocks).toEqual(['queue', 'test']);
  });

  it('shows a queue of no more than 110 lines, which imports the ports and nothing else', () => {
    expect(queue.split('\n').length).toBeLessThanOrEqual(110);
    const imported = [...queue.matchAll(/from '([^']+)'/g)].map(([, name]) => name);
    expect(imported).toEqual(['wrk-builds/ports']);
  });
});
