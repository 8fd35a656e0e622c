import { describe, expect, it } from 'vitest';
import { grantsSql, nodePostgres, verifySchema } from '../../../src/adapters/postgres/index.js';
import { DEFAULT_HOST, FOREIGN_HOST } from '../../contracts/support/host-shapes.js';
import { describeWithPostgres } from '../../support/database.js';
import { sampled } from '../../support/size.js';
import { openRole, openSchema } from './support.js';
import { wholeScenario } from './whole-scenario.js';

/** Of each kind of look, spread over all of them. */
const RIGHTS_IN_A_SMALL_RUN = 8;

/** Only `verifySchema` and people read it. */
const NOT_FOR_BUILDS = '"migrations"';

/** `grant a, b (c, d) on t to r;` as one pair of grant and revoke for each right. */
function rightsIn(sql: string): readonly { grant: string; revoke: string }[] {
  return sql
    .split('\n')
    .flatMap((line) => {
      const [, rights = '', rest = ''] = /^grant (.*) (on .*);$/.exec(line) ?? [];
      return rights === '' || rights === 'usage'
        ? []
        : rights.split(/, (?![^(]*\))/).map((right) => ({ right, rest }));
    })
    .map(({ right, rest }) => ({
      grant: `grant ${right} ${rest}`,
      revoke: `revoke ${right} ${rest.replace(/ to ("[^"]+")$/, ' from $1')}`,
    }));
}

describeWithPostgres('A role with the printed grants and no others', () => {
  describe.each([
    { name: 'the default tables', shape: DEFAULT_HOST, auditLogs: 'audit_logs' },
    { name: 'the tables of a foreign host', shape: FOREIGN_HOST, auditLogs: 'audit_trail' },
  ])('on $name', ({ shape, auditLogs }) => {
    it('does everything that the library does, and finds nothing wrong', async () => {
      const { owner, url, options } = await openSchema(shape);
      const { role, pool } = await openRole(owner, url);
      await owner.query(grantsSql(role, options));

      expect((await verifySchema(nodePostgres(pool), options)).mismatches).toEqual([]);
      expect(await wholeScenario(shape, owner, pool)).toEqual({
        statuses: ['active', 'active', 'error'],
        problems: [],
      });
    });

    it('reads the audit log and adds to it, and can neither change nor remove an entry', async () => {
      const { owner, url, options } = await openSchema(shape);
      const { role, pool } = await openRole(owner, url);
      await owner.query(grantsSql(role, options));
      await wholeScenario(shape, owner, pool);
      const entries = async () => (await owner.query(`select * from ${auditLogs} order by id`)).rows;
      const before = await entries();
      expect(before.length).toBeGreaterThan(0);

      const refused = { code: '42501' };
      await expect(pool.query(`delete from ${auditLogs}`)).rejects.toMatchObject(refused);
      await expect(pool.query(`update ${auditLogs} set resource_type = 'x'`)).rejects.toMatchObject(refused);
      await expect(pool.query(`truncate ${auditLogs}`)).rejects.toMatchObject(refused);
      expect(await entries()).toEqual(before);
    });

    it('is told by verifySchema which one it lacks, whichever it is', async () => {
      const { owner, url, options } = await openSchema(shape);
      const { role, pool } = await openRole(owner, url);
      await owner.query(grantsSql(role, options));
      const rights = rightsIn(grantsSql(role, options));
      expect(rights.length).toBeGreaterThan(20);

      const unseen: string[] = [];
      for (const { grant, revoke } of sampled(rights, RIGHTS_IN_A_SMALL_RUN)) {
        await owner.query(revoke);
        const { mismatches } = await verifySchema(nodePostgres(pool), options);
        if (
          !mismatches.some(
            (sentence) =>
              sentence.includes(`${role} lacks the `) || sentence.includes(`${role} has no usage privilege`),
          )
        )
          unseen.push(revoke);
        await owner.query(grant);
      }
      expect(unseen).toEqual([]);
    });
  });

  it('needs each of them: without any one, something that the library does fails', {
    timeout: 300_000,
  }, async () => {
    const { owner, url, options } = await openSchema(DEFAULT_HOST);
    const { role, pool } = await openRole(owner, url);
    await owner.query(grantsSql(role, options));

    const unneeded: string[] = [];
    const rights = rightsIn(grantsSql(role, options)).filter(({ grant }) => !grant.includes(NOT_FOR_BUILDS));
    for (const { grant, revoke } of sampled(rights, RIGHTS_IN_A_SMALL_RUN)) {
      await owner.query(revoke);
      const { problems } = await wholeScenario(DEFAULT_HOST, owner, pool, revoke);
      if (problems.length === 0) unneeded.push(grant);
      await owner.query('delete from wrk_builds.messages');
      await owner.query('delete from wrk_builds.workflow_bindings');
      await owner.query(grant);
    }
    expect(unneeded).toEqual([]);
  });
});
