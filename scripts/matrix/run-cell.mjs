import { spawnSync } from 'node:child_process';
import { copyFileSync, cpSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { checkNext } from '../package/check-next.mjs';
import { makeProject } from '../package/project.mjs';
import { programs } from '../package/steps.mjs';
import { ALONE, PACKAGES } from './cells.mjs';
import { requestsOf } from './plan.mjs';
import { installedVersion } from './surroundings.mjs';

const FLOWS = fileURLToPath(new URL('./flows', import.meta.url));
const PATIENCE_MS = 300_000;

/** What is run besides the flows of the packages. */
const ALWAYS = ['memory', 'commonjs'];

/** The command of a flow, for the Node of the cell. */
const commandOf = (flow) => {
  if (flow === 'vitest') return ['node_modules/vitest/vitest.mjs', 'run', 'contracts.test.mjs'];
  return [flow === 'commonjs' ? 'commonjs.cjs' : `${flow}.mjs`];
};

/** The flows that a cell runs: those it names, or those of all of its packages. */
const flowsOf = ({ packages, flows }) => {
  const ofPackages = Object.keys(packages).flatMap((name) => PACKAGES[name].flows);
  return [...new Set(flows ?? [...ALWAYS, ...ofPackages])];
};

/** Makes the project of a cell. Gives its folder and the versions in it. */
export const openProject = (tarball, folder, cell) => {
  const packages = Object.keys(cell.packages).filter((name) => !ALONE.includes(name));
  const wanted = Object.fromEntries(packages.map((name) => [name, cell.packages[name]]));
  const project = makeProject(folder, [tarball, ...requestsOf({ packages: wanted })]);
  cpSync(FLOWS, project, { recursive: true });
  copyFileSync(join(programs, 'one-build.cjs'), join(project, 'one-build.cjs'));
  const versions = Object.fromEntries(packages.map((name) => [name, installedVersion(project, name)]));
  return { project, versions };
};

/** Runs the flows of a cell. Gives the failures, each with what it printed, and the flows left out, each with the reason. */
export const runFlows = async (cell, { project, node, databaseUrl, redisUrl, runReadme, tarball }) => {
  const failed = [];
  const skipped = [];
  const ran = [];
  const versions = {};
  for (const flow of flowsOf(cell)) {
    if (flow === 'bullmq' && !redisUrl) {
      skipped.push({ flow, why: 'there is no Redis' });
      continue;
    }
    try {
      if (flow === 'readme') await runReadme(project, node);
      else if (flow === 'next')
        versions.next = await buildNext(tarball, `${project}-next`, databaseUrl, cell, node);
      else runNode(node, commandOf(flow), project, { DATABASE_URL: databaseUrl, REDIS_URL: redisUrl ?? '' });
      ran.push(flow);
    } catch (problem) {
      failed.push({ flow, said: problem.message });
    }
  }
  return { ran, failed, skipped, versions };
};

const buildNext = async (tarball, folder, databaseUrl, { packages }, program) => {
  await checkNext(tarball, folder, databaseUrl, { only: packages.next, program });
  return installedVersion(join(folder, `next-${packages.next}`), 'next');
};

const runNode = (node, args, cwd, env) => {
  const options = { cwd, encoding: 'utf8', env: { ...process.env, ...env }, timeout: PATIENCE_MS };
  const { status, stdout, stderr } = spawnSync(node, args, options);
  if (status !== 0) throw new Error(`${args.join(' ')} ended with ${status}:\n${stdout}\n${stderr}`);
};
