import { bytesOf, type Plan } from './plan.js';
import type { Random } from './random.js';

/** Bytes for a socket, and what its client does when they are out. */
export interface RawRequest {
  readonly bytes: Buffer;
  /** `fin`: it says that no more will come; `reset`: it goes at once; `wait`: it wants an answer. */
  readonly ending: 'wait' | 'fin' | 'reset';
  /** Where a message ends can be read in two ways: it has to be refused, or somebody in front may see it otherwise. */
  readonly ambiguous: boolean;
  /** What follows the message is none: its refusal may overtake the answer to the message, which then is lost. */
  readonly hasRest: boolean;
  readonly did: readonly string[];
}

interface Shape {
  readonly line: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Buffer;
}

type Trick = (
  shape: Shape,
  random: Random,
) => {
  readonly bytes: Buffer;
  readonly ending?: RawRequest['ending'];
  readonly ambiguous?: boolean;
  readonly hasRest?: boolean;
};

function written({ line, headers, body }: Shape, end = '\r\n'): Buffer {
  const head = [line, ...headers.map(([name, value]) => `${name}: ${value}`), '', ''].join(end);
  return Buffer.concat([Buffer.from(head, 'latin1'), body]);
}

const withHeaders = (shape: Shape, ...more: readonly (readonly [string, string])[]): Shape => ({
  ...shape,
  headers: [...shape.headers, ...more],
});

const withLength = (shape: Shape, length: number | string = shape.body.length): Shape =>
  withHeaders(shape, ['Content-Length', `${length}`]);

const chunked = (body: Buffer): Buffer =>
  Buffer.concat([Buffer.from(`${body.length.toString(16)}\r\n`), body, Buffer.from('\r\n0\r\n\r\n')]);

/** What a careless reader would take for a request of its own. */
const SMUGGLED = Buffer.from('POST /v1/admin/builds/retry HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');

