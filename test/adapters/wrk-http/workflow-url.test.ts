import { describe, expect, it } from 'vitest';
import { workflowUrlRule } from '../../../src/adapters/wrk-http/answer-body.js';
import { wrkHttp } from '../../../src/adapters/wrk-http/wrk-http.js';

const overHttps = workflowUrlRule(new URL('https://api.wrk.example'), undefined);
const onLoopback = workflowUrlRule(new URL('http://127.0.0.1:4000'), undefined);
const inside = workflowUrlRule(new URL('http://wrk.internal:8080'), undefined);
const listed = workflowUrlRule(new URL('https://api.wrk.example'), ['app.wrk.example', '*.Flows.example']);

describe('workflowUrlRule', () => {
  it.each([
    'https://app.wrk.example/workflows/1?tab=runs#top',
    'https://anywhere.example',
    'HTTPS://APP.WRK.EXAMPLE/1',
    'https://bücher.example/ä',
  ])('believes %s by default', (url) => {
    expect(overHttps(url)).toBe(true);
  });

  it.each([
    '',
    'workflows/1',
    '//app.wrk.example/1',
    'javascript:alert(1)',
    'data:text/html,x',
    'ftp://app.wrk.example/',
    'https:app.wrk.example/',
    'https://',
    'https://user@app.wrk.example/',
    'https://user:password@app.wrk.example/',
    'https://app.wrk.example\\@evil.example/',
    ' https://app.wrk.example/',
    'https://app.wrk.example/a b',
    'https://app.wrk.example/\n',
    'https://app.wrk.example/\u0000',
    'https://app.wrk.example/\u202egnp.exe',
    'https://app.wrk.example/\ud800',
    `https://app.wrk.example/${'x'.repeat(2048)}`,
    'http://app.wrk.example/',
    'http://localhost/',
    'http://127.0.0.1:9200/',
  ])('does not believe %j', (url) => {
    expect(overHttps(url)).toBe(false);
  });

  it('believes plain http on any loopback address where WRK itself is on one', () => {
    expect(['http://127.0.0.1:4000/1', 'http://localhost:3000/1', 'http://[::1]/1'].map(onLoopback)).toEqual([
      true,
      true,
      true,
    ]);
    expect(onLoopback('http://127.0.0.1.evil.example/')).toBe(false);
  });

  it('believes plain http on WRK’s own host where we talk it ourselves, and nowhere else', () => {
    expect(inside('http://wrk.internal:8080/1')).toBe(true);
    expect(inside('http://wrk.internal:9090/1')).toBe(false);
    expect(inside('http://localhost/1')).toBe(false);
    expect(inside('https://app.wrk.example/1')).toBe(true);
  });

  it('believes the listed hosts alone, where a list is given', () => {
    expect(listed('https://app.wrk.example/1')).toBe(true);
    expect(listed('https://a.b.flows.example/1')).toBe(true);
    expect(listed('https://api.wrk.example/1')).toBe(false);
    expect(listed('https://flows.example/1')).toBe(false);
    expect(listed('https://evilflows.example/1')).toBe(false);
    expect(listed('https://app.wrk.example.evil.example/1')).toBe(false);
  });
});

describe('a client over HTTP', () => {
  it('tells whether people may be sent to an address, by the hosts that it was given', () => {
    const client = wrkHttp({
      baseUrl: 'https://api.wrk.example',
      duplicates: { by: 'idempotency-key' },
      workflowUrlHosts: ['app.wrk.example'],
    });
    expect(client.isWorkflowUrlAllowed?.('https://app.wrk.example/1')).toBe(true);
    expect(client.isWorkflowUrlAllowed?.('https://evil.example/1')).toBe(false);
  });
});
