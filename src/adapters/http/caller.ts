import * as z from 'zod';
import { idText } from '../../core/input/text.js';

/** The schema of `Caller`. */
export const callerSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('user'),
    tenantId: idText.nullable(),
    userId: idText,
    roles: z.array(z.string()).readonly(),
  }),
  z.object({ kind: z.literal('api_key'), tenantId: idText }),
]);

/** A person who is signed in, as `authenticate` returns them. */
export interface SignedIn {
  /** A person who is signed in. */
  readonly kind: 'user';
  /**
   * The tenant whose data the request reads and writes; for a staff member, the tenant they act for. `null`: they have chosen
   * none yet, and every route of a tenant answers 400 `tenant_required`.
   */
  readonly tenantId: string | null;
  /** Id of the person, of at most 200 characters. It is written to the audit log. */
  readonly userId: string;
  /** The person's roles. The option `roles` says what each may do. */
  readonly roles: readonly string[];
}

/** A person who is signed in and acts for a tenant. */
export interface ActingCaller extends SignedIn {
  /** The tenant whose data the request reads and writes. */
  readonly tenantId: string;
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

/**
 * Throws if `authenticate` returns anything but a caller, or an id that no table of the host's could have: such a mistake must
 * not admit anyone, and the client cannot fix it.
 */
export function readCaller(caller: Caller, isHostId: (id: string) => boolean): z.output<typeof callerSchema> {
  const read = callerSchema.safeParse(caller);
  if (!read.success)
    throw new TypeError(`\`authenticate\` must return a caller or \`null\`: ${z.prettifyError(read.error)}`);
  const { data } = read;
  const ids =
    data.kind === 'user' ? { tenantId: data.tenantId, userId: data.userId } : { tenantId: data.tenantId };
  const wrong = Object.entries(ids).flatMap(([name, id]) => (id === null || isHostId(id) ? [] : [name]));
  if (wrong.length === 0) return data;
  throw new TypeError(
    `\`authenticate\` must return ids of the kind that your tables have: ${wrong.join(' and ')} cannot be one of them.`,
  );
}
