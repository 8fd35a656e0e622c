import * as z from 'zod';
import { options, text } from '../../../core/input/option-kinds.js';
import { readOptions } from '../../../core/input/read-options.js';

/** What a handler and `openApiDocument` may be told of a document. */
export const documentShape = {
  title: text().optional(),
  securitySchemes: z
    .record(z.string(), z.looseObject({}), { error: 'give security schemes by their names' })
    .optional(),
};

/** Nothing, a path without a slash at its end, or a URL. */
const SERVER = /^(?:https?:\/\/[^\s?#]*[^\s?#/]|(?:\/[^\s/?#]+)*)$/;
const SERVER_WANTED = "give a path or a URL without a trailing slash: '/api', 'https://api.example.com'";

const documentSchema = options({
  ...documentShape,
  basePath: z.string({ error: SERVER_WANTED }).regex(SERVER, { error: SERVER_WANTED }).optional(),
});

/** Refuses options that `openApiDocument` cannot use. Throws a TypeError that lists what is wrong. */
export function checkDocumentOptions(given: unknown): void {
  readOptions('openApiDocument', documentSchema, given);
}
