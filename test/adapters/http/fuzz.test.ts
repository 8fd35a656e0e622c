import { randomInt } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROUTES } from '../../../src/adapters/http/routes/all-routes.js';
import type { Route } from '../../../src/adapters/http/routes/route.js';
import { sized } from '../../support/size.js';
import { problemOf, readAnswers } from './support/fuzz/answers.js';
import { mutated } from './support/fuzz/mutate.js';
import { type Plan, planFor } from './support/fuzz/plan.js';
import { type Random, seededRandom } from './support/fuzz/random.js';
import { rawRequest } from './support/fuzz/raw.js';
import { type FuzzServer, startFuzzServer } from './support/fuzz/server.js';
import { ALLOWED_ORIGIN, type FuzzTarget, openFuzzTarget, ROUNDS } from './support/fuzz/target.js';
import { readyRoute } from './support/ready-routes.js';

const REQUESTS = sized(500, 10_000);
/** Every so many one is honest, and must be carried out. */
const HONEST_EACH = 10;
/** Requests to one store: after them every route has been carried out on all that was there for it. */
const SCENE = HONEST_EACH * ROUTES.length * ROUNDS;
/** How many of the others come as bytes over a connection of their own. */
const RAW = 0.15;

const SEED = Number(process.env.FUZZ_SEED ?? randomInt(2 ** 31));

/** Where a command goes to many builds at once, it finds none, so that there is something left for the next. */
const AIMED_AT_NONE = { reason: 'The client waits.', error_reason: 'interrupted_too_often' };

/** What became of one request. */
interface Outcome {
  /** Why its answer is none that a client can live with; `null`: it is. */
  readonly problem: string | null;
  /** Whether it may have changed something. */
  readonly mayChange: boolean;
}

describe('whatever is sent to a server', () => {
  const failed: unknown[] = [];
  const counts = { honest: 0, carriedOut: 0, refused: 0, connections: 0 };
  let server: FuzzServer;
  /** What is being done, for whoever has to find out why it failed. */
  let did = '';
  beforeAll(async () => {
    server = await startFuzzServer();
  });
  afterAll(() => server?.close());

  const openTarget = async () => {
    const target = await openFuzzTarget(({ status, operationId, problem }) => {
      if (status >= 500) failed.push({ status, operationId, problem });
    });
    server.use(target.handler);
    return target;
  };

  /** Honest requests walk through the routes, each with something of its own to be carried out on. */
  const honest = async (target: FuzzTarget, place: number, random: Random): Promise<Outcome> => {
    const route = routeAt(place);
    const { ids, authorization } = target.readyFor(route.operationId, Math.floor(place / ROUTES.length));
    const { body } = readyRoute(route);
    // A workflow belongs to one build, whoever asks.
    const own = body && 'workflow_id' in body ? { ...body, workflow_id: `wf-${place}` } : body;
    const plan = planFor(route, ids, authorization, own);
    const headers = { ...plan.headers, ...random.pick(honestExtras()) };
    did = `honest ${route.operationId} with ${JSON.stringify(headers)}`;
    const { status, headers: answered, text } = await server.send({ ...plan, headers });
    counts.honest += 1;
    const problem =
      status === route.answer.status ? problemOf({ status, headers: answered, text }, plan.method) : text;
    return { problem, mayChange: plan.method !== 'GET' };
  };

  const hostile = async ({ targets }: FuzzTarget, random: Random): Promise<Outcome> => {
    const route = random.pick(ROUTES);
    const body = route.operationId === 'retryBuilds' ? AIMED_AT_NONE : readyRoute(route).body;
    const plan = planFor(route, targets, 'Bearer ops', body);
    if (random.chance(RAW) && route.answer.schema !== null) return sendBytes(plan, random);
    const changed = mutated(plan, random);
    did = changed.did.join(', ');
    const answer = await server.send(changed);
    counts[answer.status < 300 ? 'carriedOut' : 'refused'] += 1;
    const mayChange = answer.status < 300 && changed.method !== 'GET';
    return { problem: problemOf(answer, changed.method), mayChange };
  };

  const sendBytes = async (plan: Plan, random: Random): Promise<Outcome> => {
    const raw = rawRequest(random.chance(0.5) ? plan : mutated(plan, random), random);
    did = raw.did.join(', ');
    const came = await server.exchange(raw);
    counts.connections += 1;
    const answers = readAnswers(came);
    const problems = answers.map((answer) => problemOf(answer, plan.method)).filter((each) => each !== null);
    const carriedOut = answers.some(({ status }) => status < 300);
    if (raw.ambiguous && carriedOut) problems.push('was carried out, though its end can be read in two ways');
    const lost = came.broken && answers.length === 0;
    return { problem: problems[0] ?? null, mayChange: carriedOut || lost || raw.hasRest };
  };

  it(`of ${REQUESTS} requests each is answered as the document says, and changes nothing if it is refused`, async () => {
    const random = seededRandom(SEED);
    const common = Reflect.ownKeys(Object.prototype);
    let target = await openTarget();
    let rows = target.marks();
    for (let number = 0; number < REQUESTS; number += 1) {
      const place = number % SCENE;
      if (place === 0 && number > 0) {
        target = await openTarget();
        rows = target.marks();
      }
      const isHonest = place % HONEST_EACH === HONEST_EACH - 1;
      const title = `request ${number} of FUZZ_SEED=${SEED}`;
      const sent = isHonest
        ? honest(target, Math.floor(place / HONEST_EACH), random)
        : hostile(target, random);
      const { problem, mayChange } = await sent.catch((cause: unknown) => {
        throw new Error(`Nothing came of ${title}: ${did}.`, { cause });
      });
      const now = target.marks();
      const changed = !mayChange && (now.rows !== rows.rows || now.highest !== rows.highest);
      if (problem !== null || failed.length > 0 || changed) {
        const seen = {
          problem,
          failed,
          rows: now.rows,
          written: changed ? target.writtenAfter(rows.highest) : [],
        };
        expect(seen, `${title}: ${did}`).toEqual({ problem: null, failed: [], rows: rows.rows, written: [] });
      }
      rows = now;
    }
    expect(counts.honest).toBe(REQUESTS / HONEST_EACH);
    expect(Reflect.ownKeys(Object.prototype), `FUZZ_SEED=${SEED}`).toEqual(common);
    expect(Reflect.get({}, 'polluted'), `FUZZ_SEED=${SEED}`).toBeUndefined();
    // A generator that hits one kind alone would prove little.
    expect(Math.min(counts.carriedOut, counts.refused, counts.connections)).toBeGreaterThan(REQUESTS / 100);
    // No measure of anything: however slow the machine, they may all have their turn.
  }, 600_000);
});

