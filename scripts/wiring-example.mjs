import ts from 'typescript';

/** The code block that follows `<!-- wiring -->` in the README. */
export const wiringExample = (readme) => {
  const block = /<!-- wiring -->\s*```\w*\n(?<code>[\s\S]*?)\n```/.exec(readme);
  if (block === null)
    throw new Error('README.md has no code block after `<!-- wiring -->`. Put the comment right above it.');
  return block.groups.code;
};

/** The example as plain JavaScript: types are left out, everything else stays. */
export const asModule = (code) =>
  ts.transpileModule(code, {
    compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext },
  }).outputText;

const named = (bindings) => bindings.replaceAll(/\s+as\s+/g, ': ');

/** The same with every `import` spelt as `require`; the rest moves into a function, since it may `await`. */
export const asCommonJs = (code) => {
  const imports = /^import\s+(?:(?<bindings>[^'"]+?)\s+from\s+)?['"](?<from>[^'"]+)['"];?$/gm;
  const body = asModule(code);
  const requires = [...body.matchAll(imports)].map(({ groups: { bindings, from } }) => {
    if (bindings === undefined) return `require('${from}');`;
    const namespace = bindings.replace(/^\*\s+as\s+/, '');
    return `const ${bindings.startsWith('{') ? named(bindings) : namespace} = require('${from}');`;
  });
  return [...requires, '(async () => {', body.replaceAll(imports, '').trim(), '})();', ''].join('\n');
};
