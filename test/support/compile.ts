import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Files as they were read for an earlier program: to read those of the libraries again takes seconds. */
const read = new Map<string, ts.SourceFile | undefined>();

/** A program in the settings of the project. `texts` stand in for files, by their paths from its root. */
export function programOf(
  paths: readonly string[],
  texts: ReadonlyMap<string, string> = new Map(),
): ts.Program {
  const { config } = ts.readConfigFile(`${root}tsconfig.json`, ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists, directoryExists } = host;
  const textOf = (path: string) => (path.startsWith(root) ? texts.get(path.slice(root.length)) : undefined);
  host.fileExists = (path) => textOf(path) !== undefined || fileExists(path);
  const folders = new Set([...texts.keys()].map((path) => root + dirname(path)));
  host.directoryExists = (path) => folders.has(path) || directoryExists?.(path) !== false;
  host.getSourceFile = (path, ...rest) => {
    const text = textOf(path);
    if (text !== undefined) return ts.createSourceFile(path, text, ts.ScriptTarget.ES2022);
    if (!read.has(path)) read.set(path, getSourceFile(path, ...rest));
    return read.get(path);
  };
  const files = [...paths, ...texts.keys(), 'types/sql.d.ts'];
  return ts.createProgram(
    files.map((path) => root + path),
    options,
    host,
  );
}

/** What the compiler says of each example. Those whose names have one folder in front may import each other. */
export function problemsOf(examples: ReadonlyMap<string, string>): ReadonlyMap<string, readonly string[]> {
  const pathOf = (name: string) => `${name}.ts`;
  const program = programOf([], new Map([...examples].map(([name, text]) => [pathOf(name), text])));
  const problems = (name: string) => {
    const source = program.getSourceFile(root + pathOf(name));
    if (!source) throw new Error(`The compiler has not read ${name}.`);
    return [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)].map(
      ({ messageText }) => ts.flattenDiagnosticMessageText(messageText, ' '),
    );
  };
  return new Map([...examples.keys()].map((name) => [name, problems(name)]));
}
