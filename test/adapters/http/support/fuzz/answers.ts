import { HTTP_ERRORS } from '../../../../../src/adapters/http/error-codes.js';
import type { Exchange } from './server.js';

/** An answer as it came over the wire. */
export interface WireAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly text: string;
}

/** With these Node's own parser turns away what it cannot read, without a body. */
const PARSER_REFUSALS = [400, 408, 413, 417, 431];

/** What is wrong with an answer; `null`: it is one that a client can live with. */
export function problemOf({ status, headers, text }: WireAnswer, method: string): string | null {
  if (status >= 500) return `is a ${status}: ${text}`;
  if (text === '' && method === 'HEAD') return status < 400 ? 'was carried out by a HEAD' : null;
  if (text === '') return PARSER_REFUSALS.includes(status) ? null : `is a ${status} that says nothing`;
  const body = parsed(text);
  if (body === undefined) return `is a ${status} and no JSON: ${text.slice(0, 200)}`;
  if (
    !`${headers['cache-control']}`.startsWith('no-store') ||
    headers['x-content-type-options'] !== 'nosniff'
  ) {
    return 'may be kept, or taken for something else';
  }
  if (status < 300) return null;
  const code = typeof body === 'object' && body !== null && 'error_code' in body ? body.error_code : null;
  const known = Object.entries(HTTP_ERRORS).find(([each]) => each === code);
  if (!known) return `names no known code: ${text.slice(0, 200)}`;
  return known[1].status === status ? null : `is a ${status}, which ${known[0]} is not`;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Reads the answers of one connection, one behind the other, none of them to a HEAD. One that is half lost is left out. */
export function readAnswers({ bytes, broken }: Exchange): WireAnswer[] {
  const answers: WireAnswer[] = [];
  let rest = bytes;
  while (rest.length > 0) {
    const end = rest.indexOf('\r\n\r\n');
    if (end === -1 && broken) return answers;
    if (end === -1)
      throw new Error(`The server broke off in the middle of a head: ${rest.toString('latin1')}`);
    const [line = '', ...lines] = rest.subarray(0, end).toString('latin1').split('\r\n');
    const status = Number(/^HTTP\/1\.[01] (\d{3})/.exec(line)?.[1]);
    if (Number.isNaN(status)) throw new Error(`The server wrote no status line: ${line}`);
    const headers = Object.fromEntries(
      lines.map((each) => {
        const colon = each.indexOf(':');
        return [each.slice(0, colon).toLowerCase(), each.slice(colon + 1).trim()];
      }),
    );
    rest = rest.subarray(end + 4);
    if (status === 100) continue;
    const body = bodyIn(rest, headers);
    if (body === null && broken) return answers;
    if (body === null) throw new Error('The server broke off in the middle of a body.');
    answers.push({ status, headers, text: body.text });
    rest = rest.subarray(body.length);
  }
  return answers;
}

function bodyIn(rest: Buffer, headers: Readonly<Record<string, string>>) {
  if (headers['transfer-encoding'] !== 'chunked') {
    const length = headers['content-length'] === undefined ? rest.length : Number(headers['content-length']);
    return length > rest.length ? null : { text: rest.subarray(0, length).toString(), length };
  }
  const parts: Buffer[] = [];
  let at = 0;
  for (;;) {
    const end = rest.indexOf('\r\n', at);
    const size = Number.parseInt(rest.subarray(at, end).toString('latin1'), 16);
    if (end === -1 || Number.isNaN(size)) return null;
    parts.push(rest.subarray(end + 2, end + 2 + size));
    at = end + 2 + size + 2;
    if (size === 0) return { text: Buffer.concat(parts).toString(), length: at };
  }
}
