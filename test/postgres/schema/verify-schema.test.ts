import { beforeAll, describe, expect, it } from 'vitest';
import {
  migrate,
  nodePostgres,
  type PostgresOptions,
  verifySchema,
} from '../../../src/adapters/postgres/index.js';
import { FOREIGN_MAPPING } from '../../contracts/support/foreign-mapping.js';
import { DEFAULT_HOST, FOREIGN_HOST, TEXT_ID_HOST } from '../../contracts/support/host-shapes.js';
import { createDatabase, describeWithPostgres } from '../../support/database.js';
import { openSchema, poolFor, whileChanged } from './support.js';

interface Change {
  readonly what: string;
  readonly sql: string;
  readonly says: readonly string[];
  readonly options?: PostgresOptions;
}

const NOTHING_CHANGED = 'select 1';

/** On the default tables. */
const CHANGES: readonly Change[] = [
  {
    what: 'a table is missing',
    sql: 'alter table quotes rename to offers',
    says: [
      "There is no table public.quotes: name the host's table in `quotes.table`, and its schema in `schema`.",
    ],
  },
  {
    what: 'a column is missing',
    sql: 'alter table projects rename checklist_progress to done',
    says: [
      "public.projects has no column checklist_progress: name the host's column in `projects.checklistProgress`.",
    ],
  },
  {
    what: 'a time has no time zone',
    sql: 'alter table automation_versions alter updated_at type timestamp',
    says: [
      'public.automation_versions.updated_at has type timestamp without time zone, but timestamp with time zone is required: name another column in `automationVersions.updatedAt`, or change its type.',
    ],
  },
  {
    what: 'a progress is text',
    sql: `alter table projects drop constraint projects_checklist_progress_check;
          alter table projects alter checklist_progress drop default, alter checklist_progress type text`,
    says: [
      'public.projects.checklist_progress has type text, but a number is required: name another column in `projects.checklistProgress`, or change its type.',
    ],
  },
  {
    what: 'a blocker is marked by a label, and the mapping does not say so',
    sql: `alter table tasks drop column is_blocker; alter table tasks add is_blocker text`,
    says: [
      'public.tasks.is_blocker has type text, but boolean is required: name another column in `tasks.blocker`, or change its type.',
    ],
  },
  {
    what: 'a status is an enum, and the mapping does not say so',
    sql: `create type stage as enum ('Ready for Build'); alter table projects alter status type stage using 'Ready for Build'`,
    says: [
      "public.projects.status has the enum type public.stage: set `enum: 'stage'` in `projects.status`.",
    ],
  },
  {
    what: 'a status is text, and the mapping says that it is an enum',
    sql: NOTHING_CHANGED,
    options: { host: { projects: { status: { column: 'status', enum: 'stage' } } } },
    says: [
      'public.projects.status has type text, which is not an enum: leave `enum` out of `projects.status`.',
    ],
  },
  {
    what: 'an id is of another type than the others',
    sql: 'alter table quotes alter id drop default, alter id type text',
    says: [
      "public.quotes.id has type text, but `ids` is 'uuid': set `ids` to the type of all your ids, or name another column in `quotes.id`.",
    ],
  },
  {
    what: 'the rows of a view would have to be locked',
    sql: 'alter table quotes rename to all_quotes; create view quotes as select * from all_quotes',
    says: [
      'public.quotes is a view, and the library has to lock its rows: name the underlying table in `quotes.table`, or add its `xmin` to the columns of the view.',
    ],
  },
  {
    what: 'an id is not unique',
    sql: 'alter table quotes drop constraint quotes_pkey',
    says: [
      'public.quotes has no unique index on ("id"): run: create unique index on "public"."quotes" ("id").',
    ],
  },
  {
    what: 'the host wants a column of every task',
    sql: 'alter table tasks add created_by uuid not null',
    says: [
      'public.tasks.created_by is NOT NULL without a default, and the library does not write it: give it a default, or name it in `tasks.also`.',
    ],
  },
  {
    what: "an index of the library's own is missing",
    sql: 'drop index wrk_builds.messages_key',
    says: [
      'wrk_builds.messages has no unique index on ("queue", "key"): create it as in the output of `migrationSql`.',
    ],
  },
  {
    what: 'the tables are of an older version',
    sql: 'delete from wrk_builds.migrations; alter table wrk_builds.workflow_bindings drop column project_id',
    says: [
      'wrk_builds.workflow_bindings has no column project_id: run `migrate`, or what `migrationSql` prints.',
      expect.stringMatching(/^The tables in schema wrk_builds are at migration 0 of \d+: run `migrate`/),
    ],
  },
  {
    what: 'the tables are two versions newer',
    sql: 'insert into wrk_builds.migrations select max(number) + 2 from wrk_builds.migrations',
    says: [expect.stringMatching(/but this version of wrk-builds only knows \d+: deploy the newer version/)],
  },
  {
    what: 'the library is told other schemas',
    sql: NOTHING_CHANGED,
    options: { schema: 'elsewhere', host: { schema: 'nowhere' } },
    says: [
      'There is no schema elsewhere: run `migrate`, or what `migrationSql` prints.',
      "There is no schema nowhere: name the schema of the host's tables in `schema` of the mapping.",
    ],
  },
  {
    what: 'the transaction may only read',
    sql: 'set transaction read only',
    says: [
      'The database is read-only, perhaps a replica: connect to the primary, and check default_transaction_read_only.',
    ],
  },
  {
    what: 'transactions are serializable by default',
    sql: 'set local default_transaction_isolation = serializable',
    says: [
      expect.stringMatching(
        /are SERIALIZABLE by default, .*: run: alter role ".+" set default_transaction_isolation = 'read committed'\.$/,
      ),
    ],
  },
  {
    what: 'a schema stands in front of the built-in one',
    sql: 'set local search_path = public, pg_catalog',
    says: [expect.stringMatching(/^The search_path of the role \S+ has public in front of pg_catalog, /)],
  },
  {
    what: 'an operator stands in for a built-in one',
    sql: `create function is_same(varchar, varchar) returns boolean language sql as 'select true';
          create operator = (leftarg = varchar, rightarg = varchar, function = is_same)`,
    says: [
      expect.stringMatching(
        /^The operator public\.= \(character varying, character varying\) is on the search_path /,
      ),
    ],
  },
];

