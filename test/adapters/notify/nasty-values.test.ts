import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { notificationWriter } from '../../../src/adapters/notify/index.js';
import { anyText } from '../../support/any-text.js';
import { notice, TEMPLATES } from './support/notices.js';

const write = notificationWriter({ links: { baseUrl: 'https://app.example.com' }, brand: 'Copilot' });

/** What is known to break out of somewhere, and anything else. */
const nasty = fc.oneof(
  fc.constantFrom(
    '<script>alert(1)</script>',
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    '</title></style></td></table>',
    'a\r\nBcc: everyone@example.com\r\n\r\nbody',
    'a\u2028b\u2029c\u0085d\u000be',
    '\u202Etxet\u2066\u2069\u200f\u200b\ufeff\u00ad',
    '<!channel> <@U1> <https://evil.example|click>',
    'javascript:alert(1)',
    '&lt;already&gt; &amp;',
    '\0\ud800',
  ),
  anyText,
  fc.string({ unit: 'grapheme' }),
);
const url = fc.oneof(
  nasty,
  fc.webUrl(),
  fc.constantFrom('javascript:alert(1)', 'JAVASCRIPT://x', 'data:text/html,x'),
);

const anything = fc.record({
  template: fc.constantFrom(...TEMPLATES),
  audience: fc.constantFrom('client', 'solutions_engineer', 'project_owner', 'ops_team', 'ops_channel'),
  automationName: nasty,
  projectName: fc.option(nasty),
  projectId: fc.option(fc.string({ minLength: 1, maxLength: 20 })),
  workflowUrl: fc.option(url),
  errorReason: fc.option(nasty),
  errorDetails: fc.array(nasty, { maxLength: 20 }),
});

/** The tags and attributes of a page; a value adds to neither. */
const shapeOf = (html: string) =>
  [...html.matchAll(/<[^>]*>/g)].map(([tag]) => tag.replace(/href="[^"]*"/, 'href'));

const HIDDEN = /[\p{Cc}\p{Cs}\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\u00ad\u2028\u2029]/u;

const textsOf = (value: unknown): string[] =>
  typeof value === 'string'
    ? [value]
    : typeof value === 'object' && value !== null
      ? Object.values(value).flatMap(textsOf)
      : [];

describe('whatever is in the values', () => {
  it('the tags of the HTML are those of the template, each closed and without a handler', () => {
    fc.assert(
      fc.property(anything, (fields) => {
        const tags = shapeOf(write(notice(fields)).html);
        for (const tag of tags) {
          expect(tag).toMatch(
            /^<(?:!doctype html|\/?(?:html|head|meta|title|style|body|div|table|tr|td|span|h1|p|strong|bdi|a))\b[^<]*>$/,
          );
          expect(tag).not.toMatch(/\son\w+=/i);
        }
        const count = (pattern: RegExp) => tags.filter((tag) => pattern.test(tag)).length;
        for (const name of ['table', 'tr', 'td', 'p', 'a', 'bdi', 'strong', 'div', 'title', 'style'])
          expect(count(new RegExp(`^<${name}\\b`)), name).toBe(count(new RegExp(`^</${name}>`)));
        expect([count(/^<title/), count(/^<style/), count(/^<body/)]).toEqual([1, 1, 1]);
      }),
    );
  });

  it('no subject has a line break or a hidden character in it', () => {
    fc.assert(
      fc.property(anything, (fields) => {
        const { subject, slack } = write(notice(fields));
        expect(subject).not.toMatch(HIDDEN);
        expect([...subject].length).toBeLessThanOrEqual(160);
        expect(slack?.text).not.toMatch(HIDDEN);
      }),
    );
  });

  it('the text has the lines of the template and no other', () => {
    fc.assert(
      fc.property(anything, (fields) => {
        for (const line of write(notice(fields)).text.split('\n')) {
          expect(line).not.toMatch(HIDDEN);
          expect(line).not.toMatch(/^Bcc:/i);
        }
      }),
    );
  });

  it('every link is http or https', () => {
    fc.assert(
      fc.property(anything, (fields) => {
        const { html, slack } = write(notice(fields));
        const links = [...html.matchAll(/href="([^"]*)"/g)].map(([, link]) => link ?? '');
        const inSlack = JSON.stringify(slack).matchAll(/"url":"([^"]*)"/g);
        for (const link of [...links, ...[...inSlack].map(([, each]) => each ?? '')])
          expect(link).toMatch(/^https?:\/\//);
      }),
    );
  });

  it('nothing in Slack is read as markup, nobody is mentioned, and no text is empty or too long', () => {
    fc.assert(
      fc.property(anything, (fields) => {
        const { slack } = write(notice(fields));
        expect(slack?.text).not.toMatch(/[<>]/);
        const json = JSON.stringify(slack?.blocks);
        expect(json).not.toContain('mrkdwn');
        expect(json).not.toContain('"text":""');
        for (const each of textsOf(slack)) expect(each.replaceAll('\n', '')).not.toMatch(HIDDEN);
        const [header] = slack?.blocks ?? [];
        expect(header).toMatchObject({ type: 'header', text: { type: 'plain_text', emoji: false } });
        expect([...textsOf(header)].every((each) => each.length <= 300)).toBe(true);
      }),
    );
  });
});
