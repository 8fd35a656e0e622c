import * as z from 'zod';
import { idText } from '../../core/input/text.js';

const callerSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('user'),
    tenantId: idText,
    userId: idText,
    roles: z.array(z.string()).readonly(),
    byCookie: z.boolean().default(false),
  }),
  z.object({ kind: z.literal('api_key'), tenantId: idText }),
]);

/**
 * Who asks, as the host's `authenticate` found. `tenantId` is the only tenant that the request reads and writes; a
 * member of staff is given the one that they act for. `api_key` is a program of a customer: it may do nothing here.
 *
 * `byCookie` (default false): the browser sends the credentials by itself, so that a foreign page could have them sent;
 * changes then need an `Origin` that `allowedOrigins` names.
 */
export type Caller = z.input<typeof callerSchema>;

/** A person who is signed in. */
export type SignedIn = Extract<z.output<typeof callerSchema>, { readonly kind: 'user' }>;

/** Throws where `authenticate` answers with something else than a caller: nobody must get in by such a mistake. */
export function readCaller(caller: Caller): z.output<typeof callerSchema> {
  const read = callerSchema.safeParse(caller);
  if (read.success) return read.data;
  throw new TypeError(`\`authenticate\` returned no caller: ${z.prettifyError(read.error)}`);
}
