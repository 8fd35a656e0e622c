import { asPromise } from '../../runtime/waiting.js';
import type { BullmqQueue } from './bullmq-classes.js';

type Command = (...args: readonly string[]) => Promise<unknown>;

/**
 * The `maxmemory-policy` of Redis; `null` if it does not say. Managed servers often refuse `CONFIG`, and tell it in `INFO`.
 */
export async function evictionPolicy(connection: unknown, queue: BullmqQueue): Promise<string | null> {
  const client = await clientOf(connection, queue);
  const ask = async (command: string, ...args: readonly string[]): Promise<unknown> => {
    const known: unknown = Reflect.get(Object(client), command);
    if (typeof known !== 'function') return null;
    const call: Command = known.bind(client);
    return asPromise(() => call(...args)).catch(() => null);
  };
  const configured = await ask('config', 'GET', 'maxmemory-policy');
  if (Array.isArray(configured) && typeof configured[1] === 'string') return configured[1];
  const info = await ask('info', 'memory');
  return /^maxmemory_policy:(\S+)/m.exec(String(info))?.[1] ?? null;
}

/** The host's own connection, or the one that BullMQ 5 has made of its options. */
async function clientOf(connection: unknown, queue: BullmqQueue): Promise<unknown> {
  const isInstance = typeof Reflect.get(Object(connection), 'info') === 'function';
  return isInstance ? connection : Reflect.get(queue, 'client');
}
