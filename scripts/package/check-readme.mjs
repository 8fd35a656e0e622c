import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeProject, PROJECTS, programIn } from '../readme-programs.mjs';
import { root, run, step, tool } from './steps.mjs';

const readme = readFileSync(join(root, 'README.md'), 'utf8');

/** Runs the README's programs in each kind of project. */
export const checkReadme = async (folder, surroundings) => {
  const [wiring, host] = ['wiring', 'postgres'].map((name) => programIn(readme, name));
  const tenantId = /tenantId, userId\] = \['([^']+)'/.exec(host)[1];
  for (const [index, project] of PROJECTS.entries()) {
    const make = (name, program) => makeProject(project, program, join(folder, `${name}-${index}`), tool);
    await step(`the README's first program runs in ${project.name}`, () => {
      const output = run(process.execPath, [make('wiring', wiring)], folder);
      if (!output.endsWith('QA & Testing\n')) throw new Error(`It did not print "QA & Testing":\n${output}`);
    });
    await step(`the README's host program builds, tells and stops in ${project.name}`, () =>
      surroundings.runHost(make('host', host), tenantId),
    );
  }
};
