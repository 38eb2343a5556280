import fs from 'node:fs';
import path from 'node:path';
import type { Settings } from '../settings';
import type { Finding } from '../text/finding';
import { t } from '../text/l10n';
import { createSourceText } from '../text/sourceText';
import type { SourceText } from '../text/sourceText';
import { checkText, decodeText, languageByContent, languageByName } from './languages';
import type { LanguageName } from './languages';
import { isPassedOver } from './passedOver';
import { readWorkspaceRules, withLabelSchemas } from './workspaceFile';
import type { WorkspaceRules } from './workspaceRules';

export interface CheckOptions {
  readonly settings: Settings;
  /** Every file is taken as this language, whatever its name. */
  readonly language?: LanguageName;
  readonly buildArguments: ReadonlyMap<string, string>;
  readonly signal?: AbortSignal;
}

export interface CheckedFile {
  /** As it was given, or below the folder that was given. */
  readonly path: string;
  readonly language: LanguageName;
  readonly source: SourceText;
  /** In the order of the text. */
  readonly findings: readonly Finding[];
  /** Why the file could not be read, for people. */
  readonly problem?: string;
}

/** A file beyond this many bytes is not read: no recipe or metalink of people is that large. */
const sizeLimit = 512 * 1024 * 1024;

/**
 * Checks files and folders. A folder is walked for files of ours (by name, `.def` also by content; links and `.git`, `node_modules` are
 * not followed); a file that is named is always checked: its language by `options.language`, else by name, else by content.
 */
export async function* checkPaths(paths: readonly string[], options: CheckOptions): AsyncGenerator<CheckedFile> {
  const rulesOf = rulesByFolder(options.settings['labels.schemas']);
  for (const given of paths) {
    if (isFolder(given)) {
      for (const file of filesBelow(given)) {
        if (options.signal?.aborted === true) return;
        const rules = await rulesOf(path.dirname(file));
        if (isPassedOver(file, rules.ignore)) continue;
        const checked = checkFile(file, options, rules, false);
        if (checked !== undefined) yield checked;
      }
    } else {
      const checked = checkFile(given, options, await rulesOf(path.dirname(path.resolve(given))), true);
      if (checked !== undefined) yield checked;
    }
    if (options.signal?.aborted === true) return;
  }
}

function isFolder(given: string): boolean {
  try {
    return fs.statSync(given).isDirectory();
  } catch {
    return false; // reading it as a file tells why it cannot be
  }
}

function rulesByFolder(labelSchemas: readonly string[]): (folder: string) => Promise<WorkspaceRules> {
  const known = new Map<string, Promise<WorkspaceRules>>();
  return (folder) => {
    const absolute = path.resolve(folder);
    let rules = known.get(absolute);
    if (rules === undefined) {
      rules = readWorkspaceRules(absolute, []).then((found) => withLabelSchemas(found, labelSchemas, process.cwd()));
      known.set(absolute, rules);
    }
    return rules;
  };
}

function checkFile(file: string, options: CheckOptions, rules: WorkspaceRules, named: boolean): CheckedFile | undefined {
  let bytes: Uint8Array;
  try {
    const { size } = fs.statSync(file);
    if (size > sizeLimit) throw new Error(t('the file is larger than {0} MiB', sizeLimit / 1024 / 1024));
    bytes = fs.readFileSync(file);
  } catch (error) {
    if (!named && options.language === undefined && languageByName(file) === undefined) return undefined;
    const language = options.language ?? languageByName(file) ?? 'recipe';
    return { path: file, language, source: createSourceText(''), findings: [], problem: readProblem(error) };
  }
  const language = options.language ?? languageOf(file, bytes, named);
  if (language === undefined && named)
    return {
      path: file,
      language: 'recipe',
      source: createSourceText(''),
      findings: [],
      problem: t('This is neither a recipe nor a metalink.'),
    };
  if (language === undefined) return undefined;
  const { text, problems } = decodeText(bytes, language);
  const source = createSourceText(text);
  const findings = checkText(language, source, {
    settings: options.settings,
    workspace: rules,
    buildArguments: options.buildArguments,
    fileName: file,
    decoding: problems,
  });
  return { path: file, language, source, findings };
}

/** `.def` and files without a telling name are ours by content only, unless they were named on the command line. */
export function languageOf(file: string, bytes: Uint8Array, named: boolean): LanguageName | undefined {
  const byName = languageByName(file);
  if (byName === 'metalink' || (byName === 'recipe' && !/\.def$/i.test(file))) return byName;
  const byContent = languageByContent(bytes);
  if (named) return byName ?? byContent ?? (bytes.subarray(0, 4096).includes(0) ? undefined : 'recipe');
  return byName === undefined ? undefined : byContent;
}

const passedOver = new Set(['.git', 'node_modules', '.vscode-test', '.hg', '.svn']);

/** Files below a folder that are ours by name, in alphabetical order; links and folders of tools are not followed. */
export function* filesBelow(folder: string): Generator<string> {
  let entries: fs.Dirent[];
  try {
    entries = fs.readdirSync(folder, { withFileTypes: true });
  } catch {
    return; // not readable for us: nothing of ours to check there
  }
  entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const entry of entries) {
    const file = path.join(folder, entry.name);
    if (entry.isDirectory()) {
      if (!passedOver.has(entry.name)) yield* filesBelow(file);
    } else if (entry.isFile() && languageByName(file) !== undefined) yield file;
  }
}

function readProblem(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOENT') return t('There is no such file.');
  if (code === 'EACCES' || code === 'EPERM') return t('You may not read this file.');
  return error instanceof Error ? error.message : String(error);
}
