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

/** `core/a.ts` is of layer `core`, `adapters/http/a.ts` of `adapters/http`, `index.ts` of `.`. */
const layerOf = (file: string): string => {
  const folders = file.split('/').slice(0, -1);
  return folders[0] === 'adapters' ? folders.slice(0, 2).join('/') : (folders[0] ?? '.');
};

const mayReach = (layer: string, target: string): boolean => {
  if (layer === target || layer === 'testing') return true;
  if (layer === 'core' || layer === 'runtime') return false;
  if (target === 'runtime') return true;
  if (layer === 'ports') return target === 'core';
  // The entry for Express only mounts what the one for HTTP makes.
  if (layer === 'adapters/express' && target === 'adapters/http') return true;
  // The entry for HTTP calls the library, where other adapters are called by it.
  if (layer === 'adapters/http' && target === '.') return true;
  if (layer.startsWith('adapters')) return target === 'core' || target === 'ports';
  return !target.startsWith('adapters') && target !== 'testing';
};

const mayUse = (layer: string, name: string): boolean => {
  if (layer === 'core') return name === 'zod' || name === 'neverthrow';
  if (layer === 'ports') return name === 'neverthrow';
  if (layer === 'runtime') return false;
  if (name.startsWith('node:') || name in manifest.dependencies) return true;
  return layer === 'testing' && name in manifest.peerDependencies;
};

/**
 * One sentence for each import that breaks the direction of the layers: core and the runtime know nobody, everybody but
 * core knows the runtime, ports know core, an
 * adapter knows those two, one that calls the library also what it calls, and the shell around them (handlers, workers, the root) knows no adapter.
 */
export const brokenRules = (imports: readonly Import[], root: string): string[] =>
  imports.flatMap((each) => {
    const layer = layerOf(each.from);
    if ('package' in each)
      return mayUse(layer, each.package) ? [] : [`${each.from} may not use the package ${each.package}`];
    if (!existsSync(`${root}/${each.file}`))
      return [`${each.from} imports ${each.file}, which does not exist`];
    return mayReach(layer, layerOf(each.file)) ? [] : [`${each.from} may not import ${each.file}`];
  });
