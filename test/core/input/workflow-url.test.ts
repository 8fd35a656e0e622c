import { describe, expect, it } from 'vitest';
import {
  isHttpsWorkflowUrl,
  MAX_WORKFLOW_URL_LENGTH,
  readWorkflowUrl,
} from '../../../src/core/input/workflow-text.js';

const START = 'https://app.wrk.example/';

describe('the address of a workflow', () => {
  it.each([
    START,
    'HTTPS://APP.WRK.EXAMPLE/1',
    'http://localhost:4000/1',
    START.padEnd(MAX_WORKFLOW_URL_LENGTH, 'x'),
  ])('is read from %s', (text) => {
    expect(readWorkflowUrl(text)?.href.toLowerCase()).toBe(text.toLowerCase());
  });

  it.each([
    ['a script', 'javascript:alert(1)'],
    ['a scheme without slashes', 'https:app.wrk.example/'],
    ['no host', 'https://'],
    ['a user name', 'https://app.wrk.example@evil.example/'],
    ['a password alone', 'https://:password@evil.example/'],
    ['a character that turns the text around', `${START}\u202egnp.exe`],
    ['white space', `${START}a b`],
    ['a backslash', 'https://app.wrk.example\\@evil.example/'],
    ['one character too many', START.padEnd(MAX_WORKFLOW_URL_LENGTH + 1, 'x')],
  ])('with %s is nobody’s', (_, text) => {
    expect(readWorkflowUrl(text)).toBeNull();
    expect(isHttpsWorkflowUrl(text)).toBe(false);
  });

  it('is believed over https where nobody knows better, and not over http', () => {
    expect(isHttpsWorkflowUrl(START)).toBe(true);
    expect(isHttpsWorkflowUrl('http://app.wrk.example/')).toBe(false);
  });
});