const TRICKS: Readonly<Record<string, Trick>> = {
  'a length that promises too much': (shape, random) => ({
    bytes: written(withLength(shape, shape.body.length + 1 + random.below(100_000))),
    ending: random.pick(['fin', 'reset']),
  }),
  'a length that promises too little': (shape, random) => ({
    bytes: written(withLength({ ...shape, body: Buffer.concat([shape.body, SMUGGLED]) }, random.below(20))),
    hasRest: true,
  }),
  'two lengths': (shape, random) => ({
    bytes: written(withLength(withLength(shape), random.pick([0, 1, shape.body.length, '+1', '0x1', '-1']))),
    ambiguous: true,
    ending: 'fin',
  }),
  'a length that is no number': (shape, random) => ({
    bytes: written(
      withLength(shape, random.pick(['-1', 'a', '1,1', '99999999999999999999999', '1 1', '0x10'])),
    ),
    ambiguous: true,
    ending: 'fin',
  }),
  'chunks and a length': (shape) => ({
    bytes: written(
      withHeaders(withLength({ ...shape, body: Buffer.concat([chunked(shape.body), SMUGGLED]) }), [
        'Transfer-Encoding',
        'chunked',
      ]),
    ),
    ambiguous: true,
    ending: 'fin',
  }),
  'chunks by a hidden name': (shape, random) => ({
    bytes: written(
      withHeaders(withLength({ ...shape, body: chunked(shape.body) }), [
        random.pick(['Transfer-Encoding', 'transfer-encoding', 'Transfer-Encoding ']),
        random.pick([
          'xchunked',
          'chunked, identity',
          'chunked, chunked',
          '\tchunked',
          'identity',
          '"chunked"',
        ]),
      ]),
    ),
    ambiguous: true,
    ending: 'fin',
  }),
  'honest chunks': (shape) => ({
    bytes: written(
      withHeaders(
        { ...shape, body: chunked(shape.body) },
        ['Transfer-Encoding', 'chunked'],
        ['Connection', 'close'],
      ),
    ),
  }),
  'broken chunks': (shape, random) => ({
    bytes: written(
      withHeaders(
        {
          ...shape,
          body: Buffer.from(
            random.pick([
              'zz\r\n{}\r\n0\r\n\r\n',
              '-1\r\n{}\r\n0\r\n\r\n',
              'FFFFFFFFFFFFFFFFF\r\n{}\r\n',
              '2\r\n{}',
              '2\r\n{}\r\n',
              '5\r\n{}\r\n0\r\n\r\n',
              '1\r\n{}\r\n0\r\n\r\n',
              `2;${'a'.repeat(20_000)}\r\n{}\r\n0\r\n\r\n`,
              '2\n{}\n0\n\n',
              `2\r\n{}\r\n0\r\nX: ${'a'.repeat(20_000)}\r\n\r\n`,
            ]),
          ),
        },
        ['Transfer-Encoding', 'chunked'],
        ['Connection', 'close'],
      ),
    ),
    ending: 'fin',
  }),
  'bare line feeds': (shape) => ({ bytes: written(withLength(shape), '\n'), ending: 'fin' }),
  'a folded header': (shape) => ({
    bytes: written(withLength(withHeaders(shape, ['X-Folded', 'a\r\n b\r\n\tc'], ['Connection', 'close']))),
  }),
  'another form of target': (shape, random) => {
    const [method = 'GET', target = '/'] = shape.line.split(' ');
    const form = random.pick([
      `http://evil.example${target}`,
      `https://evil.example:1${target}`,
      `http://[${target}`,
      `ftp://evil.example${target}`,
      'evil.example:443',
      '*',
      target.slice(1),
      `${target}#fragment`,
      `?${target}`,
      `${target} ${target}`,
      `\\${target}`,
      `${target}\u00e9`,
      `${target}\u0000`,
      `/${'a'.repeat(20_000)}`,
      '',
    ]);
    const line = `${method} ${form} HTTP/1.1`;
    return {
      bytes: written(withLength(withHeaders({ ...shape, line }, ['Connection', 'close']))),
      ending: 'fin',
    };
  },
  'another method': (shape, random) => {
    const method = random.pick([
      'CONNECT',
      'TRACE',
      'M-SEARCH',
      'PRI',
      'QUERY',
      'GETT',
      'G\tET',
      '',
      'x'.repeat(3_000),
    ]);
    const line = shape.line.replace(/^\S+/, method);
    return {
      bytes: written(withLength(withHeaders({ ...shape, line }, ['Connection', 'close']))),
      ending: 'fin',
    };
  },
  'another version': (shape, random) => {
    const version = random.pick([
      '',
      ' HTTP/0.9',
      ' HTTP/1.0',
      ' HTTP/2.0',
      ' HTTP/9.9',
      ' http/1.1',
      ' HTTP/1',
      ' RTSP/1.0',
    ]);
    return {
      bytes: written(withLength({ ...shape, line: shape.line.replace(/ HTTP.*$/, version) })),
      ending: 'fin',
    };
  },
  'an expectation': (shape, random) => ({
    bytes: written(
      withLength(
        withHeaders(
          shape,
          ['Expect', random.pick(['100-continue', 'a miracle', '100-continue, more'])],
          ['Connection', 'close'],
        ),
      ),
    ),
  }),
  'no host, or two': (shape, random) => {
    const others = shape.headers.filter(([name]) => name !== 'Host');
    const hosts = random.pick<Shape['headers']>([
      [],
      [
        ['Host', 'a'],
        ['Host', 'b'],
      ],
      [['Host', '']],
    ]);
    return {
      bytes: written(withLength({ ...shape, headers: [...others, ...hosts, ['Connection', 'close']] })),
      ending: 'fin',
    };
  },
  'headers that are none': (shape, random) => {
    const bad = random.pick<Shape['headers'][number]>([
      ['no colon', ''],
      ['Space ', 'a'],
      ['', 'no name'],
      ['X-Nul', 'a\0b'],
      ['X-Return', 'a\rb'],
      ['X-Bell', '\u0007'],
      ['X-\u00e9', 'a'],
      ['X-Bytes', '\u00ff\u00fe'],
      ['__proto__', 'a'],
      ['X-Long', 'a'.repeat(100_000)],
      ['X-Split', 'a\r\nX-Made: b'],
      ['Content-Type', 'text/plain'],
    ]);
    return { bytes: written(withLength(withHeaders(shape, bad, ['Connection', 'close']))), ending: 'fin' };
  },
  'several at once': (shape, random) => {
    const again = written(withLength(shape));
    const last = written(withLength(withHeaders(shape, ['Connection', 'close'])));
    const noise = Buffer.from(random.pick(['', '\r\n\r\n', 'noise\r\n\r\n', '\0\0\0\0']));
    return { bytes: Buffer.concat([again, again, noise, last]), ending: noise.length > 4 ? 'fin' : 'wait' };
  },
  'half of it': (shape, random) => {
    const whole = written(withLength(shape));
    return {
      bytes: whole.subarray(0, 1 + random.below(whole.length - 1)),
      ending: random.pick(['fin', 'reset']),
    };
  },
  'no HTTP at all': (_shape, random) => ({
    bytes: random.pick([
      Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'),
      Buffer.from([0x16, 0x03, 0x01, 0x00, 0xa5, 0x01, 0x00, 0x00, 0xa1, 0x03, 0x03]),
      Buffer.from('\r\n\r\n\r\n\r\n'),
      Buffer.alloc(100_000, 'A'),
      Buffer.from(Array.from({ length: 500 }, () => random.below(256))),
    ]),
    ending: 'fin',
  }),
  'an upgrade': (shape, random) => ({
    bytes: written(
      withLength(
        withHeaders(
          shape,
          ['Connection', 'Upgrade, close'],
          ['Upgrade', random.pick(['websocket', 'h2c', 'nothing'])],
        ),
      ),
    ),
    ending: 'fin',
  }),
};

const NAMES = Object.keys(TRICKS);

/** Puts a request into bytes as no honest client does. */
export function rawRequest(plan: Plan, random: Random): RawRequest {
  const name = NAMES[random.below(NAMES.length)] ?? '';
  const shape: Shape = {
    line: `${plan.method === 'HEAD' ? 'GET' : plan.method} ${plan.path}${plan.query} HTTP/1.1`,
    headers: [['Host', 'host.example'], ...Object.entries(plan.headers)],
    body: bytesOf(plan) ?? Buffer.alloc(0),
  };
  const trick = TRICKS[name]?.(shape, random) ?? { bytes: written(shape) };
  return { ending: 'wait', ambiguous: false, hasRest: false, ...trick, did: [...plan.did, name] };
}
