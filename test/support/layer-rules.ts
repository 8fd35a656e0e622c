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

const CORE_AND_PORTS = ['ports', 'runtime', 'core'];

/** Every room of `src`, from the top down. A file imports from its own room and from rooms further down, types included. */
export const ROOMS: readonly Room[] = [
  { room: 'testing', rule: 'A fake WRK, builders and contract suites for the tests of hosts and adapters.' },
  {
    room: 'adapters/express',
    rule: 'Mounts the HTTP handler in Express.',
    only: ['adapters/http', ...CORE_AND_PORTS],
  },
  {
    room: 'adapters/http',
    rule: 'Serves the library over HTTP: it calls the library, where other adapters are called by it.',
    only: ['builds.ts', 'operations.ts', ...CORE_AND_PORTS],
  },
  { room: 'adapters/bullmq', rule: 'Hands messages to BullMQ.', only: CORE_AND_PORTS },
  { room: 'adapters/pg-boss', rule: 'Hands messages to pg-boss.', only: CORE_AND_PORTS },
  { room: 'adapters/postgres', rule: 'Keeps everything in Postgres.', only: CORE_AND_PORTS },
  {
    room: 'adapters/memory',
    rule: 'Keeps everything in memory, with the guards and locks of a database.',
    only: CORE_AND_PORTS,
  },
  { room: 'adapters/wrk-http', rule: 'Calls WRK over HTTP.', only: CORE_AND_PORTS },
  {
    room: 'adapters/notify',
    rule: 'Delivers notifications by mail, Slack and webhook.',
    only: CORE_AND_PORTS,
  },
  { room: 'index.ts', rule: 'What a host imports.' },
  { room: 'create-builds.ts', rule: 'The composition root: it wires, and decides nothing.' },
  { room: 'wiring', rule: 'Joins handlers to ports, and tells who listens.' },
  { room: 'builds.ts', rule: 'The interface of what `createBuilds` returns.' },
  { room: 'operations.ts', rule: 'The part of that interface that operations use.' },
  { room: 'workers', rule: 'Claim work, keep its lease, and hand it to a handler.' },
  { room: 'outbox', rule: 'Hands messages from the database to a queue engine.' },
  { room: 'input', rule: 'Untrusted values in, a command or a typed error out.' },
  { room: 'handlers', rule: 'Load, decide, commit, in numbered steps.' },
  { room: 'observability', rule: 'The events that a host listens to, and its log lines.' },
  { room: 'ports', rule: 'What is required of a storage, of WRK and of a notifier.' },
  { room: 'runtime', rule: 'Time and chance as dependencies, waiting, and streams that are read.', only: [] },
  { room: 'core/views', rule: 'What people see of builds.' },
  { room: 'core/ops', rule: 'The commands of people.' },
  { room: 'core/request', rule: 'Flow 21: whether a build may start, and what starting it changes.' },
  { room: 'core/circuit-breaker', rule: 'When calls to WRK are held back.' },
  { room: 'core/orchestration', rule: 'Flow 22: what a claimed build needs next, and what an answer means.' },
  { room: 'core/notifications', rule: 'Who is told what, and how often it is tried.' },
  { room: 'core/queue', rule: 'What becomes of a message.' },
  { room: 'core/blueprint', rule: 'When a blueprint is complete, and the checklist that follows from it.' },
  { room: 'core/input', rule: 'Rules for text that a caller gives.' },
  { room: 'core/build', rule: 'The nouns, no rules.' },
];

/** `core/build/a.ts` stands in `core/build`, `workers/a.ts` in `workers`, `index.ts` in a room of its own. */
export const roomOf = (file: string): string => {
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
  const isRoom = (room: string) => ROOMS.some((known) => known.room === room);
  const from = roomOf(each.from);
  if (!isRoom(from)) return `${each.from} stands in no room`;
  if ('package' in each)
    return mayUse(from, each.package) ? null : `${each.from} may not use the package ${each.package}`;
  if (!existsSync(`${root}/${each.file}`)) return `${each.from} imports ${each.file}, which does not exist`;
  const to = roomOf(each.file);
  const problem = isRoom(to) ? refusal(from, to) : `${each.file} stands in no room`;
  return problem && `${each.from} may not import ${each.file}: ${problem}`;
};

/** One sentence for each import that leads up, past what its room may reach, out of every room, or nowhere. */
export const brokenRules = (imports: readonly Import[], root: string): string[] =>
  imports.flatMap((each) => brokenRule(each, root) ?? []);
