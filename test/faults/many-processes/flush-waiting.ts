import { Redis } from 'ioredis';
import { until } from '../../support/until.js';

// In one step, so that what was there is what is lost.
const FLUSH_WAITING = `
local lost = {}
for _, key in ipairs(KEYS) do
  local jobs = string.sub(key, 1, -5)
  for _, job in ipairs(redis.call('lrange', key, 0, -1)) do
    local data = redis.call('hget', jobs .. job, 'data')
    if data then table.insert(lost, cjson.decode(data).id) end
  end
end
if #lost > 0 then redis.call('flushdb') end
return lost`;

const WAITING = ['wrk-builds:build-requests:wait', 'wrk-builds:notifications:wait'];

/** Empties a Redis as soon as BullMQ has messages waiting there; returns the ids of those that are lost. */
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
  return lost;
}
