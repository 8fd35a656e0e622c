import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto';

const BYTES = 32;
/** Takes 32 MB and about 0.1 s: much for whoever tries passwords, little for whoever signs in. */
const COST = { N: 2 ** 15, r: 8, p: 1, maxmem: 2 ** 26 };

/** A password as it is stored: a new salt each time, and what was used to hash it. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  const hash = await derive(password, salt, COST);
  return ['scrypt', COST.N, COST.r, COST.p, salt.toString('hex'), hash.toString('hex')].join('$');
}

/** Whether the password is the one that was stored. */
export async function isPassword(password: string, stored: string): Promise<boolean> {
  const [kind, N, r, p, salt, hash] = stored.split('$');
  if (kind !== 'scrypt' || salt === undefined || hash === undefined) return false;
  const cost = { ...COST, N: Number(N), r: Number(r), p: Number(p) };
  const wanted = Buffer.from(hash, 'hex');
  const given = await derive(password, Buffer.from(salt, 'hex'), cost);
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}

function derive(password: string, salt: Buffer, cost: ScryptOptions): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(password.normalize(), salt, BYTES, cost, (problem, key) =>
      problem ? reject(problem) : resolve(key),
    );
  });
}
