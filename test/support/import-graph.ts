import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import ts from 'typescript';

/** One `import`, `export … from`, `import()` or `require()`: a path within `src`, or a package's name. */
export type Import =
  | { readonly from: string; readonly file: string }
  | { readonly from: string; readonly package: string };

const posix = (path: string) => path.split(sep).join('/');

/** Package of a specifier: `@scope/name/sub` gives `@scope/name`, `node:fs` stays as it is. */
const packageOf = (specifier: string): string =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');

/** Every import in every file below `root`, type-only ones included, resolved as the compiler does. */
export const importsBelow = (root: string): Import[] => {
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts') && !path.endsWith('.d.ts'))
    .map((path) => join(root, path));
  const options: ts.CompilerOptions = { moduleResolution: ts.ModuleResolutionKind.Bundler };

  return files.flatMap((file) => {
    const from = posix(relative(root, file));
    const source = ts.preProcessFile(readFileSync(file, 'utf8'), true, true);
    return source.importedFiles.map(({ fileName: specifier }): Import => {
      if (!specifier.startsWith('.')) return { from, package: packageOf(specifier) };
      const resolved = ts.resolveModuleName(specifier, file, options, ts.sys).resolvedModule
        ?.resolvedFileName;
      return { from, file: posix(relative(root, resolved ?? join(dirname(file), specifier))) };
    });
  });
};

/** Packages reached from `entry` through any chain of imports, each with the file that names it. */
export const packagesReachedFrom = (entry: string, imports: readonly Import[]): Map<string, string> => {
  const packages = new Map<string, string>();
  const seen = new Set([entry]);
  for (const file of seen) {
    for (const found of imports.filter((each) => each.from === file)) {
      if ('file' in found) seen.add(found.file);
      else packages.set(found.package, found.from);
    }
  }
  return packages;
};

/** Groups of files that import one another in a circle, type-only imports included. Tarjan's algorithm. */
export const circlesIn = (imports: readonly Import[]): string[][] => {
  const targets = new Map<string, string[]>();
  for (const each of imports) {
    if ('file' in each) targets.set(each.from, [...(targets.get(each.from) ?? []), each.file]);
  }
  const index = new Map<string, number>();
  const low = new Map<string, number>();
  const stack: string[] = [];
  const circles: string[][] = [];
  const visit = (file: string) => {
    const own = index.size;
    index.set(file, own);
    low.set(file, own);
    stack.push(file);
    for (const target of targets.get(file) ?? []) {
      if (!index.has(target)) visit(target);
      if (stack.includes(target)) low.set(file, Math.min(low.get(file) ?? own, low.get(target) ?? own));
    }
    if (low.get(file) !== own) return;
    const circle = stack.splice(stack.indexOf(file));
    if (circle.length > 1 || targets.get(file)?.includes(file)) circles.push(circle.sort());
  };
  for (const file of targets.keys()) if (!index.has(file)) visit(file);
  return circles;
};
