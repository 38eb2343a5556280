// Collects every text of the product for people from the code: `t('…')` of the server, `vscode.l10n.t('…')` of the client.
//   node scripts/l10n.mjs           write l10n/bundle.l10n.json
//   node scripts/l10n.mjs --check   fail when it is out of date, or a translation lacks a text, has one too many,
//                                   other placeholders or other code
import fs from 'node:fs';
import path from 'node:path';
import ts from 'typescript';

const root = path.resolve(import.meta.dirname, '..');
const folder = path.join(root, 'l10n');
const source = path.join(folder, 'bundle.l10n.json');
const checking = process.argv.includes('--check');
const problems = [];

const texts = [...new Set([...textsIn('server/src', isServerCall), ...textsIn('client/src', isClientCall)])].sort();
const wanted = `${JSON.stringify(Object.fromEntries(texts.map((text) => [text, text])), null, 2)}\n`;
if (checking) {
  if (!fs.existsSync(source) || fs.readFileSync(source, 'utf8') !== wanted)
    problems.push('l10n/bundle.l10n.json is out of date: run `node scripts/l10n.mjs`');
} else {
  fs.mkdirSync(folder, { recursive: true });
  fs.writeFileSync(source, wanted);
}
for (const file of fs.readdirSync(folder).filter((name) => /^bundle\.l10n\.[a-z-]+\.json$/.test(name)))
  problems.push(...checkTranslation(file));
const shown = problems.slice(0, 40);
for (const problem of shown) console.error(problem);
if (problems.length > shown.length) console.error(`… and ${problems.length - shown.length} more`);
console.log(`${texts.length} texts, ${problems.length} problems`);
process.exitCode = problems.length === 0 || !checking ? 0 : 1;

function checkTranslation(file) {
  const translated = JSON.parse(fs.readFileSync(path.join(folder, file), 'utf8'));
  return [
    ...texts.filter((text) => translated[text] === undefined).map((text) => `${file}: not translated: ${JSON.stringify(text)}`),
    ...Object.keys(translated)
      .filter((text) => !texts.includes(text))
      .map((text) => `${file}: no longer in the code: ${JSON.stringify(text)}`),
    ...Object.entries(translated)
      .filter(([text, translation]) => placeholders(text) !== placeholders(translation))
      .map(([text]) => `${file}: other placeholders than the English text: ${JSON.stringify(text)}`),
    ...Object.entries(translated)
      .filter(([text, translation]) => codeSpans(text) !== codeSpans(translation))
      .map(([text]) => `${file}: other \`code\` than the English text: ${JSON.stringify(text)}`),
  ];
}

function placeholders(text) {
  return [...new Set(text.match(/\{\d+\}/g) ?? [])].sort().join('');
}

/** What stands between backticks: words of the engines and of the formats, which no language translates. */
function codeSpans(text) {
  return [...new Set(text.match(/`[^`]+`/g) ?? [])].sort().join('');
}

function textsIn(place, isCall) {
  const base = path.join(root, place);
  const files = fs.readdirSync(base, { recursive: true }).filter((name) => name.endsWith('.ts'));
  return files.flatMap((name) => textsOf(path.join(base, name), isCall));
}

function textsOf(file, isCall) {
  const tree = ts.createSourceFile(file, fs.readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true);
  const found = [];
  const visit = (node) => {
    if (ts.isCallExpression(node) && isCall(node.expression)) found.push(...literalsOf(node.arguments[0], file, tree));
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return found;
}

/** The first argument as literals: one, joined by `+`, or a choice of two by `? :`. */
function literalsOf(node, file, tree) {
  if (node !== undefined && ts.isStringLiteralLike(node)) return [node.text];
  if (node !== undefined && ts.isConditionalExpression(node))
    return [...literalsOf(node.whenTrue, file, tree), ...literalsOf(node.whenFalse, file, tree)];
  if (node !== undefined && ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.PlusToken) {
    const [left] = literalsOf(node.left, file, tree);
    const [right] = literalsOf(node.right, file, tree);
    if (left !== undefined && right !== undefined) return [left + right];
  }
  if (node !== undefined && ts.isParenthesizedExpression(node)) return literalsOf(node.expression, file, tree);
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
