import { randomBytes } from 'node:crypto';
import type pg from 'pg';
import { hashPassword } from '../passwords.js';
import { hashKey } from '../people.js';

const TENANT_ID = '5eed0000-0000-4000-8000-000000000001';
/** Where staff belong: they build for the others. */
const STAFF_TENANT_ID = '5eed0000-0000-4000-8000-000000000002';

/** Who there is to try the host with. */
export interface SeededPeople {
  readonly tenantId: string;
  readonly ops: { readonly id: string; readonly email: string };
  readonly staff: { readonly email: string };
  readonly owner: { readonly id: string };
  /** Of everybody; another one at each start, so that no database has accounts with published passwords. */
  readonly password: string;
  /** A customer's key. */
  readonly apiKey: string;
}

/** Makes the people, or gives those of an earlier start a new password. */
export async function insertPeople(pool: pg.Pool): Promise<SeededPeople> {
  await pool.query(
    `insert into host.tenants (id, name) values ($1, 'Acme'), ($2, 'The builders') on conflict (id) do nothing`,
    [TENANT_ID, STAFF_TENANT_ID],
  );
  const password = randomBytes(9).toString('base64url');
  const passwordHash = await hashPassword(password);
  const person = async (tenantId: string, email: string, name: string, role: string, isStaff: boolean) => {
    const { rows } = await pool.query<{ id: string }>(
      `insert into host.people (tenant_id, email, name, password_hash, roles, is_staff)
       values ($1, $2, $3, $4, $5, $6)
       on conflict (lower(email)) do update set password_hash = excluded.password_hash
       returning id`,
      [tenantId, email, name, passwordHash, [role], isStaff],
    );
    const [row] = rows;
    if (row === undefined) throw new Error('An insert that returns nothing.');
    return { id: row.id, email };
  };
  const ops = await person(TENANT_ID, 'olga@acme.example', 'Olga', 'ops_build', false);
  const owner = await person(TENANT_ID, 'petra@acme.example', 'Petra', 'project_owner', false);
  await person(TENANT_ID, 'clara@acme.example', 'Clara', 'client', false);
  const staff = await person(STAFF_TENANT_ID, 'sven@builders.example', 'Sven', 'ops_build', true);

  const apiKey = `key_${randomBytes(24).toString('base64url')}`;
  await pool.query('insert into host.api_keys (tenant_id, key_hash) values ($1, $2)', [
    TENANT_ID,
    hashKey(apiKey),
  ]);
  return { tenantId: TENANT_ID, ops, staff, owner, password, apiKey };
}
