import { gzipSync } from 'node:zlib';
import {
  DEPTHS,
  GZIP_BOMB,
  METHODS,
  NASTY_CONTENT_TYPES,
  NASTY_HEADERS,
  NASTY_IDS,
  NASTY_KEYS,
  NASTY_QUERIES,
  NASTY_TEXTS,
  NASTY_TOKENS,
} from './nasty.js';
import { bytesOf, type Plan } from './plan.js';
import type { Random } from './random.js';

type Mutation = (plan: Plan, random: Random) => Partial<Plan>;

/** Who else may ask; the fuzzed handler knows these. */
const AUTHORIZATIONS = [
  '',
  'Bearer',
  'Bearer nobody',
  'Bearer key',
  'Bearer owner',
  'Bearer other',
  'Bearer none',
  'Bearer unassigned',
  'Basic b3BzOm9wcw==',
  'bearer ops',
  'Bearer ops, Bearer other',
] as const;

const aimedAt = (plan: Plan) => plan.fields ?? [];

const many = (headers: number) =>
  Object.fromEntries(Array.from({ length: headers }, (_, at) => [`x-${at}`, 'a']));

const MANY_HEADERS = many(50);
/** More than Node takes. */
const TOO_MANY_HEADERS = many(2_500);

const MUTATIONS: Readonly<Record<string, Mutation>> = {
  value: (plan, random) => {
    const fields = aimedAt(plan);
    const at = random.below(fields.length);
    const token = random.pick(NASTY_TOKENS);
    return { fields: fields.map(([key, old], place) => [key, place === at ? token : old] as const) };
  },
  'more keys': (plan, random) => ({
    fields: [...aimedAt(plan), [random.pick(NASTY_KEYS), random.pick(NASTY_TOKENS)] as const],
  }),
  'fewer keys': (plan, random) => {
    const out = random.below(aimedAt(plan).length);
    return { fields: aimedAt(plan).filter((_, place) => place !== out) };
  },
  'a key twice': (plan, random) => {
    const fields = aimedAt(plan);
    const twice = fields[random.below(fields.length)];
    const [key] = twice ?? ['status'];
    const other = [key, random.pick(NASTY_TOKENS)] as const;
    return { fields: random.chance(0.5) ? [other, ...fields] : [...fields, other] };
  },
  'deep arrays': (_plan, random) => {
    const levels = random.pick(DEPTHS);
    return { bytes: Buffer.from('['.repeat(levels) + ']'.repeat(random.chance(0.8) ? levels : 0)) };
  },
  'deep objects': (plan, random) => {
    const levels = random.pick(DEPTHS);
    const token = `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`;
    return { fields: [...aimedAt(plan), ['reason', token] as const] };
  },
  text: (_plan, random) => ({ bytes: Buffer.from(random.pick(NASTY_TEXTS)) }),
  'bad UTF-8': (plan, random) => {
    const bytes = Buffer.from(bytesOf(plan) ?? Buffer.from('{"reason":"abc"}'));
    if (bytes.length > 0) bytes[random.below(bytes.length)] = random.pick([0x80, 0xc0, 0xff, 0xed, 0x00]);
    return { bytes };
  },
  'UTF-16': (plan) => ({ bytes: Buffer.from(`\ufeff${bytesOf(plan) ?? '{}'}`, 'utf16le') }),
  'cut off': (plan, random) => {
    const bytes = bytesOf(plan) ?? Buffer.from('{}');
    return { bytes: bytes.subarray(0, random.below(bytes.length)) };
  },
  'noise as body': (_plan, random) => ({
    bytes: Buffer.from(Array.from({ length: 1 + random.below(300) }, () => random.below(256))),
  }),
  'large body': (_plan, random) => ({ bytes: Buffer.alloc(random.pick([262_144, 262_145, 400_000]), ' ') }),
  gzip: (plan) => ({
    bytes: gzipSync(bytesOf(plan) ?? '{}'),
    headers: { ...plan.headers, 'content-encoding': 'gzip' },
  }),
  'gzip bomb': (plan, random) => ({
    bytes: GZIP_BOMB,
    headers: { ...plan.headers, ...(random.chance(0.8) && { 'content-encoding': 'gzip' }) },
  }),
  'content type': (plan, random) => ({
    headers: { ...plan.headers, 'content-type': random.pick(NASTY_CONTENT_TYPES) },
  }),
  'no content type': ({ headers: { 'content-type': _type, ...headers } }) => ({ headers }),
  header: (plan, random) => {
    const [name, value] = random.pick(NASTY_HEADERS);
    return { headers: { ...plan.headers, [name]: value } };
  },
  'many headers': (plan, random) => ({
    headers: { ...plan.headers, ...(random.chance(0.2) ? TOO_MANY_HEADERS : MANY_HEADERS) },
  }),
  'another caller': (plan, random) => ({
    headers: { ...plan.headers, authorization: random.pick(AUTHORIZATIONS) },
  }),
  method: (_plan, random) => ({ method: random.pick(METHODS) }),
  id: ({ path }, random) => ({ path: path.replace(/[^/]{36}/, random.pick(NASTY_IDS)) }),
  query: (_plan, random) => ({ query: random.pick(NASTY_QUERIES) }),
  path: ({ path }, random) => ({
    path: random.pick([
      path.toUpperCase(),
      `/${path}`,
      `//evil.example${path}`,
      `${path}/`,
      `${path}//`,
      `${path};a=b`,
      `${path}.json`,
      `${path}%20`,
      `${path}%00`,
      `/x/..${path}`,
      `/%2e%2e${path}`,
      `/.${path}`,
      path.replace('/v1/', '/v1/./'),
      path.replace('/v1/', '/v1/%2e/'),
      path.replace('/v1/', '/v1//'),
      path.replace('/v1/', '/v2/'),
      path.replace('/v1/', '/V1/'),
      path.replace('admin', '%61dmin'),
      path.replaceAll('/', '%2f'),
      path.replaceAll('/', '\\'),
      path.replace('/admin', ''),
      path.replace('/v1', ''),
      `${path}/${path}`,
      '/',
      '/v1',
      '/__proto__',
      '/v1/constructor',
    ]),
  }),
};

const NAMES = Object.keys(MUTATIONS);

/** Does to a request one to three of the things that nobody honest does. */
export function mutated(plan: Plan, random: Random): Plan {
  let now = plan;
  const times = 1 + random.below(3);
  for (let time = 0; time < times; time += 1) {
    const name = NAMES[random.below(NAMES.length)] ?? '';
    now = { ...now, ...MUTATIONS[name]?.(now, random), did: [...now.did, name] };
  }
  return now;
}
