import { expect, it } from 'vitest';
import { startFuzzServer } from './support/fuzz/server.js';
import { openFuzzTarget } from './support/fuzz/target.js';

it('an answer that waits behind another is let go of when their connection breaks', async () => {
  const server = await startFuzzServer();
  const answered: (string | null)[] = [];
  const target = await openFuzzTarget(({ operationId }) => answered.push(operationId));
  server.use(target.handler);
  const ask = 'GET /v1/admin/builds HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ops\r\n\r\n';
  // What cannot be read breaks the connection at once, while both are still being answered.
  await server.exchange({ bytes: Buffer.from(`${ask}${ask}no request\r\n\r\n`), ending: 'wait' });
  expect(answered, 'and nothing goes on for either of them').toEqual(['listBuilds', 'listBuilds']);
  await server.close();
});
