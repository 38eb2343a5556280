// Collects every text of the product for people from the code: `t('…')` of the server, `vscode.l10n.t('…')` of the client.
//   node scripts/l10n.mjs           write l10n/bundle.l10n.json
//   node scripts/l10n.mjs --check   fail when it is out of date, or a translation lacks a text, has one too many,
//                                   other placeholders or other code
import fs from 'node:fs';
import path from 'node:path';
import { clientTexts, serverTexts } from './texts.mjs';

const root = path.resolve(import.meta.dirname, '..');
const folder = path.join(root, 'l10n');
const source = path.join(folder, 'bundle.l10n.json');
const checking = process.argv.includes('--check');
const problems = [];

const texts = [...new Set([...serverTexts(problems), ...clientTexts(problems)])].sort();
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
