import { expect, it } from 'vitest';
import { OTHER_TENANT, TENANT } from '../../../src/testing/builders.js';
import { describeInEachFamily } from '../../operations/support/in-each-family.js';
import { httpCaller } from './support/http-caller.js';

const PATH = '/v1/admin/dead-letters';

describeInEachFamily('D5: dead letters over HTTP', (open) => {
  const withThree = async () => {
    const app = open();
    for (const reason of ['first', 'second', 'third']) {
      await app.giveUpMessage(TENANT, reason);
      // Which is newer is told by the clock.
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    await app.giveUpMessage(OTHER_TENANT, 'theirs');
    return app;
  };
  const reasons = (letters: unknown) =>
    Array.isArray(letters) ? letters.map(({ reason }: { readonly reason: unknown }) => reason) : letters;

  it('are those of the tenant, newest first, without their bodies', async () => {
    const { send } = httpCaller(await withThree(), TENANT);
    const { status, body } = await send('GET', PATH);
    expect(status).toBe(200);
    expect(body).toEqual({
      dead_letters: ['third', 'second', 'first'].map((reason) => ({
        id: expect.any(String),
        queue: 'notifications',
        delivery_count: 1,
        reason,
      })),
    });
    expect(reasons((await send('GET', `${PATH}?limit=1`)).body.dead_letters)).toEqual(['third']);
  });

  it('are redriven by their ids, or the oldest first, and none of another tenant', async () => {
    const app = await withThree();
    const { send } = httpCaller(app, TENANT);
    const theirs = await app.builds.deadLetters({ tenantId: OTHER_TENANT });
    const [third] = await app.builds.deadLetters({ tenantId: TENANT });
    const redrive = async (body: object) => (await send('POST', `${PATH}/redrive`, body)).body;
    expect(await redrive({ ids: theirs.map(({ id }) => id) })).toEqual({ messages: 0 });
    expect(await redrive({ ids: [] })).toEqual({ messages: 0 });
    expect(await redrive({ ids: [third?.id, 'none', '99999999999999999999'] })).toEqual({ messages: 1 });
    expect(reasons((await send('GET', PATH)).body.dead_letters)).toEqual(['second', 'first']);
    expect(await redrive({ limit: 1 })).toEqual({ messages: 1 });
    expect(reasons((await send('GET', PATH)).body.dead_letters)).toEqual(['second']);
    expect(await redrive({})).toEqual({ messages: 1 });
    expect(await app.builds.deadLetters({ tenantId: OTHER_TENANT })).toEqual(theirs);
  });

  it.each([
    ['query.limit', 'GET', `${PATH}?limit=1001`, undefined],
    ['query.cursor', 'GET', `${PATH}?cursor=a`, undefined],
    ['body.limit', 'POST', `${PATH}/redrive`, { limit: 0 }],
    ['body.ids', 'POST', `${PATH}/redrive`, { ids: Array.from({ length: 101 }, (_, at) => `${at}`) }],
    ['body.ids.0', 'POST', `${PATH}/redrive`, { ids: [1] }],
    ['body.tenant_id', 'POST', `${PATH}/redrive`, { tenant_id: OTHER_TENANT }],
  ])('are not asked for with a wrong %s', async (path, method, target, body) => {
    const app = await withThree();
    const refused = await httpCaller(app, TENANT).send(method, target, body);
    expect([refused.status, refused.body.error_code]).toEqual([400, 'invalid_input']);
    expect(refused.body.details).toEqual({ findings: [{ path, message: expect.any(String) }] });
    expect(await app.builds.deadLetters({ tenantId: TENANT })).toHaveLength(3);
  });

  it('are 500 where the storage does not have them, and the host is told what is missing', async () => {
    const { builds } = open();
    const missing = new TypeError('deadLetters needs the capability `deadLetters`');
    const problems: unknown[] = [];
    const without = { ...builds, deadLetters: () => Promise.reject(missing) };
    const { send } = httpCaller({ builds: without }, TENANT, {
      onAnswer: ({ problem }) => problems.push(problem),
    });
    const { status, body } = await send('GET', PATH);
    expect([status, body.error_code, problems]).toEqual([500, 'internal_error', [missing]]);
  });
});
