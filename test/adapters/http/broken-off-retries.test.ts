import { expect, it } from 'vitest';
import { wrkBehaviour } from '../../../src/testing/wrk/fake-wrk-behaviour.js';
import { describeInEachFamily } from '../../operations/support/in-each-family.js';
import * as given from '../../support/given.js';
import * as when from '../../support/when.js';
import { httpCaller } from './support/http-caller.js';

describeInEachFamily('a retry of many that breaks off for one', (open) => {
  it('tells the caller which one, and the host why', async () => {
    let isBroken = false;
    const secretive = new TypeError('column "x" of acme is gone');
    const app = open({
      repository: (inner) => ({
        loadBuilds: async (...query) => {
          if (isBroken) throw secretive;
          return inner.loadBuilds(...query);
        },
      }),
    });
    app.fake.script(wrkBehaviour.answers(422));
    const { tenantId, bindingId } = await given.requestedBuild(app);
    await when.work(app);
    isBroken = true;
    const problems: unknown[] = [];
    const { send } = httpCaller(app, tenantId, { onAnswer: ({ problem }) => problems.push(problem) });
    const command = { error_reason: 'blueprint_rejected', reason: 'Fixed.' };
    const { status, body } = await send('POST', '/v1/admin/builds/retry', command);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      retried: [],
      failed: [{ binding_id: bindingId, error: { error_code: 'unavailable' } }],
    });
    expect(JSON.stringify(body)).not.toContain('acme is gone');
    expect(problems).toEqual([expect.objectContaining({ errors: [secretive] })]);
  });
});
