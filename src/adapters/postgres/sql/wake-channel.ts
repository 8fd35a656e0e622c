import { createHash } from 'node:crypto';

/** What Postgres allows for the name of a channel. */
const LONGEST = 63;

/**
 * The channel on which the processes of one installation tell each other of messages. Named after the schema of the
 * library's tables, so that two installations in one database do not wake each other.
 *
 * A name that some driver would have to quote, or that would be too long, is replaced by its hash.
 */
export function wakeChannel(schema: string): string {
  const plain = `wrk_builds_in_${schema}`;
  if (/^[a-z0-9_]+$/.test(schema) && plain.length <= LONGEST) return plain;
  return `wrk_builds_hash_${createHash('sha256').update(schema).digest('hex').slice(0, 40)}`;
}
