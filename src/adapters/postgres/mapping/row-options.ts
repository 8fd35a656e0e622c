import * as z from 'zod';
import { flag, numberBetween, oneOf, options, text } from '../../../core/input/option-kinds.js';

/** A constant of the mapping. */
export const constant = z.union([z.string(), z.number(), z.boolean()], {
  error: 'give a text, a number, true or false',
});

const CONDITION = 'give exactly one of { equals: value }, { in: [value, value] } and { isNull: true }';

const condition = options({
  equals: constant.optional(),
  in: z
    .array(constant.nullable(), { error: "give a list of values: ['open', 'paused']" })
    .min(1, { error: 'give at least one value' })
    .optional(),
  isNull: flag().optional(),
}).superRefine((given, context) => {
  const [first, ...others] = Object.values(given);
  if (first !== undefined && others.length === 0) return;
  const wrong = others.length > 0 ? 'has several conditions' : 'has no condition';
  context.addIssue({ code: 'custom', params: { wrong }, message: CONDITION });
});

/** Conditions on rows, by the names of their columns. */
export const where = z
  .record(z.string(), condition, {
    error: 'give conditions by the names of their columns: { deleted_at: { isNull: true } }',
  })
  .optional();

/** Ten years. */
const MAX_DAYS = 3_650;

const reference = options({
  from: oneOf(
    'tenantId',
    'projectId',
    'automationVersionId',
    'automationId',
    'requestedBy',
    'slug',
    'category',
    'title',
    'now',
  ),
  otherwise: text('give an id as text').optional(),
  plusDays: numberBetween(0, MAX_DAYS).optional(),
}).superRefine(({ from, otherwise, plusDays }, context) => {
  const refuse = (key: string, only: string) =>
    context.addIssue({
      code: 'custom',
      path: [key],
      params: { wrong: `does not go with ${from}` },
      message: `leave it out, or give from: '${only}'`,
    });
  if (otherwise !== undefined && from !== 'requestedBy') refuse('otherwise', 'requestedBy');
  if (plusDays !== undefined && from !== 'now') refuse('plusDays', 'now');
});

/** What is written to a further column of a new task. */
export const taskValue = z.union([constant, reference], {
  error: "give a text, a number, true or false, or what is known of the task: { from: 'projectId' }",
});

/** Values for further columns, by their names. */
export const also = <Value extends z.ZodType>(value: Value) =>
  z.record(z.string(), value, { error: 'give values by the names of their columns' }).optional();
