import type { CompletionItem } from 'vscode-languageserver-types';
import { completionKind } from '../text/kinds';
import type { TextRange } from '../text/range';
import { completeHeaderKey, completeHeaderValue } from './completionHeader';
import { completionItems } from './completionItem';
import type { Candidate, CompletionOptions } from './completionItem';
import { completeFilesStage, completeListWord, completePlaceholder } from './completionLists';
import { completeSection, completeSectionArgument } from './completionSections';
import type { RecipeContext } from './context';
import { documentVariable, variablesOf } from './documentVariables';
import { placeAt } from './place';
import type { Place } from './place';
import { wholeRecipes } from './snippets';

/**
 * What can stand at a UTF-16 offset, from the text alone: agents, header keys, sections, labels, stages, build arguments, whole
 * recipes. Hubs and paths are added by whoever may ask them: see `referenceAt` and `pathAt`. Cannot fail.
 */
export function completeRecipe(context: RecipeContext, offset: number, options: CompletionOptions): CompletionItem[] {
  const place = placeAt(context, offset);
  const { range: whole, candidates } = candidatesAt(context, place, offset);
  // Editors also end lines at a lone carriage return; an edit stays on the line of the cursor.
  const line = context.source.lineRange(context.source.positionAt(offset).line);
  const range = { start: Math.max(whole.start, line.start), end: Math.min(whole.end, Math.max(line.end, offset)) };
  const items = completionItems(context, range, candidates, options);
  if (!options.wholeRecipes || !options.snippets || !isEmpty(context)) return items;
  return [...completionItems(context, range, wholeRecipes(), options), ...items];
}

interface Candidates {
  readonly range: TextRange;
  readonly candidates: readonly Candidate[];
}

function candidatesAt(context: RecipeContext, place: Place, offset: number): Candidates {
  const here = { start: offset, end: offset };
  switch (place.kind) {
    case 'header-key': {
      const keys = completeHeaderKey(context, place);
      const sections =
        place.range.start === place.range.end && place.stage !== undefined ? completeSection(context, place.stage, undefined) : [];
      return { range: place.range, candidates: [...keys, ...sections] };
    }
    case 'header-value':
      return { range: place.range, candidates: spaced(context, place.range.start, completeHeaderValue(context, place)) };
    case 'section-name':
      return { range: place.range, candidates: completeSection(context, place.stage, place.section, place.indentation) };
    case 'section-argument': {
      const isFiles = place.section.keyword === 'files';
      return { range: place.range, candidates: isFiles ? completeFilesStage(context, place) : completeSectionArgument(context, place) };
    }
    case 'word':
      return { range: place.range, candidates: [...completeListWord(context, place), ...sectionsOnEmptyLine(context, place, offset)] };
    case 'placeholder':
      return { range: place.nameRange, candidates: completePlaceholder(context, place) };
    case 'text':
      return completeVariable(context, place, offset) ?? { range: here, candidates: sectionsOnEmptyLine(context, place, offset) };
    case 'comment':
      return { range: here, candidates: [] };
  }
}

/** Behind a `$` of a script: what the engine sets there. */
function completeVariable(
  { source, options }: RecipeContext,
  place: Extract<Place, { kind: 'text' }>,
  offset: number,
): Candidates | undefined {
  if (place.section.content.kind !== 'script') return undefined;
  const typed = /\$\{?(\w{0,40})$/.exec(source.text.slice(Math.max(place.section.bodyRange.start, offset - 50), offset))?.[1];
  if (typed === undefined) return undefined;
  const rest = /^\w{0,40}/.exec(source.text.slice(offset, offset + 40))?.[0] ?? '';
  const candidates = variablesOf(place.section.name, options.engine).map(({ name, deprecated }) => ({
    label: name,
    kind: completionKind.variable,
    documentation: documentVariable(name) ?? '',
    deprecated,
    later: deprecated,
  }));
  return { range: { start: offset - typed.length, end: offset + rest.length }, candidates };
}

/** Directly behind the colon, a space comes first. */
function spaced({ source }: RecipeContext, start: number, candidates: readonly Candidate[]): readonly Candidate[] {
  if (source.text.charAt(start - 1) !== ':') return candidates;
  return candidates.map((candidate) => ({ ...candidate, insert: ` ${candidate.label}` }));
}

/** At the start of an empty line of a body, a new section may begin. */
function sectionsOnEmptyLine(context: RecipeContext, place: Extract<Place, { stage: unknown }>, offset: number): Candidate[] {
  const { text } = context.source;
  const isLineStart = offset === 0 || text.charAt(offset - 1) === '\n';
  const isLineEnd = offset >= text.length || /[\r\n]/.test(text.charAt(offset));
  if (!isLineStart || !isLineEnd || place.stage === undefined) return [];
  return completeSection(context, place.stage, undefined).map((candidate) => ({ ...candidate, later: true }));
}

function isEmpty({ source }: RecipeContext): boolean {
  return source.text.length < 10_000 && source.text.split('\n').every((line) => /^\s*(?:#.*)?$/.test(line));
}
