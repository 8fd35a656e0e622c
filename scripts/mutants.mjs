import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

const { SyntaxKind: Kind } = ts;
const SWAPS = new Map([
  [Kind.EqualsEqualsEqualsToken, '!=='],
  [Kind.ExclamationEqualsEqualsToken, '==='],
  [Kind.LessThanToken, '<='],
  [Kind.LessThanEqualsToken, '<'],
  [Kind.GreaterThanToken, '>='],
  [Kind.GreaterThanEqualsToken, '>'],
  [Kind.AmpersandAmpersandToken, '||'],
  [Kind.BarBarToken, '&&'],
  [Kind.PlusToken, '-'],
  [Kind.MinusToken, '+'],
  [Kind.TrueKeyword, 'false'],
  [Kind.FalseKeyword, 'true'],
]);
const SQL_SWAPS = [
  [/ and /g, ' or '],
  [/ <= /g, ' < '],
  [/ < /g, ' <= '],
  [/ = /g, ' <> '],
  [/\bis null\b/g, 'is not null'],
  [/\bfor update( of \w+)? skip locked\b/g, ''],
  [/\border by [\w., ]+/g, ''],
];

const isText = (node) =>
  ts.isNoSubstitutionTemplateLiteral(node) ||
  ts.isTemplateHead(node) ||
  ts.isTemplateMiddle(node) ||
  ts.isTemplateTail(node);

function* ofText(node, source) {
  const start = node.getStart(source);
  const text = node.getText(source);
  for (const [pattern, replace] of SQL_SWAPS) {
    for (const { index, 0: found } of text.matchAll(pattern)) {
      yield { start: start + index, end: start + index + found.length, replace };
    }
  }
}

function* ofNode(node, source) {
  const [start, end] = [node.getStart(source), node.getEnd()];
  const swap = SWAPS.get(node.kind);
  const isType = node.parent !== undefined && ts.isLiteralTypeNode(node.parent);
  if (swap !== undefined && !isType) yield { start, end, replace: swap };
  if (ts.isNumericLiteral(node) && !isType) yield { start, end, replace: `(${node.text} + 1)` };
  if (ts.isIfStatement(node)) {
    const { expression } = node;
    yield { start: expression.getStart(source), end: expression.getEnd(), replace: 'false' };
  }
  if (ts.isExpressionStatement(node)) yield { start, end, replace: ';' };
  if (isText(node)) yield* ofText(node, source);
}

function* inFile(file, text) {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.ES2022, true);
  const nodes = [source];
  for (const node of nodes) {
    for (const change of ofNode(node, source)) {
      const line = source.getLineAndCharacterOfPosition(change.start).line + 1;
      yield { ...change, file, line, found: text.slice(change.start, change.end) };
    }
    ts.forEachChild(node, (child) => void nodes.push(child));
  }
}

/** Numbers that are the same for the same seed: mulberry32. */
const randomFrom = (seed) => {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
};

/** So many small changes of what `src` does, spread evenly over its lines of code by the seed. */
export function mutantsOf(root, seed, count) {
  const files = readdirSync(join(root, 'src'), { recursive: true })
    .map((name) => join('src', name))
    .filter((file) => file.endsWith('.ts') && !file.includes('testing'))
    .sort();
  const all = files.flatMap((file) => [...inFile(file, readFileSync(join(root, file), 'utf8'))]);
  const random = randomFrom(seed);
  return all
    .map((mutant) => ({ mutant, order: random() }))
    .sort((left, right) => left.order - right.order)
    .slice(0, count)
    .map(({ mutant }) => mutant);
}
