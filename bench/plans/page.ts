import type { Plan } from './explain.js';

const [BEGIN, END] = ['<!-- plans -->', '<!-- /plans -->'];

/** The page with the plans of this run between its marks. */
export function withPlans(
  page: string,
  plans: readonly (Plan & { readonly label: string })[],
  {
    finished,
    waiting,
    later,
    tenants,
    server,
  }: {
    readonly finished: number;
    readonly waiting: number;
    readonly later: number;
    readonly tenants: number;
    readonly server: string;
  },
): string {
  const number = (value: number) => value.toLocaleString('en-US');
  const title = ({ name, label }: { name: string; label: string }) =>
    label === '' ? `\`${name}\`` : `\`${name}\`, ${label}`;
  const rows = plans.map((plan) => {
    const scans = plan.sequentialScans.length === 0 ? 'none' : plan.sequentialScans.join(', ');
    return `| ${title(plan)} | ${plan.milliseconds.toFixed(1)} | ${number(plan.pages)} | ${scans} |`;
  });
  const details = plans.map(
    (plan) =>
      `<details><summary>${title(plan).replaceAll('`', '')}</summary>\n\n\`\`\`\n${plan.text}\n\`\`\`\n\n</details>`,
  );
  const text = [
    `${number(finished)} finished builds, ${number(waiting)} that are due, ${number(later)} that wait for later, ${number(tenants)} tenants;`,
    `Postgres ${server}. Milliseconds and pages of 8 kB of the second of two runs, \`npm run bench:plans\`.`,
    '',
    '| statement | ms | pages | tables read from end to end |',
    '|---|---|---|---|',
    ...rows,
    '',
    ...details,
  ].join('\n');
  const before = page.slice(0, page.indexOf(BEGIN) + BEGIN.length);
  return `${before}\n${text}\n${page.slice(page.indexOf(END))}`;
}
