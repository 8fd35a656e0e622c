import * as z from 'zod';
import { named } from './registry.js';

const deadLetter = named(
  'DeadLetter',
  z.object({
    id: z.string(),
    queue: z.enum(['build-requests', 'notifications']),
    delivery_count: z.int().describe('How often a worker was given the message.'),
    reason: z.string().describe('Why it was given up, for people.'),
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
      .describe('How many wait again. One for which the same message already waits is dropped.'),
  }),
  'What was given back to the workers.',
  { messages: 1 },
);
