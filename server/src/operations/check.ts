import fs from 'node:fs';
import path from 'node:path';
import type { Settings } from '../settings';
import type { Finding } from '../text/finding';
import { t } from '../text/l10n';
import { noSuchFileHere } from '../text/noSuchFile';
import { createSourceText } from '../text/sourceText';
import type { SourceText } from '../text/sourceText';
import { filesBelow } from './filesBelow';
import { decodeText, languageByContent, languageByName } from './language';
import type { LanguageName } from './language';
import { checkText } from './languages';
import { isPassedOver } from './passedOver';
import { readWholeFile } from './textFile';
import { readWorkspaceRules, withLabelSchemas } from './workspaceFile';
import type { WorkspaceRules } from './workspaceRules';

export interface CheckOptions {
  readonly settings: Settings;
  /** Every file is taken as this language, whatever its name. */
  readonly language?: LanguageName;
  readonly buildArguments: ReadonlyMap<string, string>;
  /** Reads what `-` stands for. Without it `-` is the name of a file. */
  readonly standardInput?: () => Promise<Uint8Array>;
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
 * not followed); a file that is named is always checked: its language by `options.language`, else by name, else by content. A file that is
 * reached twice is checked once.
 */
export async function* checkPaths(paths: readonly string[], options: CheckOptions): AsyncGenerator<CheckedFile> {
  const rulesOf = rulesByFolder(options.settings['labels.schemas']);
  const seen = new Set<string>();
  for (const given of paths) {
    if (given === '-' && options.standardInput !== undefined) {
      const bytes = await options.standardInput();
      const checked = checkBytes(given, bytes, options, { rules: await rulesOf('.'), named: true });
      if (checked !== undefined) yield checked;
    } else if (kindOf(given) === 'folder') yield* checkFolder(given, { options, rulesOf, seen });
    else if (isFirst(given, seen)) {
      const reached = { rules: await rulesOf(path.dirname(path.resolve(given))), named: true };
      const checked = kindOf(given) === 'other' ? await checkPipe(given, options, reached) : checkFile(given, options, reached);
      if (checked !== undefined) yield checked;
    }
    if (options.signal?.aborted === true) return;
  }
}

interface Walk {
  readonly options: CheckOptions;
  readonly rulesOf: (folder: string) => Promise<WorkspaceRules>;
  /** Absolute paths of what was checked: a file that is reached twice is checked once. */
  readonly seen: Set<string>;
}

async function* checkFolder(folder: string, { options, rulesOf, seen }: Walk): AsyncGenerator<CheckedFile> {
  try {
    for await (const file of filesBelow(folder, options.signal)) {
      if (options.signal?.aborted === true) return;
      const rules = await rulesOf(path.dirname(file));
      if (isPassedOver(file, rules.ignore) || !isFirst(file, seen)) continue;
      const checked = checkFile(file, options, { rules, named: false });
      if (checked !== undefined) yield checked;
    }
  } catch (error) {
    yield unread(folder, options.language ?? 'recipe', readProblem(folder, error));
  }
}

function isFirst(file: string, seen: Set<string>): boolean {
  const absolute = path.resolve(file);
  if (seen.has(absolute)) return false;
  seen.add(absolute);
  return true;
}

function kindOf(given: string): 'file' | 'folder' | 'other' {
  try {
    const stat = fs.statSync(given);
    return stat.isDirectory() ? 'folder' : stat.isFile() ? 'file' : 'other';
  } catch {
    return 'file'; // reading it tells why it cannot be
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

interface Reached {
  readonly rules: WorkspaceRules;
  /** The file was named itself, not found in a folder. */
  readonly named: boolean;
}

function checkFile(file: string, options: CheckOptions, reached: Reached): CheckedFile | undefined {
  let bytes: Uint8Array;
  try {
    const { size } = fs.statSync(file);
    if (size > sizeLimit) throw new Error(tooLarge());
    bytes = fs.readFileSync(file);
  } catch (error) {
    if (!reached.named && options.language === undefined && languageByName(file) === undefined) return undefined;
    return unread(file, options.language ?? languageByName(file) ?? 'recipe', readProblem(file, error));
  }
  return checkBytes(file, bytes, options, reached);
}

/** What a shell hands over as a file, `<(…)`: it may let wait, so it is not read at once. Of a device nothing is read. */
async function checkPipe(file: string, options: CheckOptions, reached: Reached): Promise<CheckedFile | undefined> {
  let bytes: Uint8Array;
  try {
    bytes = await readWholeFile(file, tooLarge);
  } catch (error) {
    return unread(file, options.language ?? languageByName(file) ?? 'recipe', readProblem(file, error));
  }
  return checkBytes(file, bytes, options, reached);
}

function tooLarge(): string {
  return t('the file is larger than {0} MiB', sizeLimit / 1024 / 1024);
}

function checkBytes(file: string, bytes: Uint8Array, options: CheckOptions, { rules, named }: Reached): CheckedFile | undefined {
  const language = options.language ?? languageOf(file, bytes, named);
  if (language === undefined) return named ? unread(file, 'recipe', t('This is neither a recipe nor a metalink.')) : undefined;
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

function unread(file: string, language: LanguageName, problem: string): CheckedFile {
  return { path: file, language, source: createSourceText(''), findings: [], problem };
}

/** `.def` and files without a telling name are ours by content only, unless they were named on the command line. */
export function languageOf(file: string, bytes: Uint8Array, named: boolean): LanguageName | undefined {
  const byName = languageByName(file);
  if (byName === 'metalink' || (byName === 'recipe' && !/\.def$/i.test(file))) return byName;
  const byContent = languageByContent(bytes);
  // An image holds the text of its recipe; only a metalink may be in an encoding with zero bytes.
  const isText = !bytes.subarray(0, 4096).includes(0);
  if (named) return byName ?? (isText || byContent === 'metalink' ? (byContent ?? 'recipe') : undefined);
  return byName === undefined ? undefined : byContent;
}

function readProblem(file: string, error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOENT') return noSuchFileHere(file);
  if (code === 'EACCES' || code === 'EPERM') return t('You may not read this file.');
  return error instanceof Error ? error.message : String(error);
}
