/**
 * Builds with the packed tarball on every version that the library supports: of Node, of Postgres and of the packages that hosts
 * bring, one varied at a time, and with everything at its oldest and at its newest.
 *
 * `--ends` runs the two ends alone; `--only TEXT` the cells whose title contains it; `--write` writes the table of
 * docs/compatibility.md.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import ts from 'typescript';
import { ends, wholeMatrix, whyUnavailable } from './matrix/plan.mjs';
import { openProject, runFlows } from './matrix/run-cell.mjs';
import { openNode, openPostgres, openRedis } from './matrix/surroundings.mjs';
import { writeTable } from './matrix/table.mjs';
import { manifest, root, run } from './package/steps.mjs';
import { openSurroundings } from './readme-host.mjs';
import { inFunction, programIn } from './readme-programs.mjs';

const { values: chosen } = parseArgs({
  options: { ends: { type: 'boolean' }, write: { type: 'boolean' }, only: { type: 'string' } },
});

if (!existsSync(join(root, manifest.types))) {
  console.error('There is no complete build to pack. Run `npm run build` first.');
  process.exit(1);
}

const folder = mkdtempSync(join(tmpdir(), 'wrk-builds-matrix-'));
const stops = [];
const known = new Map();
/** Opens something once, however many cells are on it. */
const once = async (key, open) => {
  if (!known.has(key)) known.set(key, await open());
  return known.get(key);
};

const packed = () => {
  const [{ filename }] = JSON.parse(run('npm', ['pack', '--json', '--pack-destination', folder]));
  return join(folder, filename);
};

const COMMONJS = { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022, esModuleInterop: true };

/** A program of the README's, as a file of each module system; no compiler checks it here. */
const forms = (program) => [
  ['mjs', program],
  ['cjs', ts.transpileModule(inFunction(program), { compilerOptions: COMMONJS }).outputText],
];

/** The README's programs, as ESM and as CommonJS, on the server and the Node of a cell. */
const readmeRunner = (surroundings) => async (project, node) => {
  const readme = readFileSync(join(root, 'README.md'), 'utf8');
  const [wiring, host] = ['wiring', 'postgres'].map((name) => programIn(readme, name));
  const tenantId = /tenantId, userId\] = \['([^']+)'/.exec(host)[1];
  for (const [end, program] of forms(wiring)) {
    writeFileSync(join(project, `wiring.${end}`), program);
    const printed = run(node, [`wiring.${end}`], project);
    if (!printed.endsWith('QA & Testing\n')) throw new Error(`wiring.${end} printed:\n${printed}`);
  }
  for (const [end, program] of forms(host)) {
    writeFileSync(join(project, `host.${end}`), program);
    await surroundings.runHost(join(project, `host.${end}`), tenantId, node);
  }
};

const runCell = async (cell, tarball, redis) => {
  const node = await once(`node ${cell.node}`, () => openNode(folder, cell.node));
  const postgres = await once(`postgres ${cell.postgres}`, async () => {
    const server = await openPostgres(folder, cell.postgres);
    stops.push(server.stop);
    return server;
  });
  const { project, versions } = await once(`project ${JSON.stringify(cell.packages)}`, () =>
    openProject(tarball, join(folder, `project-${known.size}`), cell),
  );
  const surroundings = await once(`surroundings ${cell.postgres}`, async () => {
    const testing = await import(
      pathToFileURL(join(project, 'node_modules/wrk-builds/dist/testing.js')).href
    );
    const opened = await openSurroundings(testing, { url: postgres.url, stop: async () => {} });
    stops.unshift(opened.close);
    return opened;
  });
  const found = await runFlows(cell, {
    project,
    node: node.path,
    databaseUrl: postgres.url,
    redisUrl: redis?.url,
    runReadme: readmeRunner(surroundings),
    tarball,
  });
  return {
    node: node.version,
    postgres: postgres.version,
    ...found,
    versions: { ...versions, ...found.versions },
  };
};

let failures = 0;
try {
  const tarball = packed();
  const redis = await openRedis();
  if (redis) stops.push(redis.stop);
  const cells = (chosen.ends ? ends() : wholeMatrix()).filter(({ title }) =>
    title.includes(chosen.only ?? ''),
  );
  const results = [];
  for (const cell of cells) {
    const { title } = cell;
    const why = whyUnavailable(cell);
    let found = { failed: [], skipped: [], ran: [] };
    try {
      if (!why) found = await runCell(cell, tarball, redis);
    } catch (problem) {
      found.failed.push({ flow: 'install', said: problem.message });
    }
    results.push({ title, cell, why, ...found });
    const { node = '', postgres = '', failed, skipped, ran } = found;
    for (const { flow, said } of failed) console.error(`failed: ${title}: ${flow}\n${said}`);
    for (const each of skipped) console.log(`skipped: ${title}: ${each.flow}: ${each.why}`);
    if (why) console.log(`not available: ${title}: ${why}`);
    else
      console.log(
        `${failed.length > 0 ? 'FAIL' : 'ok  '} ${title}: Node ${node}, Postgres ${postgres}: ${ran.join(', ')}`,
      );
    failures += failed.length;
  }
  if (chosen.write) writeTable(results);
} finally {
  for (const stop of stops) await stop().catch((problem) => console.error(problem.message));
  rmSync(folder, { recursive: true, force: true });
}
process.exitCode = failures > 0 ? 1 : 0;
