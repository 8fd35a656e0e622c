import { planOf } from './plan.js';
import { PLANTED_BUGS } from './planted-bugs.js';
import { runSchedule } from './run-schedule.js';

/**
 * `npm run sim -- --seed S`: one schedule, told step by step. `--runs N`: many, and what they found. `--bugs`: each planted bug,
 * and after how many schedules it was found, of at most N.
 */
const given = (name: string) => {
  const index = process.argv.indexOf(`--${name}`);
  return index < 0 ? undefined : process.argv[index + 1];
};
const seed = given('seed') ?? 'a';
const runs = Number(given('runs') ?? 300);

async function one() {
  const { findings, ...rest } = await runSchedule(planOf(seed), { tell: (line) => console.log(line) });
  console.log(JSON.stringify(rest), findings);
}

async function many() {
  let steps = 0;
  const begun = performance.now();
  for (let index = 0; index < runs; index += 1) {
    const plan = planOf(`${seed}-${index}`);
    const result = await runSchedule(plan);
    steps += result.steps;
    if (index % 1_000 === 999) console.log(`${index + 1} schedules`);
    for (const text of result.findings)
      console.log(`${plan.seed} (${plan.policy}; ${[...plan.on].join(' ')}): ${text}`);
  }
  const seconds = (performance.now() - begun) / 1_000;
  console.log(
    `${runs} schedules, ${steps} steps, ${Math.round(steps / seconds)} steps/s, ${(runs / seconds).toFixed(1)} schedules/s`,
  );
}

async function bugs() {
  for (const bug of PLANTED_BUGS) {
    let found: string | null = null;
    let index = 0;
    for (; index < runs && found === null; index += 1) {
      const { findings } = await runSchedule(planOf(`${seed}-${index}`, bug.plan), { bug });
      const [first] = findings;
      if (first) found = first;
    }
    console.log(
      `${bug.name}: ${found === null ? `NOT FOUND in ${index}` : `found after ${index}: ${found.slice(0, 120)}`}`,
    );
  }
}

if (process.argv.includes('--bugs')) await bugs();
else if (given('runs') === undefined) await one();
else await many();
