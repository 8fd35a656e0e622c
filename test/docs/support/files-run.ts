import { Session } from 'node:inspector/promises';
import { fileURLToPath } from 'node:url';

const src = fileURLToPath(new URL('../../../src/', import.meta.url));

/** How the test runner hands a name that a file exports to whoever imports it: a function of its own making. */
const ACCESSOR = /^\(\) => \{ try \{ return [\w$]+ \} catch \{\} \}$/;

/** The files of `src` of which a function ran during some work, as V8 counts calls. To load a file is no call. */
export async function filesRun(work: () => Promise<unknown>): Promise<readonly string[]> {
  const session = new Session();
  session.connect();
  try {
    await session.post('Profiler.enable');
    await session.post('Debugger.enable');
    await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: false });
    await session.post('Profiler.takePreciseCoverage');
    await work();
    const { result } = await session.post('Profiler.takePreciseCoverage');
    const files: string[] = [];
    for (const { url, scriptId, functions } of result) {
      const path = url.startsWith('file:') ? fileURLToPath(url) : url;
      if (!path.startsWith(src)) continue;
      const { scriptSource } = await session.post('Debugger.getScriptSource', { scriptId });
      const called = functions
        .flatMap(({ ranges }) => ranges.slice(0, 1))
        .filter(({ count }) => count > 0)
        .map(({ startOffset, endOffset }) => scriptSource.slice(startOffset, endOffset));
      if (called.some((text) => !ACCESSOR.test(text))) files.push(path.slice(src.length));
    }
    return files.sort();
  } finally {
    session.disconnect();
  }
}
