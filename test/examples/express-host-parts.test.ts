import { once } from 'node:events';
import type { RequestListener } from 'node:http';
import { connect } from 'node:net';
import express from 'express';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { healthRoutes } from '../../examples/express-host/health.js';
import { createLogger } from '../../examples/express-host/logger.js';
import { loginRoutes } from '../../examples/express-host/login.js';
import { createMetrics } from '../../examples/express-host/metrics.js';
import { createRateLimit } from '../../examples/express-host/rate-limit.js';
import { noSniff } from '../../examples/express-host/refuse.js';
import { serve } from '../../examples/express-host/serve.js';
import { readSettings } from '../../examples/express-host/settings.js';
import { startWrk } from '../../examples/express-host/stand-ins/wrk.js';

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
  const open = async (maxOfAddress: number, maxOfAccount = 100) => {
    const asked: string[] = [];
    const app = express()
      .set('trust proxy', 1)
      .use(
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
          rateLimitOfAccount: createRateLimit(maxOfAccount, LONG_MS),
        }),
      );
    const { url, stop } = await onAnyPort(app);
    onTestFinished(() => stop(0));
    const login = async (email: string, from = '192.0.2.1') => {
      const { status } = await fetch(`${url}/login`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-forwarded-for': from },
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

  it('B8 is slowed down for an account that many addresses try', async () => {
    const { login } = await open(10, 2);
    const tries = ['192.0.2.1', '192.0.2.2', '192.0.2.3'].map((from) => () => login('A@x.example', from));
    const statuses = [];
    for (const attempt of tries) statuses.push(await attempt());
    expect(statuses).toEqual([401, 401, 429]);
    expect(await login('b@x.example', '192.0.2.3')).toBe(401);
  });

  it('asks no database about an e-mail that none can hold', async () => {
    const { asked, login } = await open(10);
    expect(await login('a\u0000b@x.example')).toBe(400);
    expect(asked).toEqual([]);
  });
});

describe('the health routes of the Express host', () => {
  const openHealth = async (healthToken: string | null) => {
    let asked = 0;
    const stats = async () => {
      asked += 1;
      throw new Error('away');
    };
    const ready = async () => {
      asked += 1;
      throw new Error('away');
    };
    const health = () => Promise.reject(new Error('not asked'));
    const logger = createLogger('silent', { write: () => {} });
    const routes = healthRoutes({
      builds: { ready, health, stats },
      metrics: createMetrics(),
      logger,
      isStopping: () => false,
      healthToken,
      healthCacheMs: LONG_MS,
    });
    const { url, stop } = await onAnyPort(express().use(noSniff, routes));
    onTestFinished(() => stop(0));
    const look = async (path: string, headers: Record<string, string> = {}) => {
      const { status, headers: got } = await fetch(`${url}${path}`, { headers });
      expect(got.get('x-content-type-options')).toBe('nosniff');
      return status;
    };
    return { look, asked: () => asked };
  };

  it('B8 ask the database once in a while, however often they are asked', async () => {
    const { look, asked } = await openHealth(null);
    for (let time = 0; time < 5; time += 1)
      expect([await look('/readyz'), await look('/metrics')]).toEqual([503, 200]);
    expect(asked()).toBe(2);
  });

  it('B8 answer nobody who comes through a proxy, and nobody without the token where there is one', async () => {
    const local = await openHealth(null);
    const withToken = await openHealth('a-token-of-16-or-more');
    for (const path of ['/readyz', '/metrics']) {
      expect(await local.look(path, { 'x-forwarded-for': '127.0.0.1' })).toBe(403);
      expect(await withToken.look(path)).toBe(403);
      expect(await withToken.look(path, { authorization: 'Bearer another-token-it-is' })).toBe(403);
    }
    expect([local.asked(), withToken.asked()]).toEqual([0, 0]);
    expect(await withToken.look('/metrics', { authorization: 'Bearer a-token-of-16-or-more' })).toBe(200);
    expect(await local.look('/livez', { 'x-forwarded-for': '192.0.2.1' })).toBe(200);
  });
});

describe('the settings of the Express host', () => {
  const DATABASE_URL = 'postgres://127.0.0.1:1/none';

  it('B8 use a stand-in for WRK on a database of its own alone, unless told to', () => {
    expect(readSettings('host', { DATABASE_URL })).toBe(null);
    expect(readSettings('host', { DATABASE_URL, WRK_STAND_IN: 'yes' })).not.toBe(null);
    expect(readSettings('host', {})).not.toBe(null);
  });

  it.each([
    ['DATABASE_URL', { WRK_URL: 'https://wrk.example', WRK_TOKEN: 'token' }],
    ['WRK_URL', { DATABASE_URL }],
    ['WRK_URL', { DATABASE_URL, WRK_STAND_IN: 'yes' }],
    ['SEED', { DATABASE_URL, WRK_URL: 'https://wrk.example', WRK_TOKEN: 'token', SEED: 'yes' }],
  ])('refuses to start in production with a stand-in: %s of %j', (name, given) => {
    const complaints = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    onTestFinished(() => complaints.mockRestore());
    expect(readSettings('host', { NODE_ENV: 'production', ...given })).toBe(null);
    expect(complaints.mock.calls.flat().join()).toContain(`→ at ${name}`);
    expect(
      readSettings('host', {
        NODE_ENV: 'production',
        DATABASE_URL,
        WRK_URL: 'https://wrk.example',
        WRK_TOKEN: 'token',
      }),
    ).not.toBe(null);
  });

  it('B8 name workflows of the stand-in differently at each start', async () => {
    const idOf = async () => {
      const { url, token, close } = await startWrk();
      const response = await fetch(`${url}/wrk-api/workflows`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
        body: JSON.stringify({ name: 'a', blueprint: {}, tenant_id: 't' }),
      });
      const { workflow_id: id }: Record<string, unknown> = JSON.parse(await response.text());
      await close();
      return id;
    };
    const [first, second] = [await idOf(), await idOf()];
    expect(first).toMatch(/^wf_/);
    expect(second).not.toBe(first);
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
