import { describe, it } from 'vitest';
import type { DuplicatePolicy } from '../../core/orchestration/wrk-answer.js';
import type { WrkPlatformClient } from '../../ports/wrk-platform-client.js';
import { createFakeWrk, type FakeWrk } from '../wrk/fake-wrk.js';
import { ANSWERS } from './wrk-platform-client/answer-cases.js';
import { CHECKS } from './wrk-platform-client/check-cases.js';
import { ENDINGS } from './wrk-platform-client/ending-cases.js';
import { SENDING } from './wrk-platform-client/sending-cases.js';
import { TRACES } from './wrk-platform-client/trace-cases.js';

/** How the suite gets a client that talks to a given fake WRK. */
export interface WrkPlatformClientUnderTest {
  /** Named in the test titles. */
  readonly name: string;
  /** Makes a client. Where `duplicates` says `lookup`, it asks `fake.find`; if it verifies workflows, `fake.verify`. */
  readonly open: (wrk: {
    readonly fake: FakeWrk;
    readonly duplicates: DuplicatePolicy;
    readonly deadlineMs: number;
  }) => Promise<{ readonly client: WrkPlatformClient; readonly close: () => Promise<void> }>;
}

const CASES = [...SENDING, ...ANSWERS, ...TRACES, ...ENDINGS, ...CHECKS];

/** How many cases the contract of a `WrkPlatformClient` has. */
const WRK_PLATFORM_CLIENT_CASES = CASES.length;

/**
 * The contract of a `WrkPlatformClient`, as vitest tests: what it sends, what each answer of WRK means, and
 * that every call ends in an answer. Times appear only as deadlines that a call has to outlast.
 */
export function wrkPlatformClientContract(underTest: WrkPlatformClientUnderTest): void {
  describe(`WrkPlatformClient contract, ${WRK_PLATFORM_CLIENT_CASES} cases: ${underTest.name}`, () => {
    for (const { title, run, wrk, duplicates, deadlineMs } of CASES) {
      it(title, async () => {
        const fake = createFakeWrk(wrk);
        const { client, close } = await underTest.open({
          fake,
          duplicates: duplicates ?? { by: 'idempotency-key' },
          deadlineMs: deadlineMs ?? 30_000,
        });
        try {
          await run({ fake, client });
        } finally {
          await close();
        }
      });
    }
  });
}
