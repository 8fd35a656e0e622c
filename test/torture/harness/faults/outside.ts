import { type FakeWrkBehaviour, wrkBehaviour } from '../../../../src/testing/wrk/fake-wrk-behaviour.js';
import type { PostBehaviour } from '../post-server.js';
import type { Random } from '../random.js';
import type { Sandbox } from '../sandbox.js';

const NOT_NOW = ['1', 'Wed, 21 Oct 2099 07:28:00 GMT', '-5', '999999999', 'soon'];

/** The ways in which WRK misbehaves, by name. */
const behavioursOf = (random: Random): Readonly<Record<string, () => FakeWrkBehaviour>> => ({
  'answers 500': () => wrkBehaviour.answers(500),
  'answers 503 and says when': () =>
    wrkBehaviour.answers(503, { headers: { 'retry-after': random.pick(NOT_NOW) } }),
  'answers 429': () => wrkBehaviour.answers(429, { headers: { 'retry-after': random.pick(NOT_NOW) } }),
  'answers 401': () => wrkBehaviour.answers(401),
  'answers 404': () => wrkBehaviour.answers(404),
  'answers 502 again under the key': () => wrkBehaviour.replayed(wrkBehaviour.answers(502)),
  'creates, then 500': () => wrkBehaviour.createsThenAnswers(500),
  'creates, then 409': () => wrkBehaviour.createsThenAnswers(409, { body: { message: 'being made' } }),
  'creates, then garbles': wrkBehaviour.createsThenGarbles,
  'creates, then drops': wrkBehaviour.createsThenDrops,
  'creates, then resets': wrkBehaviour.createsThenResets,
  'creates, then hangs': wrkBehaviour.createsThenHangs,
  'creates, then drips': wrkBehaviour.createsThenDrips,
  'creates, then cuts': wrkBehaviour.createsThenCuts,
  'creates, then pads': wrkBehaviour.createsThenPads,
  'creates slowly': () => wrkBehaviour.delayed(random.between(200, 1_500), wrkBehaviour.creates()),
  drops: wrkBehaviour.drops,
  resets: wrkBehaviour.resets,
  hangs: wrkBehaviour.hangs,
});

const POST: readonly PostBehaviour[] = ['refuses', 'hangs', 'closes'];

/** What WRK, the mail server, Slack and people do. */
export const outsideFaults = {
  wrk_misbehaves: async ({ wrk, pass }: Sandbox, random: Random) => {
    const behaviours = behavioursOf(random);
    const name = random.pick(Object.keys(behaviours));
    const share = random.pick([0.3, 0.7, 1]);
    const ms = random.between(300, 3_000);
    const undo = wrk.misbehave(behaviours[name] ?? wrkBehaviour.creates, share);
    await pass(ms);
    undo();
    return `${name}, ${share * 100} % of the calls, for ${ms} ms`;
  },
  /** Later than the deadline of the call, and within the time that the host said WRK takes at most. */
  wrk_is_late: async ({ wrk, setUp: { deadlineMs, settleMs }, pass }: Sandbox, random: Random) => {
    const late = deadlineMs + random.between(0, Math.round((settleMs - deadlineMs) * 0.7));
    const ms = random.between(300, 2_000);
    const undo = wrk.beLate(late);
    await pass(ms);
    undo();
    return `by ${late} ms, for ${ms} ms`;
  },
  lookups_fail: async ({ wrk, pass }: Sandbox, random: Random) => {
    const ms = random.between(300, 2_000);
    const undo = wrk.failLookups();
    await pass(ms);
    undo();
    return `for ${ms} ms`;
  },
  smtp_misbehaves: async ({ post, pass }: Sandbox, random: Random) => {
    const behaviour = random.pick(POST);
    post.smtp(behaviour);
    await pass(random.between(500, 3_000));
    post.smtp('takes');
    return behaviour;
  },
  slack_misbehaves: async ({ post, pass }: Sandbox, random: Random) => {
    const behaviour = random.pick(POST);
    post.slack(behaviour);
    await pass(random.between(500, 3_000));
    post.slack('takes');
    return behaviour;
  },
  commands: async ({ people }: Sandbox, random: Random) => people.command(random),
};
