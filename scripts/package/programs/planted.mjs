// Builds after something was planted: `node planted.mjs NAME before|after` the library is loaded.
import { createServer } from 'node:http';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const { memoryStore, runBuilds } = require('./one-build.cjs');
const { plants, unsupported } = require('./plants.cjs');

const [, , name, when] = process.argv;
const { exit, stdout, stderr } = process;
const plant = plants[name] ?? unsupported[name].plant;
try {
  if (when === 'before') plant();
  const entries = {
    core: await import('wrk-builds'),
    http: await import('wrk-builds/http'),
    memory: await import('wrk-builds/memory'),
    notify: await import('wrk-builds/notify'),
    testing: await import('wrk-builds/testing'),
    wrkHttp: await import('wrk-builds/wrk-http'),
  };
  if (when === 'after') plant();
  await runBuilds(entries, { createServer }, memoryStore(entries));
  stdout.write('built\n');
} catch (problem) {
  stderr.write(`${problem.message}\n${String(problem.stack)}\n`);
  exit(1);
}
