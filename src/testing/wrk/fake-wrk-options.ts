import * as z from 'zod';
import { baseUrlOption } from '../../adapters/wrk-http/options.js';
import { callback, flag, having, milliseconds, oneOf, options, text } from '../../core/input/option-kinds.js';
import { readOptions } from '../../core/input/read-options.js';

const fake = having<Readonly<Record<'take' | 'find', unknown>>>(
  ['take', 'find'],
  'give a fake WRK: createFakeWrk()',
);
const front = { referenceHeader: text('give the name of a header').optional() };
const PORT = 'give a port from 0 to 65535, where 0 is any free one';

const fakeSchema = options({
  honoursKeys: flag().optional(),
  replaysFailures: flag().optional(),
  refusesKnownReferences: flag().optional(),
  token: text().optional(),
  latencyMs: milliseconds(0).optional(),
  keepsBodies: flag().optional(),
  idPrefix: text().optional(),
  now: callback().optional(),
});

const duplicates = z.discriminatedUnion(
  'by',
  [
    options({ by: z.literal('idempotency-key') }),
    options({ by: z.literal('lookup'), settleMs: milliseconds(0) }),
    options({ by: z.literal('nothing'), onUnknownOutcome: oneOf('retry', 'stop') }),
  ],
  {
    error:
      "say what the fake offers: { by: 'idempotency-key' }, { by: 'lookup', settleMs } or { by: 'nothing', onUnknownOutcome: 'retry' | 'stop' }",
  },
);

const clientSchema = options({
  fake,
  options: options({
    duplicates,
    verifies: flag().optional(),
    token: text().optional(),
    deadlineMs: milliseconds().optional(),
    sleep: callback().optional(),
  }),
});

const serverSchema = options({
  fake,
  options: options({
    ...front,
    port: z.int({ error: PORT }).min(0, { error: PORT }).max(65_535, { error: PORT }).optional(),
  }),
});

const handlerSchema = options({ fake, baseUrl: baseUrlOption, options: options(front) });

const A_BEHAVIOUR = 'give wrkBehaviour.creates(), or another behaviour that was called';
const behavioursSchema = options({
  behaviours: z.array(
    z.looseObject(
      { creates: z.boolean({ error: A_BEHAVIOUR }), ending: z.looseObject({}, { error: A_BEHAVIOUR }) },
      { error: A_BEHAVIOUR },
    ),
  ),
});
const ruleSchema = options({ rule: callback('give a function from a call to its behaviour') });

/** Refuses options of `createFakeWrk`, as the others below those of their function: with a TypeError that lists what is wrong. */
export function checkFakeWrkOptions(given: unknown): void {
  readOptions('createFakeWrk', fakeSchema, given);
}

export function checkFakeWrkClient(given: unknown, chosen: unknown): void {
  readOptions('fakeWrkClient', clientSchema, { fake: given, options: chosen });
}

export function checkFakeWrkServer(given: unknown, chosen: unknown): void {
  readOptions('startFakeWrkServer', serverSchema, { fake: given, options: chosen });
}

export function checkFakeWrkHandlers(given: unknown, baseUrl: unknown, chosen: unknown): void {
  readOptions('fakeWrkHandlers', handlerSchema, { fake: given, baseUrl, options: chosen });
}

export function checkBehaviours(behaviours: readonly unknown[]): void {
  readOptions('script', behavioursSchema, { behaviours });
}

export function checkRule(rule: unknown): void {
  readOptions('otherwise', ruleSchema, { rule });
}
