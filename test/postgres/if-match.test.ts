import { expect, it } from 'vitest';
import { buildableProject } from '../../src/testing/builders.js';
import { httpCaller } from '../adapters/http/support/http-caller.js';
import { openPostgres } from '../contracts/support/postgres-under-test.js';
import { describeWithPostgres } from '../support/database.js';
import * as given from '../support/given.js';

const BUILD_IN_PROGRESS = { status: 'Build in Progress' };

describeWithPostgres('`If-Match` on real Postgres', () => {
  it('C5: sees a write that leaves `updated_at` alone, and nothing where nobody wrote', async () => {
    const store = await openPostgres({ listen: false });
    try {
      const app = given.app(store);
      const { rows, tenantId, versionId } = buildableProject({ name: 'project' });
      await store.host.insert(rows);
      const { send } = httpCaller(app, tenantId);
      const seen = async () => {
        const { headers, body } = await send('GET', `/v1/automation-versions/${versionId}/prerequisites`);
        return { tag: headers.get('etag') ?? '', updatedAt: body.updated_at };
      };
      const patch = (tag: string) =>
        send('PATCH', `/v1/automation-versions/${versionId}/status`, BUILD_IN_PROGRESS, { 'if-match': tag });
      const before = await seen();
      expect(await seen(), 'nobody wrote').toEqual(before);
      await store.pool.query(`update automation_versions set blueprint_json = blueprint_json where id = $1`, [
        versionId,
      ]);
      expect((await seen()).updatedAt, 'the host leaves it alone').toBe(before.updatedAt);
      const late = await patch(before.tag);
      expect([late.status, late.body.error_code]).toEqual([409, 'concurrency_conflict']);
      expect((await patch(late.headers.get('etag') ?? '')).status).toBe(202);
    } finally {
      await store.close();
    }
  });
});
