// What is read after an app has worked.

import type { BuildEvent } from '../../src/observability/events.js';
import type { LibraryRows } from '../../src/testing/storage-harness.js';
import type { FakeWrk } from '../../src/testing/wrk/fake-wrk.js';

export * from '../../src/testing/contracts/support/then.js';

type Row = Record<string, unknown>;
interface Read {
  readonly store: { readonly libraryRows: () => Promise<LibraryRows> };
}

/** How often an app has told this. */
export function count(
  { events }: { readonly events: readonly BuildEvent[] },
  type: BuildEvent['type'],
): number {
  return events.filter((event) => event.type === type).length;
}

/** The kinds of WRK's answers, in order. */
export function answers({ events }: { readonly events: readonly BuildEvent[] }): readonly string[] {
  return events.flatMap((event) => (event.type === 'wrk_answered' ? [event.answer] : []));
}

/** The rows of all builds. */
export async function bindings({ store }: Read): Promise<readonly Row[]> {
  return (await store.libraryRows()).bindings;
}

/** The row of one build. */
export async function binding(app: Read, bindingId: string): Promise<Row | undefined> {
  return (await bindings(app)).find(({ id }) => id === bindingId);
}

/** The ledger of one build, of all builds by default; oldest call first. */
export async function calls({ store }: Read, bindingId?: string): Promise<readonly Row[]> {
  return (await store.libraryRows()).calls
    .filter((row) => bindingId === undefined || row.binding_id === bindingId)
    .toSorted((one, other) => Number(one.number) - Number(other.number));
}

/** How often this was written to the audit log. */
export async function audited({ store }: Read, action: string): Promise<number> {
  return (await store.libraryRows()).audit.filter((row) => row.action_type === action).length;
}

/** Who is told of this, from the messages that wait: the channel and the audience. */
export async function addressees({ store }: Read, template: string): Promise<readonly string[]> {
  return (await store.libraryRows()).messages.flatMap(({ body }) => {
    const message: { template?: string; channel?: string; audience?: string } = Object(body);
    return message.template === template ? [`${message.channel} to ${message.audience}`] : [];
  });
}

/** How many workflows each reference has, by WRK's own count. */
export function workflows({ fake }: { readonly fake: Pick<FakeWrk, 'workflowsByReference'> }) {
  return Object.fromEntries(fake.workflowsByReference());
}
