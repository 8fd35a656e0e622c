import { createHash } from 'node:crypto';

/** Postgres' limit for a channel name, in bytes. */
const LONGEST = 63;

/**
 * The channel on which the processes of one installation notify each other of new messages. Named after the schema of the
 * library's tables, so that two installations in one database do not wake each other.
 *
 * A name that is too long, or that a driver would have to quote, is replaced by its hash.
 */
export function wakeChannel(schema: string): string {
  const plain = `wrk_builds_in_${schema}`;
  if (/^[a-z0-9_]+$/.test(schema) && plain.length <= LONGEST) return plain;
  return `wrk_builds_hash_${createHash('sha256').update(schema).digest('hex').slice(0, 40)}`;
}
