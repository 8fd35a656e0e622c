import { EventEmitter } from 'node:events';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { smtpNotifier } from '../../src/adapters/notify/index.js';
import { pgBoss } from '../../src/adapters/pg-boss/index.js';
import { nodePostgres } from '../../src/adapters/postgres/index.js';
import { callSafely } from '../../src/observability/call-safely.js';
import { countUncaught } from './support/uncaught.js';

const nothing = async () => {};

describe('an error event that nobody of the host listens to', () => {
  it.each([
    [
      'a pool of node-postgres',
      (emitter: object) =>
        nodePostgres(Object.assign(emitter, { connect: () => new Promise<never>(() => {}) })),
    ],
    [
      'an instance of pg-boss',
      (emitter: object) =>
        pgBoss(
          Object.assign(emitter, {
            getQueue: async () => null,
            createQueue: nothing,
            insert: nothing,
            send: nothing,
            fetch: async () => [],
            deleteJob: nothing,
          }),
        ),
    ],
    [
      'a transport of nodemailer',
      (emitter: object) =>
        smtpNotifier({
          transport: Object.assign(emitter, { sendMail: nothing }),
          from: 'builds@example.com',
          links: { baseUrl: 'https://app.example.com' },
        }),
    ],
  ])('row 43: A3 of %s does not end the process', (_name, use) => {
    const emitter = new EventEmitter();
    use(emitter);
    expect(emitter.emit('error', new Error('gone')), 'somebody listens').toBe(true);
  });

  it('row 43: A3 a pool that is used over and over again has as many listeners as one that is used once', () => {
    const emitter = new EventEmitter();
    const client = new EventEmitter();
    for (let use = 0; use < 20; use += 1) {
      nodePostgres(Object.assign(emitter, { connect: () => new Promise<never>(() => {}) }));
      emitter.emit('acquire', client);
    }
    expect(
      [emitter, client].flatMap((each) => each.eventNames().map((name) => each.listenerCount(name))),
    ).toEqual([1, 1, 1]);
  });

  it('row 43: A3 a listener of the host’s may throw, reject, or reject with a promise of another kind', async () => {
    const uncaught = countUncaught();
    callSafely(() => {
      throw new Error('thrown');
    });
    callSafely(async () => {
      throw new Error('rejected');
    });
    callSafely(() => {
      const rejected = Promise.reject(new Error('rejected elsewhere'));
      // biome-ignore lint/suspicious/noThenProperty: what another library calls a promise
      return { then: rejected.then.bind(rejected) };
    });
    await nextTurn();
    await nextTurn();
    expect(uncaught()).toEqual([]);
  });
});
