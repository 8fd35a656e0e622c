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
 * The caller, as returned by the host's `authenticate`. The request reads and writes only the tenant `tenantId`; for a
 * staff member, it is the tenant they act for. `api_key` is a customer's program, which has no rights here.
 *
 * `byCookie` (default `false`): the browser attaches the credentials automatically, so a foreign page could use them.
 * Changes then require an `Origin` listed in `allowedOrigins`.
 */
export type Caller = z.input<typeof callerSchema>;

/** A person who is signed in. */
export type SignedIn = Extract<z.output<typeof callerSchema>, { readonly kind: 'user' }>;

/** Throws if `authenticate` returns anything but a caller: such a mistake must not admit anyone. */
export function readCaller(caller: Caller): z.output<typeof callerSchema> {
  const read = callerSchema.safeParse(caller);
  if (read.success) return read.data;
  throw new TypeError(`\`authenticate\` must return a caller or \`null\`: ${z.prettifyError(read.error)}`);
}
