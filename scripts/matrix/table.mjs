import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { manifest, root } from '../package/steps.mjs';
import { PACKAGES } from './cells.mjs';

const PAGE = join(root, 'docs/compatibility.md');
const [START, END] = ['<!-- matrix -->', '<!-- /matrix -->'];

const verdictOf = ({ why, failed, skipped }) => {
  if (why) return `not available: ${why}`;
  if (failed.length > 0) return `fails: ${failed.map(({ flow }) => flow).join(', ')}`;
  return skipped.length > 0
    ? `passes; without ${skipped.map(({ flow, why }) => `${flow}: ${why}`).join(', ')}`
    : 'passes';
};

/** A table with a row for each cell, as it was read back. */
const tableOf = (results) => {
  const rows = results.map((result) => {
    const { title, node = '', postgres = '', versions = {}, cell } = result;
    const [name] = title.split(' ');
    const varied = name in PACKAGES ? `${name} ${versions[name] ?? title.split(' ')[1]}` : title;
    const others = cell.flows
      ? ''
      : Object.entries(versions)
          .map(([each, version]) => `${each} ${version}`)
          .join(', ');
    return `| ${varied} | ${node} | ${postgres} | ${others} | ${verdictOf(result)} |`;
  });
  return ['| varied | Node | Postgres | with | result |', '|---|---|---|---|---|', ...rows].join('\n');
};

/** Writes what a run found into the page, between its marks. */
export const writeTable = (results) => {
  const page = readFileSync(PAGE, 'utf8');
  const [before, rest] = page.split(START);
  const after = rest.split(END)[1];
  const text = `Run of \`npm run test:matrix -- --write\` with ${manifest.name} ${manifest.version}.`;
  writeFileSync(PAGE, `${before}${START}\n${text}\n\n${tableOf(results)}\n${END}${after}`);
};
