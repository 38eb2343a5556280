import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { createRegistry } from 'vscode-tmgrammar-test/dist/common';

const file = path.resolve(import.meta.dirname, '../../../syntaxes/container-report.tmLanguage.json');
const { scopeName } = JSON.parse(fs.readFileSync(file, 'utf8')) as { scopeName: string };

test.each([
  ['a key that you trust (found in http://127.0.0.1:39721).', 'http://127.0.0.1:39721'],
  ['as oras://hub.example.org/demo/tool:1.4 tells, over https', 'oras://hub.example.org/demo/tool:1.4'],
  ['from https://keys.example.org/, not trusted', 'https://keys.example.org/'],
])('what is underlined in %j', async (line, url) => {
  const grammar = await createRegistry([{ path: file, scopeName }]).loadGrammar(scopeName);
  const { tokens } = grammar!.tokenizeLine(line, null);
  const links = tokens.filter(({ scopes }) => scopes.some((scope) => scope.startsWith('markup.underline.link')));
  expect(links.map(({ startIndex, endIndex }) => line.slice(startIndex, endIndex)).join('')).toBe(url);
});
