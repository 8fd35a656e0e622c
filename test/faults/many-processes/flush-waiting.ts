import { Redis } from 'ioredis';
import { until } from '../../support/until.js';

// In one step, so that what was there is what is lost.
const FLUSH_WAITING = `
local lost = {}
for _, key in ipairs(KEYS) do
  for _, job in ipairs(redis.call('lrange', key, 0, -1)) do
    if string.find(job, '^message%-') then table.insert(lost, job) end
  end
end
if #lost > 0 then redis.call('flushdb') end
return lost`;

const WAITING = ['wrk-builds:build-requests:wait', 'wrk-builds:notifications:wait'];

/** Empties a Redis as soon as BullMQ has messages waiting there; returns the names of those that are lost. */
export async function flushWaiting(url: string): Promise<readonly string[]> {
  const redis = new Redis(url);
  let lost: string[] = [];
  try {
    await until(async () => {
      lost = (await redis.eval(FLUSH_WAITING, WAITING.length, ...WAITING)) as string[];
      return lost.length > 0;
    });
  } finally {
    redis.disconnect();
  }
  return lost.map((job) => job.replace(/^message-/, ''));
}
