import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { addFiles, makeProject } from './project.mjs';
import { run, step, versionOf } from './steps.mjs';

/** Versions of Next.js, the React that each needs, and how each leaves packages out of its bundles. */
const VERSIONS = [
  {
    next: '14',
    react: '18',
    config: (names) => ({
      experimental: { instrumentationHook: true, serverComponentsExternalPackages: names },
    }),
  },
  { next: '15', react: '19', config: (names) => ({ serverExternalPackages: names }) },
];

const files = {
  'app/build/route.js': { program: 'next-route.js' },
  'app/layout.js': 'export default ({ children }) => <html lang="en"><body>{children}</body></html>;\n',
  'instrumentation.js': `export async function register() {
  if (process.env.NEXT_RUNTIME === 'nodejs') globalThis.ofInstrumentation = await import('wrk-builds/notify');
}\n`,
  'one-build.cjs': { program: 'one-build.cjs' },
};

const NEXT = 'node_modules/next/dist/bin/next';
const SETTINGS = { NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1' };

/** Starts what was built; gives its address, and a function that stops it. */
const start = async (program, project, env) => {
  const server = spawn(program, [NEXT, 'start', '-p', '0', '-H', '127.0.0.1'], {
    cwd: project,
    env: { ...process.env, ...SETTINGS, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const closed = once(server, 'close');
  let url;
  for await (const line of createInterface({ input: server.stdout })) {
    url ??= /http:\/\/127\.0\.0\.1:\d+/.exec(line)?.[0];
    if (line.includes('Ready in')) break;
  }
  server.stdout.resume();
  return { url, stop: () => server.kill('SIGKILL') && closed };
};

/**
 * Builds in a route handler of Next.js, of each version or `only` of one, on this Node or on `program`. Its bundler is webpack, and
 * has the library inside the bundle; with `all`, outside of it as well, where it is loaded like anywhere else.
 */
export const checkNext = async (
  tarball,
  folder,
  databaseUrl,
  { all = false, only = null, program = process.execPath },
) => {
  const places = [
    ['inside its bundle', []],
    ['outside of its bundle', ['wrk-builds']],
  ].slice(0, all ? 2 : 1);
  for (const { next, react, config } of VERSIONS.filter((each) => [null, each.next].includes(only))) {
    const packages = [
      tarball,
      `next@${next}`,
      `react@${react}`,
      `react-dom@${react}`,
      `pg@${versionOf('pg')}`,
    ];
    const project = makeProject(join(folder, `next-${next}`), packages, files);
    for (const [where, external] of places) {
      await step(`it builds in a route of Next.js ${next}, ${where}`, async () => {
        const settings = { ...config(external), eslint: { ignoreDuringBuilds: true } };
        addFiles(project, { 'next.config.mjs': `export default ${JSON.stringify(settings)};\n` });
        run(program, [NEXT, 'build'], project, SETTINGS);
        const { url, stop } = await start(program, project, { DATABASE_URL: databaseUrl });
        try {
          for (const query of ['', '?postgres']) {
            const answer = await fetch(`${url}/build${query}`);
            const said = await answer.text();
            if (!said.startsWith('built')) throw new Error(`It answered ${answer.status} ${said}`);
          }
        } finally {
          await stop();
        }
      });
    }
  }
};
