import { once } from 'node:events';
import type { RequestListener } from 'node:http';
import { connect } from 'node:net';
import express from 'express';
import { describe, expect, it, onTestFinished } from 'vitest';
import { loginRoutes } from '../../examples/express-host/login.js';
import { createRateLimit } from '../../examples/express-host/rate-limit.js';
import { serve } from '../../examples/express-host/serve.js';
import { readSettings } from '../../examples/express-host/settings.js';

const LONG_MS = 60_000;
const onAnyPort = (listener: RequestListener) => serve({ port: 0, address: '127.0.0.1' }, () => listener);
const portOf = (url: string) => Number(new URL(url).port);

describe('the server of the Express host, when it stops,', () => {
  it('waits for no connection that has never asked for anything', async () => {
    const { url, stop } = await onAnyPort((_request, response) => response.end());
    const ahead = connect(portOf(url), '127.0.0.1');
    await once(ahead, 'connect');
    // An answer on another connection: by now the server knows of this one.
    await fetch(url, { headers: { connection: 'close' } });
    await Promise.all([once(ahead.resume(), 'close'), stop(LONG_MS)]);
  });

  it('breaks off an event stream that begins only then', async () => {
    let begin = () => {};
    const { url, stop } = await onAnyPort((_request, response) => {
      begin = () => response.setHeader('content-type', 'text/event-stream').write('id: 1\n\n');
    });
    const untouched = begin;
    const heard = fetch(url)
      .then((response) => response.text())
      .catch((problem: unknown) => problem);
    await expect.poll(() => begin !== untouched).toBe(true);
    const stopped = stop(LONG_MS);
    begin();
    expect(await heard).toBeInstanceOf(Error);
    await stopped;
  });
});

describe('signing in to the Express host', () => {
  const open = async (maxOfAddress: number) => {
    const asked: string[] = [];
    const app = express().use(
      loginRoutes({
        people: {
          byId: async () => null,
          byEmail: async (email) => {
            asked.push(email);
            return null;
          },
          isTenant: async () => false,
          tenantOfKey: async () => null,
        },
        isOwnOrigin: () => true,
        rateLimit: createRateLimit(10, LONG_MS),
        rateLimitOfAddress: createRateLimit(maxOfAddress, LONG_MS),
      }),
    );
    const { url, stop } = await onAnyPort(app);
    onTestFinished(() => stop(0));
    const login = async (email: string) => {
      const { status } = await fetch(`${url}/login`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ email, password: 'guess' }),
      });
      return status;
    };
    return { asked, login };
  };

  it('is slowed down for an address that tries one e-mail after the other', async () => {
    const { asked, login } = await open(2);
    expect([await login('a@x.example'), await login('b@x.example'), await login('c@x.example')]).toEqual([
      401, 401, 429,
    ]);
    expect(asked).toEqual(['a@x.example', 'b@x.example']);
  });

  it('asks no database about an e-mail that none can hold', async () => {
    const { asked, login } = await open(10);
    expect(await login('a\u0000b@x.example')).toBe(400);
    expect(asked).toEqual([]);
  });
});

describe('the origins in the settings of the Express host', () => {
  it('are those that browsers send, with or without a slash at the end', () => {
    const settings = readSettings('host', { ORIGINS: 'https://app.example/, http://Localhost:8080' });
    expect(settings?.ORIGINS).toEqual(['https://app.example', 'http://localhost:8080']);
  });

  it('are never that of a page that has none', () => {
    expect(readSettings('host', { ORIGINS: 'data:text/html,x' })).toBe(null);
  });
});
