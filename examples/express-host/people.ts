import { createHash } from 'node:crypto';
import type pg from 'pg';

/** Somebody who may sign in. */
interface Person {
  readonly id: string;
  readonly tenantId: string;
  readonly email: string;
  readonly name: string;
  readonly roles: readonly string[];
  readonly isStaff: boolean;
}

/** Who is who, from the host's tables. Whoever was made inactive is nobody at once. */
export interface People {
  readonly byId: (id: string) => Promise<Person | null>;
  /** With the hash of the password. */
  readonly byEmail: (email: string) => Promise<(Person & { readonly passwordHash: string }) | null>;
  readonly isTenant: (id: string) => Promise<boolean>;
  /** The tenant whose key it is; `null`: nobody's, or a revoked one. */
  readonly tenantOfKey: (key: string) => Promise<string | null>;
}

const COLUMNS = 'id, tenant_id as "tenantId", email, name, roles, is_staff as "isStaff"';

/** Poller people up. */
export function peopleIn(pool: pg.Pool): People {
  const first = async <Row extends pg.QueryResultRow>(text: string, values: readonly unknown[]) => {
    const { rows } = await pool.query<Row>(text, [...values]);
    return rows[0] ?? null;
  };
  return {
    byId: (id) => first<Person>(`select ${COLUMNS} from host.people where id = $1 and is_active`, [id]),
    byEmail: (email) =>
      first<Person & { passwordHash: string }>(
        `select ${COLUMNS}, password_hash as "passwordHash"
           from host.people where lower(email) = lower($1) and is_active`,
        [email],
      ),
    isTenant: async (id) => (await first('select from host.tenants where id = $1', [id])) !== null,
    tenantOfKey: async (key) => {
      const found = await first<{ tenantId: string }>(
        'select tenant_id as "tenantId" from host.api_keys where key_hash = $1 and revoked_at is null',
        [hashKey(key)],
      );
      return found?.tenantId ?? null;
    },
  };
}

/** An API key as it is stored. It is long and random, so that no salt and no slow hash is wanted. */
export function hashKey(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}
