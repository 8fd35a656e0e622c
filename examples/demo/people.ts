import { randomUUID } from 'node:crypto';
import type { NotificationAudience, ResolveRecipients } from 'wrk-builds';

/** Somebody of the demo's host, by the part they play. */
export interface Person {
  readonly id: string;
  readonly name: string;
  readonly address: string;
}

const person = (name: string, address: string): Person => ({ id: randomUUID(), name, address });

/** One of each audience. A host asks its own tables. */
export const PEOPLE: Readonly<Record<NotificationAudience, Person>> = {
  client: person('Clara, client', 'clara@client.example'),
  solutions_engineer: person('Sven, solutions engineer', 'sven@ops.example'),
  project_owner: person('Petra, project owner', 'petra@client.example'),
  ops_team: person('Omar, ops team', 'omar@ops.example'),
  ops_channel: person('#builds, ops channel', '#builds'),
};

export const resolveRecipients: ResolveRecipients = async ({ audience }) => [PEOPLE[audience]];

/** Who an id belongs to. */
export function nameOf(id: string): string {
  return Object.values(PEOPLE).find((each) => each.id === id)?.name ?? id;
}
