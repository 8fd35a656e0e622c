import { describe, expect, it } from 'vitest';
import { isRefusal } from '../../../src/adapters/postgres/errors/refusal.js';

const withCode = (code: unknown) => Object.assign(new Error('a problem'), { code });

describe('a statement', () => {
  it.each([
    ['a uuid that is none', '22P02'],
    ['a unique index', '23505'],
    ['a serialization failure', '40001'],
    ['a deadlock', '40P01'],
    ['a missing table', '42P01'],
    ['a lock that was not available', '55P03'],
    ['a statement timeout', '57014'],
    ['too many connections', '53300'],
    ['an internal error', 'XX000'],
  ])('was refused by the server because of %s (%s): nothing of it is written', (_, code) => {
    expect(isRefusal(withCode(code))).toBe(true);
  });

  it.each([
    ['the connection was lost', '08006'],
    ['the protocol was violated', '08P01'],
    ['an administrator ended the session', '57P01'],
    ['the server crashed', '57P02'],
    ['the server cannot be connected to now', '57P03'],
    ['the server itself does not know whether it came through', '40003'],
    ['the socket was reset', 'ECONNRESET'],
    ['nobody listens', 'ECONNREFUSED'],
    ['the pipe is broken', 'EPIPE'],
    ['the address does not exist', 'ENOTFOUND'],
    ['no code came with it', undefined],
    ['a number came with it', 23505],
  ])('may have been written when %s (%s)', (_, code) => {
    expect(isRefusal(withCode(code))).toBe(false);
  });

  it.each([null, undefined, '23505', 23505])('may have been written when %s was thrown', (thrown) => {
    expect(isRefusal(thrown)).toBe(false);
  });
});
