import * as z from 'zod';
import { BUILD_REQUESTS, NOTIFICATIONS } from '../../../core/build/messages.js';
import { named } from './registry.js';

const deadLetter = named(
  'DeadLetter',
  z.object({
    id: z.string(),
    queue: z.enum([BUILD_REQUESTS, NOTIFICATIONS]),
    delivery_count: z.int().describe('The number of times that a worker received the message.'),
    reason: z.string().describe('Why it was given up. For people.'),
  }),
  'A message that is not handled again unless it is redriven.',
);

export const deadLetters = named(
  'DeadLetters',
  z.object({ dead_letters: z.array(deadLetter) }),
  'The newest dead letters of the tenant.',
  {
    dead_letters: [
      {
        id: '4711',
        queue: 'notifications',
        delivery_count: 1,
        reason: 'nobody receives qa_ready',
      },
    ],
  },
);

export const redriven = named(
  'Redriven',
  z.object({
    messages: z
      .int()
      .describe(
        'The number of messages that wait again. A message is dropped if the same one is already waiting.',
      ),
  }),
  'The result of a redrive.',
  { messages: 1 },
);
