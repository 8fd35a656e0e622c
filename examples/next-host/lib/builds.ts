import pg from 'pg';
import { createBuilds } from 'wrk-builds';
import { type BuildsHandler, createBuildsHandler } from 'wrk-builds/http';
import { nodePostgres, postgres } from 'wrk-builds/postgres';
import { secret, wrkHttp } from 'wrk-builds/wrk-http';
import { authenticate } from './session';
import { setting } from './setting';

let handler: BuildsHandler | null = null;

/** Made at the first request: `next build` loads this file too, and has no settings. */
export const builds = (request: Request, context: { readonly basePath: string }): Promise<Response> => {
  handler ??= wire();
  return handler(request, context);
};

function wire(): BuildsHandler {
  const pool = new pg.Pool({ connectionString: setting('DATABASE_URL') });
  pool.on('error', ({ message }) => console.error(message));
  const storage = postgres(nodePostgres(pool));
  return createBuildsHandler({
    authenticate,
    roles: { operate_builds: ['ops_build'] },
    allowedOrigins: [setting('APP_ORIGIN')],
    builds: createBuilds({
      ...storage,
      wrk: wrkHttp({
        baseUrl: setting('WRK_URL'),
        token: secret(setting('WRK_TOKEN')),
        duplicates: { by: 'idempotency-key' },
        workflowUrlHosts: [setting('WRK_APP_HOST')],
      }),
      // People are told by the workers, which run in processes of their own and migrate: see examples/worker.
      notifiers: { inApp: storage.inAppNotifier, email: { deliver: onlyInWorkers } },
      resolveRecipients: onlyInWorkers,
    }),
  });
}

const onlyInWorkers = () => Promise.reject(new Error('Only workers tell people of builds.'));
