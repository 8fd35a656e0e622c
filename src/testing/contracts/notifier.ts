import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Notification, Notifier } from '../../ports/notifier.js';
import { notificationMessage, stableId } from '../builders.js';

/** A notifier with a view of what arrived at its other end. */
export interface NotifierHarness {
  readonly notifier: Notifier;
  /** How many notifications arrived since the last `clear`. */
  readonly received: () => Promise<number>;
  readonly clear: () => Promise<void>;
  readonly close: () => Promise<void>;
}

/** How the suite gets its notifier. */
export interface NotifierUnderTest {
  /** Named in the test titles. */
  readonly name: string;
  readonly channel: Notification['message']['channel'];
  /** Whether it tells by the key that it delivered before. Where it does not, those cases are left out and counted. */
  readonly tellsDuplicates: boolean;
  readonly open: () => Promise<NotifierHarness>;
}

/** One thing that a notifier must do, with nothing received when it begins. */
interface NotifierCase {
  readonly name: string;
  /** Only where duplicates can be told by the key. */
  readonly duplicates?: true;
  readonly run: (harness: NotifierHarness, channel: NotifierUnderTest['channel']) => Promise<void>;
}

const DELIVERED = { status: 'delivered' };

const CASES: readonly NotifierCase[] = [
  {
    name: 'a notification is delivered, one for each recipient',
    run: async ({ notifier, received }, channel) => {
      expect(await notifier.deliver(notification(channel, 'a'))).toEqual(DELIVERED);
      expect(await notifier.deliver(notification(channel, 'b'))).toEqual(DELIVERED);
      expect(await received()).toBe(2);
    },
  },
  {
    name: 'every template is delivered, whatever it may leave out and whatever characters are in it',
    run: async ({ notifier, received }, channel) => {
      const templates = [
        'build_started',
        'build_assigned',
        'build_complete',
        'qa_ready',
        'build_reopened',
        'build_failed',
        'workflow_unbound',
        'adoption_superseded',
        'adoption_undone',
        'wrk_unavailable',
        'wrk_available',
      ] as const;
      const nasty = `<script>alert('x')</script> "q" \\ \r\nBcc: x@example.com {{name}} \${x} „ß“ 🚀`;
      for (const template of templates) {
        const bare = {
          projectId: null,
          projectName: null,
          assigneeId: null,
          workflowUrl: null,
          errorReason: null,
        };
        const full = {
          automationName: nasty,
          projectName: nasty,
          workflowUrl: 'https://wrk.example/workflows/wf-1',
          errorReason: 'blueprint_rejected',
          errorDetails: [nasty, ''],
        };
        expect(
          await notifier.deliver(notification(channel, `bare ${template}`, { template, ...bare })),
        ).toEqual(DELIVERED);
        expect(
          await notifier.deliver(notification(channel, `full ${template}`, { template, ...full })),
        ).toEqual(DELIVERED);
      }
      expect(await received()).toBe(templates.length * 2);
    },
  },
  {
    name: 'the same key twice is delivered twice by word and arrives once',
    duplicates: true,
    run: async ({ notifier, received }, channel) => {
      expect(await notifier.deliver(notification(channel, 'a'))).toEqual(DELIVERED);
      expect(await notifier.deliver(notification(channel, 'a'))).toEqual(DELIVERED);
      expect(await received()).toBe(1);
    },
  },
  {
    name: 'the same key ten times at once arrives once',
    duplicates: true,
    run: async ({ notifier, received }, channel) => {
      const answers = await Promise.all(
        Array.from({ length: 10 }, () => notifier.deliver(notification(channel, 'a'))),
      );
      expect(answers).toEqual(Array.from({ length: 10 }, () => DELIVERED));
      expect(await received()).toBe(1);
    },
  },
];

/** Registers the tests that every `Notifier` must pass, with vitest. Call it at the top level of a test file. */
export function notifierContract(underTest: NotifierUnderTest): void {
  describe(`${underTest.name} keeps the notifier contract: ${CASES.length} cases`, () => {
    let harness: NotifierHarness;
    beforeAll(async () => {
      harness = await underTest.open();
    });
    beforeEach(() => harness.clear());
    afterAll(() => harness?.close());

    for (const each of CASES) {
      it.skipIf(each.duplicates && !underTest.tellsDuplicates)(each.name, () =>
        each.run(harness, underTest.channel),
      );
    }
  });
}

/** A valid notification over a channel; `key` is its key and tells its recipient from others. */
export function notification(
  channel: NotifierUnderTest['channel'],
  key: string,
  fields: Partial<Notification['message']> = {},
): Notification {
  const recipient = { id: stableId('recipient', key), address: 'person@example.com' };
  return { key, recipient, message: notificationMessage({ channel, audience: 'project_owner', ...fields }) };
}
