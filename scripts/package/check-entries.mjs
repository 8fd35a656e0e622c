import { spawnSync } from 'node:child_process';
import { addFiles } from './project.mjs';
import { brings, entries, manifest, node, step } from './steps.mjs';

/** Loads every entry both ways, and uses those for tests, also on a Node that cannot require modules. */
export const checkEntries = async (project) => {
  for (const entry of entries) {
    await step(`${entry} loads with import, and with require where no module can be required`, () => {
      node(['--input-type=module', '-e', `await import('${entry}')`], project);
      const flags = ['--no-experimental-require-module', '--input-type=commonjs'];
      node([...flags, '-e', `require('${entry}')`], project);
    });
  }
  for (const [path, peer] of Object.entries(brings)) {
    const entry = manifest.name + path.slice(1);
    await step(`${entry} asks for ${peer}, which an empty project lacks`, () => {
      const { status, stderr } = spawnSync(
        process.execPath,
        ['--input-type=module', '-e', `await import('${entry}')`],
        { cwd: project, encoding: 'utf8' },
      );
      if (status === 0 || !stderr.includes(`'${peer}'`))
        throw new Error(`Importing ${entry} did not ask for ${peer}:\n${stderr}`);
    });
  }
  for (const [type, file, load] of [
    ['module', 'fakes.mjs', (names, entry) => `import { ${names} } from '${entry}';`],
    ['commonjs', 'fakes.cjs', (names, entry) => `const { ${names} } = require('${entry}');`],
  ]) {
    await step(`the fake WRK answers in a ${type} project without vitest, msw and require of modules`, () => {
      const code = `${load('createFakeWrk, fakeWrkClient, startFakeWrkServer', 'wrk-builds/testing')}
        ${load('BUILD_REQUESTS', 'wrk-builds/ports')}
        const fake = createFakeWrk();
        fakeWrkClient(fake, { duplicates: { by: 'idempotency-key' } });
        startFakeWrkServer(fake).then(async ({ url, close }) => {
          const { status } = await fetch(url + '/elsewhere');
          await close();
          console.log(BUILD_REQUESTS, status);
        });\n`;
      addFiles(project, { [file]: code });
      const output = node(['--no-experimental-require-module', file], project);
      if (output.trim() !== 'build-requests 404') throw new Error(`${file} printed:\n${output}`);
    });
  }
};
