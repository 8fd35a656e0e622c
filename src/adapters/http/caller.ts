import * as z from 'zod';
import { idText } from '../../core/input/text.js';

/** The schema of `Caller`. */
export const callerSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('user'),
    tenantId: idText,
    userId: idText,
    roles: z.array(z.string()).readonly(),
    byCookie: z.boolean().default(false),
  }),
  z.object({ kind: z.literal('api_key'), tenantId: idText }),
]);

/** A person, as `authenticate` returns them. */
interface SignedInUser {
  /** A person who is signed in. */
  readonly kind: 'user';
  /** The tenant whose data the request reads and writes; for a staff member, the tenant they act for. */
  readonly tenantId: string;
  /** Id of the person, of at most 200 characters. It is written to the audit log. */
  readonly userId: string;
  /** The person's roles. The option `roles` says what each may do. */
  readonly roles: readonly string[];
  /**
   * Whether the browser attaches the credentials automatically, so that a foreign page could use them. Changes then require
   * an `Origin` listed in `allowedOrigins`.
   *
   * @default false
   */
  readonly byCookie?: boolean | undefined;
}

/** A customer's program, which has no rights here. */
interface ApiKey {
  /** A customer's program. */
  readonly kind: 'api_key';
  /** The tenant that the key belongs to. */
  readonly tenantId: string;
}

/** The caller, as returned by the host's `authenticate`. */
export type Caller = SignedInUser | ApiKey;

/** A person who is signed in. */
export interface SignedIn extends SignedInUser {
  readonly byCookie: boolean;
}

/** Throws if `authenticate` returns anything but a caller: such a mistake must not admit anyone. */
export function readCaller(caller: Caller): z.output<typeof callerSchema> {
  const read = callerSchema.safeParse(caller);
  if (read.success) return read.data;
  throw new TypeError(`\`authenticate\` must return a caller or \`null\`: ${z.prettifyError(read.error)}`);
}
