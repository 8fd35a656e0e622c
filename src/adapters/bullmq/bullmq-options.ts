import { having, options, text } from '../../core/input/option-kinds.js';
import { readOptions } from '../../core/input/read-options.js';

const CLASSES = 'give the classes of your BullMQ: { Queue, Worker, QueueEvents }';
const CONNECTION = 'give an ioredis instance, or ioredis options';

/** BullMQ refuses other connections, but not before the first claim. */
const retriesForever = (connection: unknown) => {
  const chosen: unknown = Reflect.get(Object(connection), 'options');
  const retries: unknown = Reflect.get(Object(chosen), 'maxRetriesPerRequest');
  return retries === undefined || retries === null;
};

const bullmqSchema = options({
  classes: having<{ Queue: unknown; Worker: unknown }>(['Queue', 'Worker'], CLASSES).refine(
    (classes) => ['function', 'undefined'].includes(typeof Reflect.get(Object(classes), 'QueueEvents')),
    { params: { wrong: 'has a QueueEvents that is not a class' }, error: CLASSES },
  ),
  options: options({
    connection: having<object>([], CONNECTION).refine(retriesForever, {
      params: { wrong: 'gives up on commands, which BullMQ refuses' },
      error: 'make it with maxRetriesPerRequest: null',
    }),
    prefix: text().default('wrk-builds'),
  }),
});

/** Reads the options of `bullmq`. Throws a TypeError that lists what is wrong. */
export function readBullmqOptions(classes: unknown, chosen: unknown): { readonly prefix: string } {
  return readOptions('bullmq', bullmqSchema, { classes, options: chosen }).options;
}
