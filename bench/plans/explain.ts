import type pg from 'pg';
import type { Statement, Value } from 'wrk-builds/postgres';

/** One scan of an index or a table. */
interface Scan {
  /** The index, or the table that was read without one. */
  readonly of: string;
  readonly inFull: boolean;
  readonly loops: number;
  /** Rows of each loop. */
  readonly rows: number;
}

/** What Postgres did for one statement. */
export interface Plan {
  readonly name: string;
  readonly milliseconds: number;
  /** Pages of 8 kB that were touched, in memory or not. */
  readonly pages: number;
  readonly scans: readonly Scan[];
}

/** Explains a statement by running it, on warm caches, and undoes what it did. */
export async function explain(
  client: pg.PoolClient,
  { statement, values }: { readonly statement: Statement; readonly values: readonly Value[] },
): Promise<Plan> {
  const run = async () => {
    await client.query('begin');
    try {
      const text = `explain (analyze, buffers, costs off, timing off, summary on) ${statement.text}`;
      const { rows } = await client.query<{ 'QUERY PLAN': string }>(text, [...values]);
      return rows.map((row) => row['QUERY PLAN']).join('\n');
    } finally {
      await client.query('rollback');
    }
  };
  await run();
  const text = await run();
  const [, hit = '0'] = /Buffers: shared hit=(\d+)/.exec(text) ?? [];
  const [, read = '0'] =
    /Buffers: shared .*?read=(\d+)/.exec(text.split('\n').find((line) => line.includes('Buffers')) ?? '') ??
    [];
  const [, milliseconds = '0'] = /Execution Time: ([\d.]+) ms/.exec(text) ?? [];
  return {
    name: statement.name,
    milliseconds: Number(milliseconds),
    pages: Number(hit) + Number(read),
    scans: scansIn(text),
  };
}

/** Scans that ran; a bitmap is counted where its index is read. */
const scansIn = (text: string): readonly Scan[] =>
  [
    ...text.matchAll(
      /(?:Index (?:Only )?Scan (?:Backward )?using|Bitmap Index Scan on|(?<seq>Seq) Scan on) (?<of>\S+).*\(actual rows=(?<rows>[\d.]+) loops=(?<loops>\d+)/g,
    ),
  ].map(({ groups = {} }) => ({
    of: groups.of ?? '',
    inFull: groups.seq !== undefined,
    loops: Number(groups.loops),
    rows: Number(groups.rows),
  }));
