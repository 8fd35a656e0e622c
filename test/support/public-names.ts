import { dirname, join, relative } from 'node:path';
import ts from 'typescript';

/** A type that a public declaration mentions. */
interface Mention {
  /** The exported name whose signature it stands in. */
  readonly by: string;
  readonly name: string;
  /** Where it is declared, from the project's root. */
  readonly file: string;
}

/** What one entry of the package exports. */
export interface PublicEntry {
  readonly names: readonly string[];
  /** Whether this very type, and not one of the same name, can be imported from it. */
  readonly exports: (mention: Mention) => boolean;
  /** Each type of ours that a signature of this entry mentions. */
  readonly mentions: readonly Mention[];
}

/** Reads entries as the compiler does; `entries` are files, from the project's root. */
export function readEntries(
  root: string,
  program: ts.Program,
  entries: readonly string[],
): ReadonlyMap<string, PublicEntry> {
  const checker = program.getTypeChecker();
  const src = join(root, 'src');

  const original = (symbol: ts.Symbol) =>
    symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
  const isOurs = (node: ts.Node) => !relative(src, node.getSourceFile().fileName).startsWith('..');
  /** Its name and its file, if it is a type that a file of `src` exports. */
  const typeOfOurs = (symbol: ts.Symbol): Omit<Mention, 'by'> | null => {
    const declaration = symbol.declarations?.find(
      (node) =>
        ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node) || ts.isClassDeclaration(node),
    );
    if (!declaration || !isOurs(declaration)) return null;
    // What its own file keeps to itself is a part of another type.
    if (!(ts.getCombinedModifierFlags(declaration) & ts.ModifierFlags.Export)) return null;
    return { name: symbol.name, file: relative(root, declaration.getSourceFile().fileName) };
  };

  const mentionsOf = (by: string, symbol: ts.Symbol): Mention[] => {
    const found: Mention[] = [];
    const add = (mentioned: ts.Symbol | undefined) => {
      const type = mentioned && typeOfOurs(original(mentioned));
      if (type && mentioned !== symbol) found.push({ by, ...type });
    };
    const visit = (node: ts.Node): void => {
      if (ts.isBlock(node)) return;
      if (ts.isTypeReferenceNode(node)) add(checker.getSymbolAtLocation(node.typeName));
      if (ts.isExpressionWithTypeArguments(node)) add(checker.getSymbolAtLocation(node.expression));
      ts.forEachChild(node, visit);
    };
    for (const declaration of symbol.declarations ?? []) {
      if (!isOurs(declaration)) continue;
      if (!ts.isVariableDeclaration(declaration)) visit(declaration);
      else if (declaration.type) visit(declaration.type);
      // What nobody wrote down is what the compiler found.
      const type = checker.getTypeOfSymbolAtLocation(symbol, declaration);
      add(type.aliasSymbol ?? type.symbol);
      for (const signature of type.getCallSignatures()) {
        const answer = checker.getReturnTypeOfSignature(signature);
        add(answer.aliasSymbol ?? answer.symbol);
      }
    }
    return found;
  };

  return new Map(
    entries.map((file) => {
      const source = program.getSourceFile(join(root, file));
      const module = source && checker.getSymbolAtLocation(source);
      if (!module) throw new Error(`${dirname(file)} has no module at ${file}`);
      const symbols = checker
        .getExportsOfModule(module)
        .map((symbol) => [symbol.name, original(symbol)] as const);
      const own = new Set(
        symbols.flatMap(([, symbol]) => {
          const type = typeOfOurs(symbol);
          return type ? [`${type.file} ${type.name}`] : [];
        }),
      );
      return [
        file,
        {
          names: symbols.map(([name]) => name),
          exports: ({ file: declaredIn, name }) => own.has(`${declaredIn} ${name}`),
          mentions: symbols.flatMap(([name, symbol]) => mentionsOf(name, symbol)),
        },
      ];
    }),
  );
}
