/**
 * Lets Node run TypeScript that imports this package as its users do: from `dist`, not from the sources that `tsconfig.json`
 * leads to. With `--import`, and not with the command of tsx, which stands between a process and its signals and kills it
 * when it does not answer to one within 30 ms.
 */
import { fileURLToPath } from 'node:url';

process.env.TSX_TSCONFIG_PATH = fileURLToPath(new URL('../tsconfig.demo.json', import.meta.url));
await import('tsx');
