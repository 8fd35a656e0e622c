import { readdirSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import ts from 'typescript';

/** Names that reach a clock, a timer or a random number, whatever they hang on and however they came into the file. */
const NAMES = new Set([
  'clearImmediate',
  'clearInterval',
  'clearTimeout',
  'getRandomValues',
  'hrtime',
  'nextTick',
  'performance',
  'queueMicrotask',
  'randomBytes',
  'randomInt',
  'randomUUID',
  'setImmediate',
  'setInterval',
  'setTimeout',
]);

const MODULES = new Set(['timers', 'timers/promises', 'perf_hooks', 'p-retry']);

/** Globals of which only some members are forbidden. Used as a value in any other way, they could hide one of those. */
const FORBIDDEN_MEMBERS = new Map([
  ['AbortSignal', ['timeout']],
  ['Date', ['now']],
  ['Math', ['random']],
]);

const isPackageOf = (specifier: string) => MODULES.has(specifier.replace(/^node:/, ''));

/** Whether a global of `FORBIDDEN_MEMBERS` is used here in a way that gives no time and no chance. */
const isHarmless = (node: ts.Identifier): boolean => {
  const { parent, text } = node;
  if (ts.isPropertyAccessExpression(parent) && parent.expression === node)
    return !FORBIDDEN_MEMBERS.get(text)?.includes(parent.name.text);
  if (ts.isNewExpression(parent) && parent.expression === node)
    return text !== 'Date' || (parent.arguments?.length ?? 0) > 0;
  if (ts.isBinaryExpression(parent) && parent.right === node)
    return parent.operatorToken.kind === ts.SyntaxKind.InstanceOfKeyword;
  return ts.isTypeNode(parent) || ts.isQualifiedName(parent);
};

/** In a text without any of these there is nothing to find: most files need no parser. */
const SIGNS = new RegExp([...NAMES, ...MODULES, ...FORBIDDEN_MEMBERS.keys()].join('|'));

/** What in one file reaches for time or chance, as it stands there. */
const reachesIn = (path: string, text: string): string[] => {
  if (!SIGNS.test(text)) return [];
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node)) {
      if (NAMES.has(node.text) || (FORBIDDEN_MEMBERS.has(node.text) && !isHarmless(node)))
        found.push(node.parent.getText(source).split('\n', 1)[0] ?? '');
    } else if (ts.isStringLiteralLike(node)) {
      const isMember = ts.isElementAccessExpression(node.parent) && NAMES.has(node.text);
      const isModule = isPackageOf(node.text) && !ts.isLiteralTypeNode(node.parent);
      if (isMember || isModule) found.push(node.text);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
};

/** The system's runtime, and the one file that gives p-retry the runtime's timers. */
const EXEMPT = ['runtime/system-runtime.ts', 'runtime/retry.ts'];

/**
 * One sentence for each place below `root` that reaches for time or chance by itself. The runtime may, and the
 * contract suites, which wait for databases that have a clock of their own.
 */
export const timeAndChanceBelow = (root: string): string[] =>
  readdirSync(root, { recursive: true, encoding: 'utf8' })
    .map((path) => path.split(sep).join('/'))
    .filter((path) => path.endsWith('.ts') && !path.endsWith('.d.ts'))
    .filter((path) => !EXEMPT.includes(path) && !path.startsWith('testing/contracts/'))
    .flatMap((path) =>
      reachesIn(path, readFileSync(join(root, path), 'utf8')).map(
        (place) => `${path} reaches for time or chance by itself, in: ${place}`,
      ),
    );
