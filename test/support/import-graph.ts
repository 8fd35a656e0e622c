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
