import * as fs from 'node:fs';
import * as path from 'node:path';
import ts from 'typescript';

/** One import or re-export: what it names, where it leads, and whether anything of it is left at run time. */
export interface Import {
  readonly specifier: string;
  /** Path from the project's root when it is a file of ours. */
  readonly target: string | undefined;
  readonly isTypeOnly: boolean;
  readonly isExport: boolean;
}

/** A source file as the architecture tests see it. */
export interface SourceFile {
  /** From the project's root, with forward slashes. */
  readonly path: string;
  readonly text: string;
  readonly imports: readonly Import[];
  /** Text of string and template literals; what a template inserts stands there as `${}`. */
  readonly literals: readonly string[];
}

/** Reads a file from its text; planted violations come the same way as real files. */
export function parseFile(file: string, text: string): SourceFile {
  const imports: Import[] = [];
  const literals: string[] = [];
  const visit = (node: ts.Node): void => {
    const found = importOf(file, node);
    if (found) imports.push(found);
    else if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) literals.push(node.text);
    else if (ts.isTemplateExpression(node)) literals.push(templateText(node));
    if (!found) ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(file, text, ts.ScriptTarget.ES2023));
  return { path: file, text, imports, literals };
}

/** Every TypeScript file below the named folders of the project. */
export function projectFiles(...folders: string[]): SourceFile[] {
  return folders.flatMap((folder) =>
    fs
      .readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => path.posix.join(folder, name.split(path.sep).join('/')))
      .sort()
      .map((name) => parseFile(name, fs.readFileSync(name, 'utf8'))),
  );
}

export const isSpec = (file: { readonly path: string }): boolean => file.path.endsWith('.spec.ts');

function importOf(file: string, node: ts.Node): Import | undefined {
  if (ts.isImportDeclaration(node)) return importFrom(file, node.moduleSpecifier, { isTypeOnly: isTypeImport(node), isExport: false });
  if (ts.isExportDeclaration(node) && node.moduleSpecifier) {
    return importFrom(file, node.moduleSpecifier, { isTypeOnly: isTypeExport(node), isExport: true });
  }
  const isDynamic = ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword;
  return isDynamic && node.arguments[0] ? importFrom(file, node.arguments[0], { isTypeOnly: false, isExport: false }) : undefined;
}

function importFrom(file: string, specifier: ts.Expression, facts: Pick<Import, 'isTypeOnly' | 'isExport'>): Import | undefined {
  if (!ts.isStringLiteralLike(specifier)) return undefined;
  const name = specifier.text;
  const target = name.startsWith('.') ? path.posix.join(path.posix.dirname(file), name).replace(/\.js$/, '.ts') : undefined;
  return { specifier: name, target, ...facts };
}

function isTypeImport({ importClause: clause }: ts.ImportDeclaration): boolean {
  if (!clause) return false;
  if (clause.phaseModifier === ts.SyntaxKind.TypeKeyword) return true;
  const named = clause.namedBindings;
  return !clause.name && named !== undefined && ts.isNamedImports(named) && named.elements.every((element) => element.isTypeOnly);
}

function isTypeExport(node: ts.ExportDeclaration): boolean {
  if (node.isTypeOnly) return true;
  return (
    node.exportClause !== undefined &&
    ts.isNamedExports(node.exportClause) &&
    node.exportClause.elements.every((element) => element.isTypeOnly)
  );
}

function templateText(node: ts.TemplateExpression): string {
  return node.head.text + node.templateSpans.map((span) => '${}' + span.literal.text).join('');
}