describe('a client that says half of what it has to say, and waits', () => {
  it('is turned away by the server when its time is up, and nothing goes on for it', async () => {
    const times = { headersTimeout: 100, requestTimeout: 100, connectionsCheckingInterval: 20 };
    const server = await startFuzzServer(times);
    const problems: unknown[] = [];
    const target = await openFuzzTarget(({ problem }) => problem !== null && problems.push(problem));
    server.use(target.handler);
    const before = target.marks();
    const path = `/v1/automation-versions/${target.targets.versionId}/status`;
    const head = `PATCH ${path} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ops\r\nContent-Type: application/json`;
    for (const half of [
      'PATCH',
      head,
      `${head}\r\nContent-Length: 31\r\n\r\n`,
      `${head}\r\nContent-Length: 31\r\n\r\n{"status":"Build in Progress"`,
      `${head}\r\nTransfer-Encoding: chunked\r\n\r\n1e\r\n{"status":"Build in Progress"}`,
    ]) {
      const answers = readAnswers(await server.exchange({ bytes: Buffer.from(half), ending: 'wait' }));
      expect(answers.filter(({ status }) => status < 400 || status >= 500)).toEqual([]);
    }
    expect(problems).toEqual([]);
    expect(target.marks()).toEqual(before);
    await server.close();
  });
});

function routeAt(place: number): Route {
  const route = ROUTES[place % ROUTES.length];
  if (!route) throw new Error('There are no routes.');
  return route;
}

/** What an honest client may add. */
function honestExtras(): readonly Readonly<Record<string, string>>[] {
  return [
    {},
    { 'content-type': 'application/json; charset=utf-8' },
    { 'x-request-id': 'req-1', accept: 'application/json' },
    { 'idempotency-key': 'k\u00e9y 1' },
    { 'if-match': '*', connection: 'close' },
    { cookie: 'a=b', 'sec-fetch-site': 'cross-site', origin: ALLOWED_ORIGIN },
  ];
}
