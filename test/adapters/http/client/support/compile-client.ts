import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import openapiTS, { astToString } from 'openapi-typescript';
import ts from 'typescript';
import { openApiDocument } from '../../../../../src/adapters/http/index.js';

const root = fileURLToPath(new URL('../../../../../', import.meta.url));
const FIXTURE = `${root}test/fixtures/generated-client/`;

/** What the compiler makes of programs that stand beside the generated types. */
export interface Compiled {
  /** What it says of each, by the name of the program. */
  readonly problems: ReadonlyMap<string, readonly string[]>;
  /** The JavaScript of each. */
  readonly scripts: ReadonlyMap<string, string>;
}

/** Generates types from the document and compiles programs against them, as strictly as the project itself. */
export async function compileClient(programs: Readonly<Record<string, string>>): Promise<Compiled> {
  const types = astToString(await openapiTS(JSON.stringify(openApiDocument())));
  const texts = new Map(
    [['types', types], ...Object.entries(programs)].map(([name, text]) => [`${FIXTURE}${name}.ts`, text]),
  );
  const { config } = ts.readConfigFile(`${root}tsconfig.json`, ts.sys.readFile);
  const { options: ours } = ts.parseJsonConfigFileContent(config, ts.sys, root);
  // A front end has what browsers have, and no checked indexes: generated code must do with either.
  const options = {
    ...ours,
    noEmit: false,
    types: [],
    lib: ['lib.es2023.d.ts', 'lib.dom.d.ts'],
    module: ts.ModuleKind.ESNext,
  };
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists, readFile: read } = host;
  host.fileExists = (path) => texts.has(path) || fileExists(path);
  host.readFile = (path) => texts.get(path) ?? read(path);
  host.getSourceFile = (path, ...rest) => {
    const text = texts.get(path);
    return text === undefined
      ? getSourceFile(path, ...rest)
      : ts.createSourceFile(path, text, ts.ScriptTarget.ES2022);
  };
  const program = ts.createProgram([...texts.keys()], options, host);
  const problems = new Map<string, readonly string[]>();
  const scripts = new Map<string, string>();
  for (const name of ['types', ...Object.keys(programs)]) {
    const source = program.getSourceFile(`${FIXTURE}${name}.ts`);
    const found = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)];
    problems.set(
      name,
      found.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, ' ')),
    );
    program.emit(source, (_path, text) => scripts.set(name, text));
  }
  return { problems, scripts };
}

/** The program that uses every operation, as it is written. */
export function usesOfClient(): Promise<string> {
  return readFile(`${FIXTURE}uses.ts`, 'utf8');
}

/** Loads a compiled program from a folder that is gone afterwards. */
export async function loadScript(script: string): Promise<unknown> {
  // Inside of the project, where its packages are found.
  const output = `${root}.test-output`;
  await mkdir(output, { recursive: true });
  const folder = await mkdtemp(join(output, 'client-'));
  try {
    const file = join(folder, 'uses.mjs');
    await writeFile(file, script);
    return await import(/* @vite-ignore */ pathToFileURL(file).href);
  } finally {
    await rm(folder, { recursive: true });
  }
}
