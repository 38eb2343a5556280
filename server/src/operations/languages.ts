import path from 'node:path';
import fs from 'node:fs';
import { checkMetalink } from '../metalink/diagnostics';
import type { MetalinkContext } from '../metalink/context';
import { parseMetalink } from '../metalink/parse';
import { decodeXml } from '../metalink/xml/decode';
import type { XmlProblem } from '../metalink/xml/tree';
import type { RecipeContext } from '../recipe/context';
import { decodeRecipe } from '../recipe/decode';
import { looksLikeRecipe } from '../recipe/detect';
import { checkRecipe } from '../recipe/diagnostics';
import { checkRecipeLabels } from '../recipe/labels';
import { parseRecipe } from '../recipe/parse';
import type { Settings } from '../settings';
import type { Finding, Severity } from '../text/finding';
import type { SourceText } from '../text/sourceText';
import type { WorkspaceRules } from './workspaceRules';

export type LanguageName = 'recipe' | 'metalink';

/** What a check depends on besides the text. */
export interface CheckSurroundings {
  readonly settings: Settings;
  readonly workspace: WorkspaceRules;
  readonly buildArguments?: ReadonlyMap<string, string>;
  /** Name or URI of the file, for what depends on its ending. */
  readonly fileName?: string;
  /** What `decodeText` had against the bytes. */
  readonly decoding?: readonly XmlProblem[];
}

/** The language that a file's name tells: `.def`, `Singularity`, `Singularity.tag`, `Apptainer`, `*.recipe`; `.meta4`, `.metalink`. */
export function languageByName(file: string): LanguageName | undefined {
  const name = path.basename(file);
  if (/\.(meta4|metalink)$/i.test(name)) return 'metalink';
  if (/\.(def|singularity|apptainer)$/i.test(name) || /^(Singularity|Apptainer)(\..+)?$/.test(name) || /^Singularity[-_]/.test(name))
    return 'recipe';
  return undefined;
}

/** The language that a file's first bytes tell: a `metalink` root element, or a recipe's header or sections. */
export function languageByContent(bytes: Uint8Array): LanguageName | undefined {
  const head = bytes.subarray(0, 65_536);
  if (/<(?:[\w.-]+:)?metalink[\s>]/.test(decodeXml(head).text.slice(0, 4096))) return 'metalink';
  return looksLikeRecipe(decodeRecipe(head)) ? 'recipe' : undefined;
}

/** The language of a file on disk by its name, and for names that say nothing, by its content; undefined for images and everything else. */
export function languageOfFile(file: string): LanguageName | undefined {
  const byName = languageByName(file);
  if (byName !== undefined) return byName;
  try {
    if (!fs.statSync(file).isFile()) return undefined;
    const handle = fs.openSync(file, 'r');
    try {
      const head = Buffer.alloc(4096);
      const length = fs.readSync(handle, head, 0, head.length, 0);
      const bytes = head.subarray(0, length);
      return bytes.includes(0) ? undefined : languageByContent(bytes);
    } finally {
      fs.closeSync(handle);
    }
  } catch {
    return undefined; // not there or not readable: whoever opens it says so
  }
}

/** Bytes as the text that the language's reader takes, with what is wrong about the encoding. */
export function decodeText(bytes: Uint8Array, language: LanguageName): { text: string; problems: readonly XmlProblem[] } {
  return language === 'recipe' ? { text: decodeRecipe(bytes), problems: [] } : decodeXml(bytes);
}

export function createRecipeContext(source: SourceText, surroundings: CheckSurroundings): RecipeContext {
  const { settings, workspace } = surroundings;
  return {
    source,
    parsed: parseRecipe(source.text),
    options: {
      engine: settings['engine.kind'],
      rules: severities(settings, workspace),
      buildArguments: surroundings.buildArguments ?? new Map(),
      requiredLabels: [...workspace.requiredLabels, ...settings['labels.required']],
      labelSchemas: workspace.labelSchemas,
    },
  };
}

export function recipeFindings(context: RecipeContext): Finding[] {
  return [...checkRecipe(context.source, context.parsed, context.options), ...checkRecipeLabels(context)];
}

export function createMetalinkContext(source: SourceText, surroundings: CheckSurroundings): MetalinkContext {
  const { fileName, decoding } = surroundings;
  const rules = severities(surroundings.settings, surroundings.workspace);
  return {
    source,
    parsed: parseMetalink(source.text),
    options: { rules, ...(fileName !== undefined && { fileName }), ...(decoding && { decoding }) },
  };
}

export function metalinkFindings(context: MetalinkContext): Finding[] {
  return checkMetalink(context.source, context.parsed, context.options);
}

/** All findings of a text, for the command line; in the order of the text. */
export function checkText(language: LanguageName, source: SourceText, surroundings: CheckSurroundings): Finding[] {
  const findings =
    language === 'recipe'
      ? recipeFindings(createRecipeContext(source, surroundings))
      : metalinkFindings(createMetalinkContext(source, surroundings));
  return findings.sort((a, b) => a.range.start - b.range.start || a.range.end - b.range.end);
}

const severityNames: ReadonlySet<string> = new Set(['error', 'warning', 'information', 'hint', 'off']);

/** The user's severities over those of the workspace file. */
function severities(settings: Settings, workspace: WorkspaceRules): Readonly<Record<string, Severity | 'off'>> {
  const merged = { ...workspace.rules, ...settings.rules };
  return Object.fromEntries(
    Object.entries(merged).filter((e): e is [string, Severity | 'off'] => typeof e[1] === 'string' && severityNames.has(e[1])),
  );
}
