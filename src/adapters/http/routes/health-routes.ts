import { ok } from 'neverthrow';
import { health, stats } from '../schemas/health-answers.js';
import { nothing } from '../schemas/inputs.js';
import { healthAnswer, statsAnswer } from './health-answer.js';
import { defineRouteOfNoTenant } from './route.js';

const ofInstallation = {
  method: 'GET',
  right: 'operate_builds',
  query: nothing,
  body: nothing,
  errors: [],
} as const;

export const getHealth = defineRouteOfNoTenant({
  ...ofInstallation,
  path: '/v1/admin/health',
  operationId: 'getHealth',
  summary: 'Returns the health of the whole installation. It is 200 whatever the health is.',
  answer: { status: 200, description: 'The health.', schema: health },
  handle: async (_asked, { builds }) => ok({ body: healthAnswer(await builds.health()) }),
});

export const getStats = defineRouteOfNoTenant({
  ...ofInstallation,
  path: '/v1/admin/stats',
  operationId: 'getStats',
  summary: 'Returns queue sizes, builds in flight and open circuit breakers of the whole installation.',
  answer: { status: 200, description: 'The figures.', schema: stats },
  handle: async (_asked, { builds }) => ok({ body: statsAnswer(await builds.stats()) }),
});
