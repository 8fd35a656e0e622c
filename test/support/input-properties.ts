import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** A property that a caller of the package gives. */
export interface InputProperty {
  /** The type or the function that it is declared in. */
  readonly owner: string;
  readonly name: string;
  /** Where it is declared, from `src`. */
  readonly file: string;
  readonly isDocumented: boolean;
  /** Whether it may be left out, and nothing says what holds then. */
  readonly lacksDefault: boolean;
}

/**
 * Every property of ours that a caller may give to what these entries export: in the parameters of functions and of the
 * methods of what they return, and in what callbacks return. `ends` says which properties are left out, with all below.
 */
export function inputPropertiesOf(
  program: ts.Program,
  entries: readonly string[],
  ends: (property: InputProperty) => boolean,
): readonly InputProperty[] {
  const checker = program.getTypeChecker();
  const found = new Map<ts.Declaration, InputProperty>();
  const seen = { given: new Set<ts.Type>(), returned: new Set<ts.Type>() };
  const fileOf = (node: ts.Node) => relative(`${root}src`, node.getSourceFile().fileName);
  const isOurs = (node: ts.Node) => !fileOf(node).startsWith('..');

  const describe = (property: ts.Symbol, declaration: ts.Declaration): InputProperty => ({
    owner: ownerOf(declaration),
    name: property.name,
    file: fileOf(declaration),
    isDocumented: property.getDocumentationComment(checker).length > 0,
    lacksDefault:
      ts.isPropertySignature(declaration) &&
      declaration.questionToken !== undefined &&
      // What must be left out has no default.
      declaration.type?.kind !== ts.SyntaxKind.UndefinedKeyword &&
      !property.getJsDocTags(checker).some(({ name }) => name === 'default'),
  });

  /** What a given value holds is given; only what a function takes comes from the other side. */
  const walk = (type: ts.Type, side: keyof typeof seen): void => {
    if (seen[side].has(type)) return;
    seen[side].add(type);
    const parts = type.isUnionOrIntersection() ? type.types : [];
    const inner = isReference(type) ? checker.getTypeArguments(type) : [];
    for (const part of [...parts, ...inner, ...(type.aliasTypeArguments ?? [])]) walk(part, side);
    const other = side === 'given' ? 'returned' : 'given';
    for (const signature of type.getCallSignatures()) {
      if (!signature.declaration || !isOurs(signature.declaration)) continue;
      for (const parameter of signature.parameters) walk(checker.getTypeOfSymbol(parameter), other);
      walk(checker.getReturnTypeOfSignature(signature), side);
    }
    for (const property of type.getProperties()) {
      const declarations = (property.declarations ?? []).filter(isOurs);
      const described = declarations.map((each) => [each, describe(property, each)] as const);
      if (described.length === 0 || (side === 'given' && described.some(([, each]) => ends(each)))) continue;
      // A symbol for the inside of the library is nothing that anybody types.
      if (property.name.startsWith('__@')) continue;
      if (side === 'given') for (const [declaration, each] of described) found.set(declaration, each);
      walk(checker.getTypeOfSymbol(property), side);
    }
  };

  for (const entry of entries) {
    const source = program.getSourceFile(root + entry);
    const module = source && checker.getSymbolAtLocation(source);
    if (!module) throw new Error(`The compiler has not read ${entry}.`);
    for (const name of checker.getExportsOfModule(module)) {
      const symbol = name.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(name) : name;
      if (symbol.flags & ts.SymbolFlags.Value) walk(checker.getTypeOfSymbol(symbol), 'returned');
    }
  }
  return [...found.values()];
}

function isReference(type: ts.Type): type is ts.TypeReference {
  return 'target' in type;
}

function ownerOf(declaration: ts.Declaration): string {
  for (let node: ts.Node | undefined = declaration.parent; node; node = node.parent) {
    if (ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node) || ts.isClassDeclaration(node))
      return node.name?.text ?? 'a class';
    if (ts.isFunctionDeclaration(node)) return `${node.name?.text}()`;
  }
  return 'nothing';
}
