import { Redis } from 'ioredis';
import type PgBoss from 'pg-boss';
import { expect } from 'vitest';
import { pgBoss } from '../../src/adapters/pg-boss/index.js';
import { NOTIFICATIONS } from '../../src/core/build/messages.js';
import type { Engine } from '../../src/ports/engine.js';
import { createDatabase, describeWithPostgres } from '../support/database.js';
import { describeWithRedis, startRedis } from '../support/redis.js';
import { sampled } from '../support/size.js';
import { BULLMQ_VERSIONS, openBullmq } from './support/bullmq-under-test.js';
import { type Loss, lossSuite } from './support/loss-suite.js';
import { startBoss } from './support/pg-boss-under-test.js';

const key = (name: string) => `wrk-builds:notifications:${name}`;

/** The hashes of jobs: their ids are numbers, or names that we gave them. */
const jobs = async (redis: Redis) =>
  (await redis.keys(key('*'))).filter((each) => /:(?:\d+|message-[^:]*)$/.test(each));
const eachJob = async (redis: Redis, harm: (job: string) => Promise<unknown>) => {
  const all = await jobs(redis);
  expect(all.length).toBeGreaterThan(0);
  for (const job of all) await harm(job);
};
const moveToActive = async (redis: Redis) => {
  while (await redis.rpoplpush(key('wait'), key('active')));
};
const add = (engine: Engine, ...ids: readonly string[]) =>
  engine.add(
    NOTIFICATIONS,
    ids.map((id) => ({ id, delayMs: 0 })),
  );
const UNAVAILABLE = /^Error: The queue engine is unavailable/;

const FOREIGN_IDS: Loss<unknown> = {
  name: 'ids are of another schema, of none, and of messages that are gone',
  harm: (_, engine) =>
    add(engine, 'no id', '', '999999999', '00000000-0000-4000-8000-000000000000', '9'.repeat(40)),
  told: null,
};

const run = (sql: string) => (boss: PgBoss) => boss.getDb().executeSql(sql, []);

const OF_BULLMQ: readonly Loss<Redis>[] = [
  { name: 'everything is gone (FLUSHALL)', harm: (redis) => redis.flushdb(), told: null },
  { name: 'the list of waiting jobs is gone', harm: (redis) => redis.del(key('wait')), told: null },
  { name: 'the set of delayed jobs is gone', harm: (redis) => redis.del(key('delayed')), told: null },
  {
    name: 'the jobs are gone, and their places are left',
    harm: (redis) => eachJob(redis, (job) => redis.del(job)),
    told: null,
  },
  {
    name: 'the data of the jobs is gone',
    harm: (redis) => eachJob(redis, (job) => redis.hdel(job, 'data')),
    told: null,
  },
  {
    name: 'the data of the jobs is another',
    harm: (redis) => eachJob(redis, (job) => redis.hset(job, 'data', '{"id":7}')),
    told: null,
  },
  {
    name: 'the data of the jobs is null',
    harm: (redis) => eachJob(redis, (job) => redis.hset(job, 'data', 'null')),
    told: null,
  },
  {
    name: 'the data of the jobs is no JSON',
    harm: (redis) => eachJob(redis, (job) => redis.hset(job, 'data', '{')),
    told: UNAVAILABLE,
  },
  { name: 'the settings of the queue are gone', harm: (redis) => redis.del(key('meta')), told: null },
  { name: 'the counter of ids is gone', harm: (redis) => redis.del(key('id')), told: null },
  {
    name: 'the marker and the events are gone',
    harm: (redis) => redis.del(key('marker'), key('events')),
    told: null,
  },
  {
    name: 'the list is no list',
    harm: async (redis) => redis.set(key('wait'), 'rubbish'),
    told: UNAVAILABLE,
  },
  { name: 'the scripts are gone', harm: (redis) => redis.script('FLUSH'), told: null },
  { name: 'jobs are stuck in active', harm: moveToActive, told: null },
  {
    name: 'no memory is left',
    harm: (redis) => redis.config('SET', 'maxmemory', '1'),
    told: UNAVAILABLE,
  },
  {
    name: 'jobs come twice more',
    harm: async (redis) => {
      const ids = await redis.lrange(key('wait'), 0, -1);
      await redis.lpush(key('wait'), ...ids, ...ids);
    },
    told: null,
  },
  FOREIGN_IDS,
];

const OF_PG_BOSS: readonly Loss<PgBoss>[] = [
  { name: 'all jobs are gone', harm: (boss) => boss.clearStorage(), told: null },
  {
    name: 'half of the jobs are gone',
    harm: run('delete from pgboss.job where ctid in (select ctid from pgboss.job limit 3)'),
    told: null,
  },
  {
    name: 'all queues are gone',
    harm: async (boss) => {
      await boss.clearStorage();
      for (const { name } of await boss.getQueues()) await boss.deleteQueue(name);
    },
  },
  {
    name: 'jobs are stuck in active',
    harm: run(`update pgboss.job set state = 'active', started_on = now()`),
    told: null,
  },
  {
    name: 'jobs are done long ago',
    harm: run(`update pgboss.job set state = 'completed', completed_on = now() - interval '30 days'`),
    told: null,
  },
  {
    name: 'jobs are cancelled',
    harm: run(`update pgboss.job set state = 'cancelled', completed_on = now()`),
    told: null,
  },
  {
    name: 'jobs come at the end of time',
    harm: run(`update pgboss.job set start_after = 'infinity'`),
    told: null,
  },
  { name: 'the data of the jobs is gone', harm: run('update pgboss.job set data = null'), told: null },
  {
    name: 'the data of the jobs is another',
    harm: run(`update pgboss.job set data = '{"id":7}'`),
    told: null,
  },
  {
    name: 'jobs come twice more',
    harm: run(
      `insert into pgboss.job (name, data, policy) select name, data, policy from pgboss.job, generate_series(1, 2)`,
    ),
    told: null,
  },
  FOREIGN_IDS,
];

describeWithRedis.each(BULLMQ_VERSIONS)('%s on a real Redis', (name, classes) => {
  lossSuite(
    name,
    async () => {
      const redis = await startRedis();
      const server = new Redis(redis.url, { maxRetriesPerRequest: null });
      const engine = openBullmq(classes, redis.url);
      return {
        engine,
        server,
        heal: async () => {
          await server.config('SET', 'maxmemory', '0');
          await server.flushdb();
        },
        close: async () => {
          await engine.close();
          server.disconnect();
          await redis.stop();
        },
      };
    },
    sampled(OF_BULLMQ, 6),
  );
});

describeWithPostgres('pg-boss on a real Postgres', () => {
  lossSuite(
    'pg-boss 10',
    async () => {
      const database = await createDatabase();
      const boss = await startBoss(database.url);
      return {
        engine: pgBoss(boss),
        server: boss,
        heal: async () => {
          await boss.clearStorage();
          // As an operator would: an engine that has used its queue once takes it for there.
          const name = 'wrk-builds-notifications';
          if (!(await boss.getQueue(name))) await boss.createQueue(name, { name, policy: 'standard' });
        },
        close: async () => {
          await boss.stop({ graceful: false, wait: true });
          await database.drop();
        },
      };
    },
    sampled(OF_PG_BOSS, 4),
  );
});
