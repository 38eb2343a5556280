// The texts of the product for people, found in the code by its syntax trees.
import fs from 'node:fs';
import path from 'node:path';
import ts from 'typescript';

const root = path.resolve(import.meta.dirname, '..');

/** Texts of `t('…')` in the server and the command line. What is no literal is added to `problems`. */
export function serverTexts(problems) {
  return textsIn('server/src', isServerCall, problems);
}

/** Texts of `vscode.l10n.t('…')` in the client. */
export function clientTexts(problems) {
  return textsIn('client/src', isClientCall, problems);
}

function textsIn(place, isCall, problems) {
  const base = path.join(root, place);
  const files = fs.readdirSync(base, { recursive: true }).filter((name) => name.endsWith('.ts'));
  return files.flatMap((name) => textsOf(path.join(base, name), isCall, problems));
}

function textsOf(file, isCall, problems) {
  const tree = ts.createSourceFile(file, fs.readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true);
  const found = [];
  const visit = (node) => {
    if (ts.isCallExpression(node) && isCall(node.expression)) found.push(...literalsOf(node.arguments[0], { file, tree, problems }));
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return found;
}

/** The first argument as literals: one, joined by `+`, or a choice of two by `? :`. */
function literalsOf(node, place) {
  if (node !== undefined && ts.isStringLiteralLike(node)) return [node.text];
  if (node !== undefined && ts.isConditionalExpression(node))
    return [...literalsOf(node.whenTrue, place), ...literalsOf(node.whenFalse, place)];
  if (node !== undefined && ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.PlusToken) {
    const [left] = literalsOf(node.left, place);
    const [right] = literalsOf(node.right, place);
    if (left !== undefined && right !== undefined) return [left + right];
  }
  if (node !== undefined && ts.isParenthesizedExpression(node)) return literalsOf(node.expression, place);
  const { file, tree, problems } = place;
  const { line } = tree.getLineAndCharacterOfPosition(node?.getStart() ?? 0);
  problems.push(`${path.relative(root, file)}:${line + 1}: the text must be a literal, so that it can be translated`);
  return [];
}

function isServerCall(expression) {
  return ts.isIdentifier(expression) && expression.text === 't';
}

function isClientCall(expression) {
  return ts.isPropertyAccessExpression(expression) && expression.getText() === 'vscode.l10n.t';
}
