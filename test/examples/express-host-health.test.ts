import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { wrkBehaviour } from 'wrk-builds/testing';
import { describeWithPostgres } from '../support/database.js';
import { until } from '../support/until.js';
import { type ExpressHost, startExpressHost } from './support/express-host.js';

const OPS = 'olga@acme.example';

describeWithPostgres('the Express host, by those who look after it,', () => {
  let host: ExpressHost;

  beforeEach(async () => {
    host = await startExpressHost();
  });
  afterEach(() => host.stop());

  const look = async (path: string) => {
    const { status, body } = await host.send('GET', path);
    return { status, body };
  };
  /** The lines of a metric that count something: without those of the buckets. */
  const metricLines = async (name: string) => {
    const { body } = await look('/metrics');
    return String(body.text)
      .split('\n')
      .filter((line) => line.startsWith(name) && !line.includes('_bucket'));
  };
  const request = async () => {
    const { projectId, versionId } = await host.project();
    const cookie = await host.cookieOf(OPS);
    const accepted = await host.send('POST', `/v1/admin/projects/${projectId}/request-build`, { cookie });
    expect(accepted.status).toBe(202);
    return { cookie, projectId, versionId };
  };

  it('is ready while WRK is away, and says so', async () => {
    expect(await look('/readyz')).toEqual({ status: 200, body: { status: 'ready', findings: [] } });
    host.wrk.otherwise(() => wrkBehaviour.answers(401));
    await request();
    const workers = host.startWorkers();
    await until(() => host.wrk.calls().length > 0);
    await workers.stop();
    expect(await look('/readyz')).toEqual({
      status: 200,
      body: { status: 'ready', findings: ['wrk_unavailable'] },
    });
    expect(await metricLines('wrk_open_circuit_breakers')).toEqual(['wrk_open_circuit_breakers 1']);
    expect((await request()).versionId).toBeDefined();
  });

  it('is not ready on tables that do not fit, and is once they do', async () => {
    const unfit = await startExpressHost('alter table quotes rename to offers');
    try {
      const refused = await unfit.send('GET', '/readyz');
      expect([refused.status, refused.body]).toEqual([503, { status: 'database_unfit_or_unreachable' }]);
      expect(unfit.lines.join('')).toContain('quotes');
      expect((await unfit.send('GET', '/livez')).status).toBe(200);
      await unfit.pool.query('alter table offers rename to quotes');
      // What does not fit is taken for granted for a second, since to verify may lock rows.
      await expect
        .poll(async () => (await unfit.send('GET', '/readyz')).status, { timeout: 20_000 })
        .toBe(200);
    } finally {
      await unfit.stop();
    }
  });

  it('is alive and not ready without its database, and takes nothing on', async () => {
    const cookie = await host.cookieOf(OPS);
    expect((await look('/readyz')).status).toBe(200);
    expect(await metricLines('worker_queue_depth')).toHaveLength(2);
    await host.database.drop();
    expect(await look('/readyz')).toEqual({
      status: 503,
      body: { status: 'database_unreachable', findings: ['database_unreachable'] },
    });
    expect(await look('/livez')).toEqual({ status: 200, body: { status: 'alive' } });
    const refused = await host.send('GET', '/v1/admin/builds', { cookie });
    expect([refused.status, refused.body.error_code, refused.headers.get('retry-after')]).toEqual([
      503,
      'unavailable',
      '2',
    ]);
    expect(JSON.stringify(refused.body)).not.toMatch(/database|postgres/i);
    expect(host.lines.map((line) => JSON.parse(line))).toContainEqual(
      expect.objectContaining({
        level: 'error',
        message: 'request_failed',
        request_id: refused.headers.get('x-request-id'),
      }),
    );
    expect(await metricLines('worker_queue_depth')).toEqual([]);
    expect(await metricLines('builds_in_flight')).toEqual([]);
    expect(await metricLines('process_cpu_seconds_total')).toHaveLength(1);
  });

  it('counts jobs, calls to WRK and requests', async () => {
    await request();
    expect(await metricLines('worker_queue_depth')).toContain('worker_queue_depth{queue="build-requests"} 1');
    await host.work();
    host.wrk.script(wrkBehaviour.answers(422, { body: { errors: ['no such system'] } }));
    await request();
    await host.work();

    const builds = 'queue="build-requests"';
    expect(await metricLines(`worker_job_count{${builds}`)).toEqual([
      `worker_job_count{${builds},status="completed"} 1`,
      `worker_job_count{${builds},status="failed"} 1`,
    ]);
    expect(await metricLines('worker_job_duration_seconds_count')).toContain(
      `worker_job_duration_seconds_count{${builds}} 2`,
    );
    const [delivered] = await metricLines('worker_job_count{queue="notifications",status="completed"}');
    const count = Number(delivered?.split(' ')[1]);
    expect(count).toBeGreaterThan(4);
    expect(await metricLines('worker_job_duration_seconds_count')).toContain(
      `worker_job_duration_seconds_count{queue="notifications"} ${count}`,
    );
    expect(await metricLines('worker_dead_letter_count')).toEqual([
      `worker_dead_letter_count{${builds}} 0`,
      'worker_dead_letter_count{queue="notifications"} 0',
    ]);
    expect(await metricLines('worker_queue_depth')).toContain(`worker_queue_depth{${builds}} 0`);
    expect(await metricLines('wrk_calls_total')).toEqual([
      'wrk_calls_total{result="success",answer="created"} 1',
      'wrk_calls_total{result="failure",answer="rejected"} 1',
    ]);
    expect(await metricLines('wrk_call_duration_seconds_count')).toHaveLength(2);
    expect(await metricLines('http_request_duration_seconds_count')).toEqual([
      'http_request_duration_seconds_count{method="POST",route="/v1/admin/projects/{id}/request-build",status="202"} 2',
    ]);
  });

  it('shows dead letters, of all processes', async () => {
    await request();
    await host.pool.query('update wrk_builds.messages set dead_at = now()');
    const { rows } = await host.pool.query(
      'select queue, count(*)::int from wrk_builds.messages group by 1 order by 1',
    );
    expect(await metricLines('worker_dead_letter_count')).toEqual(
      rows.map(({ queue, count }) => `worker_dead_letter_count{queue="${queue}"} ${count}`),
    );
  });

  it('stops with every answer given, and without its event streams', async () => {
    const { cookie, projectId } = await request();
    const stream = await fetch(`${host.url}/v1/admin/builds/events`, { headers: { cookie } });
    expect(stream.headers.get('content-type')).toContain('text/event-stream');
    const heard = stream.text().catch((problem: Error) => problem);

    // A request that has to wait for its answer: the row of its project is held.
    const holder = await host.pool.connect();
    await holder.query('begin');
    await holder.query('select from projects where id = $1 for update', [projectId]);
    const { rows } = await host.pool.query('select id from wrk_builds.workflow_bindings');
    const waiting = host.send('POST', `/v1/admin/builds/${rows[0].id}/cancel`, {
      cookie,
      body: { reason: 'Too soon.' },
    });
    await until(async () => {
      const { rows: waits } = await host.pool.query(
        "select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
      );
      return waits.length > 0;
    });

    host.beginToStop();
    expect(await look('/readyz')).toEqual({ status: 503, body: { status: 'stopping' } });
    const stopped = host.stopServer(60_000);
    expect(await heard).toBeInstanceOf(Error);
    const late = connect(Number(new URL(host.url).port), '127.0.0.1');
    const [refused] = await once(late, 'error');
    expect(refused.code).toBe('ECONNREFUSED');

    await holder.query('rollback');
    holder.release();
    expect((await waiting).status).toBe(200);
    await stopped;
  });
});
