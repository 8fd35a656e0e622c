import { ok } from 'neverthrow';
import { deadLetters, redriven } from '../schemas/dead-letter-answers.js';
import { deadLettersQuery, nothing, redriveBody } from '../schemas/inputs.js';
import { defineRoute } from './route.js';

export const listDeadLetters = defineRoute({
  method: 'GET',
  path: '/v1/admin/dead-letters',
  operationId: 'listDeadLetters',
  summary:
    'Lists the newest dead letters of the tenant: messages that are not handled again unless redriven.',
  right: 'operate_builds',
  query: deadLettersQuery,
  body: nothing,
  answer: { status: 200, description: 'The dead letters, newest first.', schema: deadLetters },
  errors: [],
  handle: async ({ caller: { tenantId }, query }, { builds }) => {
    const found = await builds.deadLetters({ tenantId, ...query });
    return ok({
      body: {
        // Without the body: a notification may hold what is for its recipient only.
        dead_letters: found.map(({ id, queue, deliveryCount, reason }) => ({
          id,
          queue,
          delivery_count: deliveryCount,
          reason,
        })),
      },
    });
  },
});

export const redriveDeadLetters = defineRoute({
  method: 'POST',
  path: '/v1/admin/dead-letters/redrive',
  operationId: 'redriveDeadLetters',
  summary: 'Redrives dead letters of the tenant: those named, or the oldest.',
  right: 'operate_builds',
  query: nothing,
  body: redriveBody,
  answer: { status: 200, description: 'The number of messages that wait again.', schema: redriven },
  errors: [],
  handle: async ({ caller: { tenantId }, body }, { builds }) =>
    ok({ body: { messages: await builds.redrive({ tenantId, ...body }) } }),
});