/** On the tables of the foreign host. */
const FOREIGN_CHANGES: readonly Change[] = [
  {
    what: 'the enum has not got a label that the library writes',
    sql: `alter type flow_state rename value 'QATesting' to 'Testing'`,
    says: ['process_versions.state', 'engagements.state'].map((column) =>
      expect.stringMatching(
        new RegExp(
          `^The enum public.flow_state of public.${column} has no label 'QATesting' for 'QA & Testing': name the host's own in .*labels. \\(it has 'Intake', .*\\), or run: alter type "public"."flow_state" add value 'QATesting'.$`,
        ),
      ),
    ),
  },
  {
    what: 'the mapping says nothing of a label that the library writes',
    sql: NOTHING_CHANGED,
    options: {
      host: {
        ...FOREIGN_MAPPING,
        quotes: { ...FOREIGN_MAPPING.quotes, status: { column: 'state', enum: 'offer_state' } },
      },
    },
    says: [
      `The enum public.offer_state of public.offers.state has no label 'signed' for 'signed': name the host's own in \`quotes.status.labels\` (it has 'draft', 'sent', 'accepted', 'declined'), or run: alter type "public"."offer_state" add value 'signed'.`,
    ],
  },
  {
    what: 'the mapping names another enum',
    sql: NOTHING_CHANGED,
    options: {
      host: {
        ...FOREIGN_MAPPING,
        tasks: { ...FOREIGN_MAPPING.tasks, status: { column: 'state', enum: 'flow_state' } },
      },
    },
    says: [
      "public.todos.state has the enum type public.todo_state, not public.flow_state: set `enum: 'todo_state', enumSchema: 'public'` in `tasks.status`.",
    ],
  },
  {
    what: 'a place in a document is in a column of text',
    sql: 'alter table todos alter metadata drop default, alter metadata type text',
    says: ['tasks.kind', 'tasks.slug', 'tasks.category'].map(
      (mappedBy) =>
        `public.todos.metadata has type text, but jsonb is required: name another column in \`${mappedBy}\`, or change its type.`,
    ),
  },
];

describeWithPostgres('verifySchema', () => {
  describe.each([
    { name: 'the default tables', shape: DEFAULT_HOST, changes: CHANGES },
    { name: 'the tables of a foreign host', shape: FOREIGN_HOST, changes: FOREIGN_CHANGES },
    { name: 'ids of text', shape: TEXT_ID_HOST, changes: [] },
  ])('on $name', ({ shape, changes }) => {
    let opened: Awaited<ReturnType<typeof createDatabase>>;
    let owner: ReturnType<typeof poolFor>;
    beforeAll(async () => {
      opened = await createDatabase();
      owner = poolFor(opened.url);
      await shape.createTables(nodePostgres(owner));
      await migrate(nodePostgres(owner), shape.options);
      return async () => {
        await owner.end();
        await opened.drop();
      };
    });

    it('finds nothing wrong', async () => {
      const { mismatches } = await verifySchema(nodePostgres(owner), shape.options);
      expect(mismatches).toEqual([]);
    });

    it.each(changes)('says what to do when $what', async ({ sql, says, options = shape.options }) => {
      const { mismatches } = await whileChanged(owner, sql, (database) => verifySchema(database, options));
      expect(mismatches.toSorted()).toEqual(expect.arrayContaining([...says]));
      expect(mismatches).toHaveLength(says.length);
    });
  });

  it('advises an index where each lookup would read the whole table, and where there is one no more', async () => {
    const { owner, options } = await openSchema(FOREIGN_HOST);
    const report = () => verifySchema(nodePostgres(owner), options);
    const { advice } = await report();
    expect(advice).toHaveLength(4);
    for (const sentence of advice) {
      const sql = sentence.split(': run: ')[1]?.replace(/\.$/, '') ?? '';
      await owner.query(sql);
    }
    expect((await report()).advice).toEqual([]);
  });

  it('rejects when there is no server', async () => {
    const nowhere = poolFor('postgres://127.0.0.1:1/none');
    await expect(verifySchema(nodePostgres(nowhere))).rejects.toThrow();
    await nowhere.end();
  });
});
