import { readFile } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { err, ok, type Result } from 'neverthrow';
import { type BlueprintPolicy, graphBlueprint, stepsBlueprint } from 'wrk-builds';

/** A blueprint as its file has it. */
export interface BlueprintFile {
  readonly name: string;
  /** The file's own text: parsing and printing it again would cost digits of large numbers. */
  readonly text: string;
  readonly shape: 'graph' | 'steps';
  readonly policy: BlueprintPolicy;
}

/** Reads a JSON file; the problem is a sentence for whoever gave its name. Relative to where npm was called. */
export async function readBlueprintFile(path: string): Promise<Result<BlueprintFile, string>> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(resolve(process.env.INIT_CWD ?? '.', path));
  } catch (problem) {
    return err(`${path} cannot be read: ${whyNot(problem)}.`);
  }
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    const document: unknown = JSON.parse(text);
    const isSteps = typeof document === 'object' && document !== null && 'steps' in document;
    const shape = isSteps ? 'steps' : 'graph';
    return ok({ name: basename(path), text, shape, policy: isSteps ? stepsBlueprint : graphBlueprint });
  } catch (problem) {
    if (!(problem instanceof SyntaxError))
      return err(`${path} is not UTF-8 text: save it as a JSON document.`);
    return err(`${path} is not JSON: ${problem.message}. Fix it, or save it again as a JSON document.`);
  }
}

function whyNot(problem: unknown): string {
  const code = problem instanceof Error && 'code' in problem ? problem.code : undefined;
  switch (code) {
    case 'ENOENT':
      return 'there is no such file';
    case 'EISDIR':
      return 'it is a folder';
    case 'EACCES':
      return 'you may not read it';
    default:
      return problem instanceof Error ? problem.message : String(problem);
  }
}
