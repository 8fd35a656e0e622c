import fastify, { type FastifyInstance } from 'fastify';
import { type BuildsHandler, nodeListener } from 'wrk-builds/http';

/** An application on Fastify with the builds below `basePath`. Other routes keep Fastify's parsers. */
export function createFastify(builds: BuildsHandler, basePath = '/api'): FastifyInstance {
  const app = fastify();
  const listener = nodeListener(builds);
  app.register(async (scope) => {
    // The builds read bodies themselves, and answer in their own words to one that is not valid JSON.
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', (_request, _payload, done) => done(null));
    scope.all(`${basePath}/v1/*`, async (request, reply) => {
      reply.hijack();
      await listener(request.raw, reply.raw, { basePath });
    });
  });
  return app;
}

/** The same where Fastify's own parser has read the body: what it made of it goes along. */
export function createFastifyWithParser(builds: BuildsHandler, basePath = '/api'): FastifyInstance {
  const app = fastify();
  const listener = nodeListener(builds);
  app.all(`${basePath}/v1/*`, async (request, reply) => {
    reply.hijack();
    await listener(request.raw, reply.raw, { basePath, parsedBody: request.body });
  });
  return app;
}
