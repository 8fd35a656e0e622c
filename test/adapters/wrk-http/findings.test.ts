import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  MAX_FINDING_LENGTH,
  MAX_FINDINGS,
  readFindings,
} from '../../../src/adapters/wrk-http/answer-body.js';
import { anyText } from '../../support/any-text.js';

const asIs = (text: string) => text;
const findingsOf = (body: unknown) => readFindings(JSON.stringify(body), asIs);

describe('readFindings', () => {
  it.each<[shape: string, body: unknown, findings: string[]]>([
    ['a list of strings', { errors: ['a', 'b'] }, ['a', 'b']],
    ['a list under findings', { findings: ['a'] }, ['a']],
    ['a list under details', { details: ['a'] }, ['a']],
    ['a lone message', { message: 'a' }, ['a']],
    ['a lone error', { error: 'a', status: 400 }, ['a']],
    ['a message before its list', { message: 'bad', errors: ['a'] }, ['bad', 'a']],
    ['the same sentence twice', { message: 'a', errors: ['a', 'a'] }, ['a']],
    [
      'paths with messages',
      { errors: [{ path: 'nodes.0.type', message: 'missing' }] },
      ['nodes.0.type: missing'],
    ],
    [
      'paths in parts',
      { detail: [{ loc: ['body', 'nodes', 0], msg: 'missing' }] },
      ['body.nodes.0: missing'],
    ],
    [
      'a problem document',
      { type: 'about:blank', title: 'Bad', detail: 'no nodes', status: 422 },
      ['no nodes'],
    ],
    [
      'a map of fields',
      { errors: { nodes: ['too few', 'too plain'], edges: 'none' } },
      ['nodes: too few', 'nodes: too plain', 'edges: none'],
    ],
    [
      'a nested error',
      { error: { code: 'X', message: 'bad', details: [{ reason: 'no edge' }] } },
      ['bad', 'no edge'],
    ],
    ['a bare list', ['a', { message: 'b' }], ['a', 'b']],
    ['a bare string', 'a', ['a']],
    ['nothing that has a meaning', { status: 400, code: 'BAD' }, []],
    ['a number', 42, []],
    ['null', null, []],
  ])('reads %s', (_shape, body, findings) => {
    expect(findingsOf(body)).toEqual(findings);
  });

  it('reads plain text, and not the pages of a proxy', () => {
    expect(readFindings('node n1 has no type', asIs)).toEqual(['node n1 has no type']);
    expect(readFindings('  <html><body>Bad Request</body></html>', asIs)).toEqual([]);
    expect(readFindings('', asIs)).toEqual([]);
  });

  it('takes out what it is told to, before it cuts', () => {
    const redact = (text: string) => text.replaceAll('secret', '[redacted]');
    const body = JSON.stringify({ errors: [`${'x'.repeat(MAX_FINDING_LENGTH - 3)}secret`, 'the secret'] });
    expect(readFindings(body, redact).join(' ')).not.toContain('sec');
  });

  it('gives few, short, storable lines for any JSON', () => {
    fc.assert(
      fc.property(fc.json(), fc.array(anyText), (json, errors) => {
        for (const body of [json, `{"errors":${json}}`, JSON.stringify({ errors })]) {
          const findings = readFindings(body, asIs);
          expect(findings.length).toBeLessThanOrEqual(MAX_FINDINGS);
          for (const finding of findings) {
            expect(finding.length).toBeLessThanOrEqual(MAX_FINDING_LENGTH);
            expect(finding).not.toMatch(/[\p{Cc}\p{Cs}]/u);
            expect(finding.trim()).not.toBe('');
          }
        }
      }),
    );
  });

  it('does not follow an answer that is nested without end', () => {
    const deep = `${'['.repeat(100_000)}"x"${']'.repeat(100_000)}`;
    expect(readFindings(deep, asIs)).toEqual([]);
  });
});
