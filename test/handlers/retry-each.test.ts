import { err, ok } from 'neverthrow';
import { expect, it } from 'vitest';
import type { OpsError } from '../../src/core/ops/ops-error.js';
import { retryEach } from '../../src/handlers/retry-each.js';

it('of many retries the answer about one is lost neither by a refusal nor by a rejection of another', async () => {
  const broken = new Error('the connection broke');
  const error: OpsError = { code: 'build_not_found', message: 'There is no such build: check the id.' };
  const build = (bindingId: string) =>
    ({ bindingId, automationVersionId: 'version', status: 'pending', run: 2 }) as const;
  const letGo: (() => void)[] = [];
  const answer = await retryEach(['late', 'broken', 'refused', 'early'], async (bindingId) => {
    if (bindingId === 'broken') throw broken;
    if (bindingId === 'refused') return err(error);
    if (bindingId === 'late') await new Promise<void>((resolve) => letGo.push(resolve));
    else for (const go of letGo) go();
    return ok(build(bindingId));
  });
  expect(answer).toEqual({
    retried: [build('late'), build('early')],
    refused: [{ bindingId: 'refused', error }],
    failed: [{ bindingId: 'broken', problem: broken }],
  });
});
