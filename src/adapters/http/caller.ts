import * as z from 'zod';
import { idText } from '../../core/input/text.js';

/** The schema of `Caller`. */
export const callerSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('user'),
    tenantId: idText,
    userId: idText,
    roles: z.array(z.string()).readonly(),
  }),
  z.object({ kind: z.literal('api_key'), tenantId: idText }),
]);

/** A person who is signed in, as `authenticate` returns them. */
export interface SignedIn {
  /** A person who is signed in. */
  readonly kind: 'user';
  /** The tenant whose data the request reads and writes; for a staff member, the tenant they act for. */
  readonly tenantId: string;
  /** Id of the person, of at most 200 characters. It is written to the audit log. */
  readonly userId: string;
  /** The person's roles. The option `roles` says what each may do. */
  readonly roles: readonly string[];
}

/** A customer's program, which has no rights here. */
interface ApiKey {
  /** A customer's program. */
  readonly kind: 'api_key';
  /** The tenant that the key belongs to. */
  readonly tenantId: string;
}

/** The caller, as returned by the host's `authenticate`. */
export type Caller = SignedIn | ApiKey;

/** Throws if `authenticate` returns anything but a caller: such a mistake must not admit anyone. */
export function readCaller(caller: Caller): z.output<typeof callerSchema> {
  const read = callerSchema.safeParse(caller);
  if (read.success) return read.data;
  throw new TypeError(`\`authenticate\` must return a caller or \`null\`: ${z.prettifyError(read.error)}`);
}
