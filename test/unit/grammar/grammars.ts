import fs from 'node:fs';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '../../..');

/** Our grammars and those they embed: VS Code's own where it is installed for tests, else a stand-in. */
export function grammarFiles(): { readonly path: string; readonly scopeName: string }[] {
  return [
    { scopeName: 'source.singularity', path: path.join(root, 'syntaxes/singularity.tmLanguage.json') },
    { scopeName: 'text.xml.metalink', path: path.join(root, 'syntaxes/metalink.tmLanguage.json') },
    { scopeName: 'source.python', path: path.join(root, 'test/grammar/standIn/python.tmLanguage.json') },
    { scopeName: 'source.shell', path: installedShellGrammar() ?? standInShellGrammar },
  ];
}

export const standInShellGrammar = path.join(root, 'test/grammar/standIn/shell.tmLanguage.json');

/** The shell grammar of the VS Code that the tests of the editor install, when it is there. */
export function installedShellGrammar(): string | undefined {
  const folder = path.join(root, '.vscode-test');
  if (!fs.existsSync(folder)) return undefined;
  const inside = 'node_modules/code-server/lib/vscode/extensions/shellscript/syntaxes/shell-unix-bash.tmLanguage.json';
  return fs
    .readdirSync(folder)
    .map((name) => path.join(folder, name, inside))
    .find((file) => fs.existsSync(file));
}
