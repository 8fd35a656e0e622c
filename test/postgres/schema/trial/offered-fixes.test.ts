import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { grantsSql, nodePostgres, verifySchema } from '../../../../src/adapters/postgres/index.js';
import { AGENCY_HOST, DEFAULT_HOST, FOREIGN_HOST } from '../../../contracts/support/host-shapes.js';
import { copyOf, describeWithPostgres } from '../../../support/database.js';
import { sampled } from '../../../support/size.js';
import { poolFor } from '../support.js';
import { openWithRows } from './open-with-rows.js';
import { AGENCY_DEFECTS, DEFECTS_IN_CATALOG, DEFECTS_IN_TRIAL, FOREIGN_DEFECTS } from './planted-defects.js';

/** The SQL that a sentence offers; `null`: it offers none. */
const offeredBy = (sentence: string) =>
  /\brun(?:, [^:]*)?: ((?:alter|create|drop|grant) .*)\.$/.exec(sentence)?.[1] ?? null;

/** How many defects of each host a small run fixes. */
const FIXED_IN_A_SMALL_RUN = 4;

describeWithPostgres('The SQL that verifySchema offers', () => {
  describe.each([
    {
      name: 'the default tables',
      shape: DEFAULT_HOST,
      defects: [...DEFECTS_IN_CATALOG, ...DEFECTS_IN_TRIAL].filter(({ says }) =>
        /run|add value/.test(says.source),
      ),
    },
    {
      name: 'the tables of a foreign host',
      shape: FOREIGN_HOST,
      defects: [
        ...FOREIGN_DEFECTS.filter(({ says }) => /run|add value/.test(says.source)),
        { what: 'lookups have no index', sql: 'select 1', options: FOREIGN_HOST.options },
        {
          what: 'lookups in partitions have no index',
          sql: `alter table audit_trail rename to old_trail; create table audit_trail (like old_trail including defaults) partition by hash (org_id);
                create table audit_trail_0 partition of audit_trail for values with (modulus 1, remainder 0)`,
          options: FOREIGN_HOST.options,
        },
      ],
    },
    {
      name: 'the tables of an agency',
      shape: AGENCY_HOST,
      defects: AGENCY_DEFECTS.filter(({ says }) => /run|add value/.test(says.source)),
    },
  ])('for $name', ({ shape, defects }) => {
    let template: Awaited<ReturnType<typeof openWithRows>>;
    beforeAll(async () => {
      template = await openWithRows(shape);
      // Nobody may be connected to a database that is copied.
      await template.owner.end();
      return template.close;
    });

    it.each(sampled(defects, FIXED_IN_A_SMALL_RUN))(
      'C6: ends what it is offered for, where $what',
      async (defect) => {
        const { sql, options = shape.options } = defect;
        const { afterGrants = '', since = 0 } = 'says' in defect ? defect : {};
        const { role, version } = template;
        if (version < since) return;
        const { url, drop } = await copyOf(template.url);
        const owner = poolFor(url);
        const address = new URL(url);
        address.username = role;
        address.password = 'of-a-test';
        const pool = poolFor(address.href);
        onTestFinished(async () => {
          await owner.query(`drop owned by ${role}`);
          await Promise.all([pool.end(), owner.end()]);
          await drop();
        });
        await owner.query(sql);
        await owner.query(grantsSql(role, options.host ? { host: options.host } : {}));
        await owner.query(afterGrants.replaceAll('ROLE', role));

        const sentences = async () => {
          const { mismatches, advice } = await verifySchema(nodePostgres(pool), options);
          return [...mismatches, ...advice];
        };
        const fixes = (await sentences()).flatMap((sentence) => {
          const offered = offeredBy(sentence);
          return offered === null ? [] : [{ sentence, offered }];
        });
        expect(fixes.length).toBeGreaterThan(0);
        // An index is built concurrently only outside of a transaction: each runs alone.
        for (const { offered } of fixes) await owner.query(offered);
        const left = await sentences();
        for (const { sentence } of fixes) expect(left).not.toContain(sentence);
      },
    );
  });
});
