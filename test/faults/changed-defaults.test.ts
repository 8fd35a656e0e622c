import { expect, it } from 'vitest';
import { verifySchema } from '../../src/adapters/postgres/index.js';
import { stableId } from '../../src/testing/builders.js';
import { wrkBehaviour } from '../../src/testing/wrk/fake-wrk-behaviour.js';
import { describeWithPostgres } from '../support/database.js';
import * as given from '../support/given.js';
import { sampled } from '../support/size.js';
import * as then from '../support/then.js';
import { until } from '../support/until.js';
import * as when from '../support/when.js';
import { openOwnDatabase } from './support/own-database.js';

/** A schema that has a function of the name and types of each built-in one; whoever calls one of them is told so. */
const HOSTILE_SCHEMA = `
create schema hostile;
grant usage on schema hostile to public;
do $$
declare known record;
begin
  for known in select oid, * from pg_proc where pronamespace = 'pg_catalog'::regnamespace and prokind = 'f' and not proretset is null
      and proname ~ '^(now|clock_timestamp|json|unnest|set_config|current_setting|to_char|floor|ceil|round|hashtext|gen_random|pg_notify|pg_advisory|pg_try|concat|convert|encode|sha256|format|has_|left|right)' loop
    begin
      execute format('create function hostile.%I(%s) returns %s language plpgsql as %L', known.proname,
        pg_get_function_identity_arguments(known.oid), pg_get_function_result(known.oid), 'begin raise exception ''hostile''; end');
    exception when others then null;
    end;
  end loop;
end $$`;

/** The default of a database, and whether `verifySchema` refuses it. */
interface ChangedDefault {
  readonly set: string;
  readonly says?: string;
  readonly prepare?: string;
}

const CHANGED: readonly ChangedDefault[] = [
  {
    set: 'search_path = hostile, pg_catalog, public',
    says: 'hostile in front of pg_catalog',
    prepare: HOSTILE_SCHEMA,
  },
  { set: 'default_transaction_isolation = serializable', says: 'SERIALIZABLE by default' },
  { set: 'standard_conforming_strings = off' },
  { set: "DateStyle = 'German'" },
  { set: "default_transaction_isolation = 'repeatable read'", says: 'REPEATABLE READ by default' },
  { set: 'search_path = hostile, public', prepare: HOSTILE_SCHEMA },
  { set: "search_path = ''" },
  { set: 'statement_timeout = 20000' },
  { set: 'lock_timeout = 20000' },
  { set: 'idle_in_transaction_session_timeout = 20000' },
  { set: "DateStyle = 'SQL, DMY'" },
  { set: 'IntervalStyle = sql_standard' },
  { set: "TimeZone = 'Asia/Kathmandu'" },
  { set: 'bytea_output = escape' },
  { set: 'extra_float_digits = -15' },
  { set: 'client_encoding = LATIN1' },
  { set: 'client_encoding = SQL_ASCII' },
  { set: 'default_transaction_deferrable = on' },
  { set: 'row_security = off' },
  { set: 'plan_cache_mode = force_generic_plan' },
  { set: 'plan_cache_mode = force_custom_plan' },
  { set: 'session_replication_role = replica', says: 'foreign keys and triggers are not enforced' },
  { set: 'transform_null_equals = on' },
  { set: 'array_nulls = off' },
  { set: 'quote_all_identifiers = on' },
];

const openWith = ({ set, prepare = 'select 1' }: ChangedDefault) =>
  openOwnDatabase({
    prepare: `${prepare}; do $$ begin execute format('alter database %I set %s', current_database(), ${`$set$${set}$set$`}); end $$`,
  });

describeWithPostgres('a database whose defaults were changed', () => {
  it.each(sampled(CHANGED, 1).map((changed) => [changed.set, changed] as const))(
    'row 46: A8 %s: everything works, and is written as it should be, or verifySchema says how to change it back',
    async (_set, changed) => {
      const app = await openWith(changed);
      const { mismatches } = await verifySchema(app.database);
      expect(mismatches).toEqual(changed.says ? [expect.stringContaining(changed.says)] : []);

      const rejected = await given.requestedBuild(app, "rejected: Ünïcode \\ 'quoted'");
      app.fake.otherwise(() => wrkBehaviour.answers(422));
      await app.settle();
      expect(await app.binding(rejected.bindingId)).toMatchObject({ status: 'error' });
      app.fake.otherwise(() => wrkBehaviour.creates());
      const command = { tenantId: rejected.tenantId, bindingId: rejected.bindingId, userId: stableId('ops') };
      const retried = await app.builds.retryBuild({ ...command, reason: "Ticket → \\ 'done'" });
      expect(retried.isOk()).toBe(true);
      await app.settle();
      expect(await app.binding(rejected.bindingId)).toMatchObject({ status: 'active' });

      const cancelled = await given.requestedBuild(app, 'cancelled');
      const cancel = {
        tenantId: cancelled.tenantId,
        bindingId: cancelled.bindingId,
        userId: stableId('ops'),
      };
      expect((await app.builds.cancelBuild({ ...cancel, reason: 'Not needed.' })).isOk()).toBe(true);

      const workers = when.start(app, { concurrency: { builds: 1 } });
      await until(async () => (await app.query('select from wrk_builds.messages')).length === 0);
      await workers.stop();
      expect(then.workflows(app)).toEqual({ [rejected.bindingId]: 1 });
      const [stored] = await app.query(
        `select count(*)::int as n from wrk_builds.workflow_bindings
          where created_at between now() - interval '10 minutes' and now() and updated_at >= created_at`,
      );
      expect(stored, 'times are what they are').toEqual({ n: 2 });
      const [entry] = await app.query(
        `select metadata_json->>'reason' as reason from audit_logs where metadata_json->>'reason' like 'Ticket%'`,
      );
      expect(entry).toEqual({ reason: "Ticket → \\ 'done'" });
    },
  );
});
