import { createServer } from 'node:http';
import { entries } from './entries.mjs';
import { memoryStore, runBuilds } from './one-build.cjs';

await runBuilds(entries, { createServer }, memoryStore(entries));
