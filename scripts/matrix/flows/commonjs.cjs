const { createServer } = require('node:http');
const { memoryStore, runBuilds } = require('./one-build.cjs');

const entries = {
  core: require('wrk-builds'),
  http: require('wrk-builds/http'),
  memory: require('wrk-builds/memory'),
  notify: require('wrk-builds/notify'),
  testing: require('wrk-builds/testing'),
  wrkHttp: require('wrk-builds/wrk-http'),
};
runBuilds(entries, { createServer }, memoryStore(entries)).catch((problem) => {
  console.error(problem);
  process.exitCode = 1;
});
