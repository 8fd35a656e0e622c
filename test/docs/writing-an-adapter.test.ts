import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
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

/** Does what the page says with each of these queues, in a project of its own; what became of each, in their order. */
const follow = (queues: readonly string[]): readonly Outcome[] => {
  const folder = mkdtempSync(join(tmpdir(), 'wrk-builds-adapter-'));
  try {
    for (const [at, text] of queues.entries()) {
      mkdirSync(join(folder, `${at}`));
      writeFileSync(join(folder, `${at}/queue.ts`), text);
      writeFileSync(join(folder, `${at}/queue.test.ts`), snippetOf(page, 'test'));
    }
    writeFileSync(join(folder, 'vitest.config.mjs'), config);
    const { stdout, stderr } = spawnSync(
      process.execPath,
      [
        join(root, 'node_modules/vitest/vitest.mjs'),
        'run',
        '--no-isolate',
        '--maxWorkers=1',
        '--root',
        folder,
        '--reporter=json',
        '--outputFile=result.json',
      ],
      { cwd: folder, encoding: 'utf8' },
    );
    try {
      const { testResults } = JSON.parse(readFileSync(join(folder, 'result.json'), 'utf8')) as {
        testResults: readonly {
          name: string;
          assertionResults: readonly { status: string; fullName: string }[];
        }[];
      };
      return queues.map((_, at) => {
        const cases = testResults.find(({ name }) => name.endsWith(`/${at}/queue.test.ts`))?.assertionResults;
        const named = (wanted: string) => (cases ?? []).filter(({ status }) => status === wanted);
        return { passed: named('passed').length, failed: named('failed').map(({ fullName }) => fullName) };
      });
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

/** For a machine that is busy: the child compiles the suite. */
const CHILD_MS = 180_000;

describe('docs/writing-an-adapter.md', { timeout: CHILD_MS }, () => {
  it('shows a queue that passes its contract suite, which notices when a former holder settles a message', () => {
    const [asShown, careless] = follow([queue, broken('if (heldBy(message)) rows.delete', 'rows.delete')]);
    expect(asShown?.failed).toEqual([]);
    expect(asShown?.passed).toBeGreaterThan(15);
    expect(careless?.failed).toEqual([
      expect.stringContaining('one who held a message before changes nothing'),
    ]);
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
