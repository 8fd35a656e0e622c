import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Import } from './import-graph.js';

type PackageJson = {
  readonly dependencies: Record<string, string>;
  readonly peerDependencies: Record<string, string>;
};

const manifest = JSON.parse(
  readFileSync(fileURLToPath(new URL('../../package.json', import.meta.url)), 'utf8'),
) as PackageJson;

/** One room of `src`: a folder, or a file of the root. */
export interface Room {
  readonly room: string;
  /** What stands in it, as one sentence. */
  readonly rule: string;
  /** The rooms further down that it may import; absent: all of them. `core` stands for each room of core. */
  readonly only?: readonly string[];
}

const CORE_AND_PORTS = ['ports', 'runtime', 'core', 'copies'];

/** Every room of `src`, from the top down. A file imports from its own room and from rooms further down, types included. */
export const ROOMS: readonly Room[] = [
  { room: 'testing', rule: 'A fake WRK Platform and builders for tests.' },
  {
    room: 'adapters/express',
    rule: 'Mounts the HTTP handler in an Express app.',
    only: ['adapters/http', ...CORE_AND_PORTS],
  },
  {
    room: 'adapters/http',
    rule: 'Turns HTTP requests into calls of the library, and its answers into responses.',
    only: ['builds.ts', 'operations.ts', ...CORE_AND_PORTS],
  },
  { room: 'adapters/bullmq', rule: 'Implements the queue engine with BullMQ.', only: CORE_AND_PORTS },
  { room: 'adapters/pg-boss', rule: 'Implements the queue engine with pg-boss.', only: CORE_AND_PORTS },
  {
    room: 'adapters/postgres',
    rule: 'Keeps everything in Postgres, in the host’s tables and the library’s own.',
    only: CORE_AND_PORTS,
  },
  {
    room: 'adapters/memory',
    rule: 'Keeps everything in memory, for tests and demos.',
    only: CORE_AND_PORTS,
  },
  {
    room: 'adapters/wrk-http',
    rule: 'Calls the WRK Platform over HTTP.',
    only: ['transport', ...CORE_AND_PORTS],
  },
  {
    room: 'adapters/notify',
    rule: 'Delivers notifications by mail, Slack and webhook.',
    only: ['transport', ...CORE_AND_PORTS],
  },
  { room: 'index.ts', rule: 'What a host imports, and nothing else.' },
  {
    room: 'create-builds.ts',
    rule: 'The composition root: it connects every other room and decides nothing.',
  },
  { room: 'wiring', rule: 'Joins handlers to ports, one function for each operation of the library.' },
  { room: 'builds.ts', rule: 'The interface of what `createBuilds` takes and returns.' },
  { room: 'operations.ts', rule: 'The part of that interface that the ops team uses.' },
  { room: 'workers', rule: 'Runs handlers in loops: claims, leases, polls, sweeps.' },
  { room: 'outbox', rule: 'Puts a queue engine in front of the queue of the storage.' },
  { room: 'input', rule: 'Reads what the host passes in, and returns a command or a typed error.' },
  { room: 'handlers', rule: 'Load, decide, commit, in numbered steps.' },
  { room: 'observability', rule: 'The events that the library emits, and a logger for them.' },
  { room: 'ports', rule: 'What the library needs of a storage, a queue, a notifier and WRK, as interfaces.' },
  { room: 'transport', rule: 'Sends one HTTP request, once, and asks before the first byte.', only: [] },
  {
    room: 'runtime',
    rule: 'Time and chance, as one interface: clocks, timers, random numbers and new ids, and what waits on them.',
    only: [],
  },
  { room: 'core/views', rule: 'Puts into words how a build and the library stand.' },
  { room: 'core/ops', rule: 'Decides what a command of the ops team may change.' },
  { room: 'core/request', rule: 'Decides whether a requested build may start (flow 21).' },
  { room: 'core/circuit-breaker', rule: 'Decides when calls to WRK are held back.' },
  {
    room: 'core/orchestration',
    rule: 'Decides what happens next to a build that a worker claimed (flow 22).',
  },
  { room: 'core/notifications', rule: 'Decides who is told what, and how often delivery is tried.' },
  { room: 'core/queue', rule: 'Decides what becomes of a message.' },
  { room: 'core/blueprint', rule: 'Says when a blueprint is complete, and which checklist follows from it.' },
  { room: 'core/input', rule: 'Rules for text, and secrets that no log shows.' },
  { room: 'core/build', rule: 'The nouns: facts, decisions, statuses, messages, errors.' },
  { room: 'copies', rule: 'What all copies of the library in one process have in common.', only: [] },
];

/** `core/build/a.ts` stands in `core/build`, `workers/a.ts` in `workers`, `index.ts` in a room of its own. */
export const roomAt = (file: string): string => {
  const [first = '', second, third] = file.split('/');
  const isDivided = first === 'core' || first === 'adapters';
  return isDivided && third !== undefined ? `${first}/${second}` : first;
};

const groupOf = (room: string): string => room.split('/')[0] ?? room;

/** Why a file of `from` may not import one of `to`; `null`: it may. */
const refusal = (from: string, to: string): string | null => {
  if (from === to) return null;
  const names = ROOMS.map(({ room }) => room);
  if (names.indexOf(to) < names.indexOf(from)) return `${to} stands above ${from}`;
  const { only } = ROOMS[names.indexOf(from)] ?? {};
  if (!only || only.includes(to) || only.includes(groupOf(to))) return null;
  return `${from} reaches only ${only.join(', ')}`;
};

const mayUse = (room: string, name: string): boolean => {
  if (groupOf(room) === 'core') return name === 'zod' || name === 'neverthrow';
  if (room === 'ports') return name === 'neverthrow';
  if (name.startsWith('node:') || name in manifest.dependencies) return true;
  return room === 'testing' && name in manifest.peerDependencies;
};

const brokenRule = (each: Import, root: string): string | null => {
  const isKnown = (room: string) => ROOMS.some((known) => known.room === room);
  const from = roomAt(each.from);
  if (!isKnown(from)) return `${each.from} stands outside every room`;
  if ('package' in each)
    return mayUse(from, each.package) ? null : `${each.from} may not use the package ${each.package}`;
  if (!existsSync(`${root}/${each.file}`)) return `${each.from} imports ${each.file}, which does not exist`;
  const to = roomAt(each.file);
  const problem = isKnown(to) ? refusal(from, to) : `${each.file} stands outside every room`;
  return problem && `${each.from} may not import ${each.file}: ${problem}`;
};

/** One sentence for each import that leads up, past what that room may reach, out of every room, or nowhere. */
export const brokenRules = (imports: readonly Import[], root: string): string[] =>
  imports.flatMap((each) => brokenRule(each, root) ?? []);
