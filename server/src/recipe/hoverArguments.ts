import { t } from '../text/l10n';
import type { TextRange } from '../text/range';
import type { RecipeContext } from './context';
import { engineName } from './documentation';
import { fields } from './engineText';
import { filesSource } from './lookup';
import { escapeMarkdown, inCode } from './markdown';
import type { Place } from './place';
import { argumentSignature } from './signatureHelp';
import type { Section } from './syntax';
import { isAppSectionKeyword } from './vocabulary';
import type { Engine } from './vocabulary';

type ArgumentPlace = Extract<Place, { kind: 'section-argument' }>;

/**
 * What a word behind a section's name does, as Markdown: `-c` and the shell, `from`, arguments of a `#!` line, words that the engine
 * passes over. Undefined where there is no word, and in comments. Names of stages and apps are described elsewhere.
 */
export function hoverArgument(context: RecipeContext, place: ArgumentPlace): { range: TextRange; markdown: string } | undefined {
  const { range, section } = place;
  const end = Math.min(range.end, section.argumentsComment?.start ?? section.argumentsRange.end);
  if (section.keyword === undefined || range.start >= end) return undefined;
  const word = context.source.text.slice(range.start, end);
  const parts = [`**${escapeMarkdown(word)}**`, ...describe(context, place)];
  return { range: { start: range.start, end }, markdown: parts.join('\n\n') };
}

function describe({ options: { engine }, source }: RecipeContext, place: ArgumentPlace): string[] {
  const { section } = place;
  const signature = argumentSignature(place);
  const known = signature === undefined ? [] : [signature.documentation];
  switch (section.keyword) {
    case 'pre':
    case 'setup':
    case 'post':
      return [...buildScriptWord(section, place.index, signature?.parameters ?? []), ...known, ...runLine(section, engine)];
    case 'runscript':
    case 'startscript':
    case 'test':
      return [...known, t('The script begins with {0}.', inCode(shebang(source.text, section)))];
    case 'files':
      return [filesWord(section, engine)];
    default:
      return [ignoredWord(section, engine)];
  }
}

/** Which word this is, seen from `-c`: that itself, the command behind it, or an option of `/bin/sh` before it. */
function buildScriptWord(section: Section, index: number, parameters: readonly (readonly [string, string])[]): string[] {
  const at = wordsOf(section).indexOf('-c');
  if (at < 0 || index < at) return [t('An option of {0}.', '`/bin/sh`')];
  const meaning = parameters[index === at ? 0 : 1]?.[1];
  return meaning === undefined ? [] : [meaning];
}

/** The command of the build (A and S internal/pkg/build/util.go, getSectionScriptArgs); nothing when `-c` has no command behind it. */
function runLine(section: Section, engine: Engine): string[] {
  const words = wordsOf(section);
  const at = words.indexOf('-c');
  if (at >= 0 && at === words.length - 1) return [];
  const script = section.keyword === 'post' ? '/.post.script' : `…/${section.keyword ?? ''}`;
  const options = at < 0 ? [...words, script] : [...words.slice(0, at), '-c', `"${[...words.slice(at + 1), script].join(' ')}"`];
  return [t('{0} runs {1}.', engineName(engine), inCode(['/bin/sh -ex', ...options].join(' ')))];
}

/** The first line of the script in the image (A and S internal/pkg/build/metadata.go, handleShebangScript). */
function shebang(text: string, section: Section): string {
  const body = text.slice(section.bodyRange.start, Math.min(section.bodyRange.end, section.bodyRange.start + 500));
  const first = body.trimStart().startsWith('#!') ? (body.split('\n', 1)[0] ?? '').trim() : '#!/bin/sh';
  return [first, ...wordsOf(section)].join(' ');
}

function filesWord(section: Section, engine: Engine): string {
  const from = filesSource(section, engine);
  switch (from.kind) {
    case 'nowhere':
      return t('Apptainer ignores this section because of the words behind `%files`.');
    case 'host':
      return t('SingularityCE passes these words over and copies from the host.');
    case 'stage':
      return t('Copies from the stage {0} instead of the host.', inCode(from.name));
  }
}

function ignoredWord(section: Section, engine: Engine): string {
  return section.keyword !== undefined && isAppSectionKeyword(section.keyword)
    ? t('{0} ignores what stands behind the name of the app. The content begins on the next line.', engineName(engine))
    : t('{0} ignores what stands behind {1}. The content begins on the next line.', engineName(engine), inCode(`%${section.name}`));
}

function wordsOf(section: Section): string[] {
  return fields(section.arguments.split('#', 1)[0] ?? '');
}
