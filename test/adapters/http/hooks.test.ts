import { expect, it, onTestFinished } from 'vitest';
import { describeInEachFamily } from '../../operations/support/in-each-family.js';
import { httpDesk } from './support/http-desk.js';

describeInEachFamily('a listener of the host’s', (open) => {
  it.each([
    [
      'throws',
      () => {
        throw new Error('no disk');
      },
    ],
    ['rejects', async () => Promise.reject(new Error('no disk'))],
  ])('that %s costs no answer, and is nothing that the process would end for', async (_, onAnswer) => {
    const desk = open();
    const unheard: unknown[] = [];
    const listen = (problem: unknown) => unheard.push(problem);
    process.on('unhandledRejection', listen);
    onTestFinished(() => void process.off('unhandledRejection', listen));
    const { tenantId } = await desk.request();
    const { send } = httpDesk(desk, tenantId, { onAnswer });
    expect((await send('GET', '/v1/admin/builds')).status).toBe(200);
    await new Promise(setImmediate);
    expect(unheard).toEqual([]);
  });
});
