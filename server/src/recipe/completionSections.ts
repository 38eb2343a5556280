import { t } from '../text/l10n';
import { completionKind } from '../text/kinds';
import type { TextRange } from '../text/range';
import { escapeSnippet } from './completionItem';
import type { Candidate } from './completionItem';
import type { RecipeContext } from './context';
import { explainSection } from './documentation';
import { recipeNames } from './names';
import type { Place } from './place';
import type { Section, Stage } from './syntax';
import { appSectionKeywords, isAppSectionKeyword } from './vocabulary';
import type { AppSectionKeyword, SectionKeyword } from './vocabulary';

/**
 * Sections, as `%name`: those that the stage does not have yet first; sections of the apps that it has with their names. The range
 * that they replace holds the percent sign.
 *
 * @param section the section that is being typed; undefined where a new one would begin
 * @param indentation space before the percent sign, which is removed: the engines refuse an indented section
 */
export function completeSection(
  context: RecipeContext,
  stage: Stage | undefined,
  section: Section | undefined,
  indentation?: TextRange,
): Candidate[] {
  const others = (stage?.sections ?? []).filter((other) => other !== section);
  const isBare = section === undefined || context.source.text.slice(section.nameRange.end, section.lineRange.end).trim() === '';
  const remove = indentation === undefined ? {} : { remove: indentation };
  const plain = order.map((keyword) => {
    const isThere = others.some((other) => other.keyword === keyword);
    return { ...candidate(context, keyword, isBare), ...remove, later: isThere && keyword !== 'files' };
  });
  const present = new Set(others.map((other) => `${other.keyword ?? ''} ${other.app?.name ?? ''}`));
  const named = appNames(context).flatMap((app) =>
    appSectionKeywords
      .filter((keyword) => !present.has(`${keyword} ${app}`))
      .map((keyword) => ({ ...appCandidate(context, keyword, app), ...remove })),
  );
  const nameless = appSectionKeywords.map((keyword) => ({ ...candidate(context, keyword, isBare), ...remove, later: true }));
  // Behind `%apprun tool` only the keyword is typed over: the name stays.
  return isBare ? [...plain, ...named, ...nameless] : [...plain, ...nameless];
}

/** Words behind a section's name: an interpreter behind `%post`, the names of apps. */
export function completeSectionArgument(context: RecipeContext, place: Extract<Place, { kind: 'section-argument' }>): Candidate[] {
  const { keyword, arguments: words } = place.section;
  if (keyword === undefined) return [];
  if (isAppSectionKeyword(keyword))
    return place.index > 0 ? [] : appNames(context).map((label) => ({ label, kind: completionKind.module, detail: t('app') }));
  if (keyword !== 'post' && keyword !== 'pre' && keyword !== 'setup') return [];
  if (place.index === 0)
    return interpreters.map((path) => ({ label: `-c ${path}`, kind: completionKind.value, detail: t('run by {0}', path) }));
  return words.trimStart().startsWith('-c') && place.index === 1 ? interpreters.map((label) => ({ label, kind: completionKind.file })) : [];
}

/** The order in which people write sections. */
const order: readonly SectionKeyword[] = [
  'post',
  'environment',
  'runscript',
  'files',
  'labels',
  'help',
  'test',
  'startscript',
  'arguments',
  'setup',
  'pre',
];

const interpreters = ['/bin/bash', '/usr/bin/env bash', '/usr/bin/python3'];

function candidate(context: RecipeContext, keyword: SectionKeyword | AppSectionKeyword, isBare: boolean): Candidate {
  const explanation = explainSection(keyword, context.options.engine);
  const isApp = isAppSectionKeyword(keyword);
  const app = isApp ? ' ${1:name}' : '';
  const plain = `%${keyword}`;
  return {
    label: plain,
    kind: isApp ? completionKind.module : completionKind.keyword,
    insert: isBare ? { snippet: `${plain}${app}\n    $0`, plain: isApp ? `${plain} ` : `${plain}\n` } : plain,
    detail: explanation.summary.replaceAll('`', ''),
    documentation: explanation.markdown,
  };
}

function appCandidate(context: RecipeContext, keyword: AppSectionKeyword, app: string): Candidate {
  const explanation = explainSection(keyword, context.options.engine);
  const plain = `%${keyword} ${app}`;
  return {
    label: plain,
    kind: completionKind.module,
    insert: { snippet: `${escapeSnippet(plain)}\n    $0`, plain: `${plain}\n` },
    detail: explanation.summary.replaceAll('`', ''),
    documentation: explanation.markdown,
  };
}

function appNames(context: RecipeContext): string[] {
  return recipeNames(context)
    .filter(({ kind }) => kind === 'app')
    .map(({ name }) => name);
}
