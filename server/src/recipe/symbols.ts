import type { DocumentSymbol } from 'vscode-languageserver-types';
import { symbolKind } from '../text/kinds';
import type { TextRange } from '../text/range';
import type { RecipeContext } from './context';
import { trimRange } from './engineText';
import { headerEntry } from './lookup';
import type { Section, Stage } from './syntax';

/** The outline of a recipe: stages with their headers and sections; labels, build arguments and copied files below their section. */
export function symbolsRecipe(context: RecipeContext): DocumentSymbol[] {
  const stages = context.parsed.recipe.stages.filter((stage) => !stage.empty);
  const [only] = stages;
  if (only !== undefined && stages.length === 1) return childrenOf(context, only);
  return stages.map((stage) => stageSymbol(context, stage));
}

function stageSymbol(context: RecipeContext, stage: Stage): DocumentSymbol {
  const name = headerEntry(stage, 'stage');
  const from = headerEntry(stage, 'from') ?? headerEntry(stage, 'bootstrap');
  const selected = name ?? from ?? stage.header.entries[0];
  const first = selected?.range ?? stage.sections[0]?.markRange ?? { start: stage.range.start, end: stage.range.start };
  return symbol(context, {
    name: name?.value || from?.value || '1',
    kind: symbolKind.module,
    range: trimmed(context, stage.range),
    selection: first,
    ...(name && from && { detail: from.value }),
    children: childrenOf(context, stage),
  });
}

function childrenOf(context: RecipeContext, stage: Stage): DocumentSymbol[] {
  const header = stage.header.entries.map((entry) =>
    symbol(context, {
      name: entry.key || ':',
      detail: entry.value,
      kind: symbolKind.property,
      range: entry.range,
      selection: entry.keyRange,
    }),
  );
  const sections = stage.sections.map((section) =>
    symbol(context, {
      name: context.source.text.slice(section.markRange.start, Math.max(section.markRange.end, section.nameRange.end)) || '%',
      kind: section.app ? symbolKind.class : section.content.kind === 'script' ? symbolKind.function : symbolKind.namespace,
      range: trimmed(context, section.range),
      selection: { start: section.markRange.start, end: Math.max(section.markRange.end, section.nameRange.end) },
      ...(section.arguments !== '' && { detail: section.app?.name ?? section.arguments.trim() }),
      children: linesOf(context, section),
    }),
  );
  return [...header, ...sections];
}

function linesOf(context: RecipeContext, { content }: Section): DocumentSymbol[] {
  switch (content.kind) {
    case 'labels':
      return content.labels.map((line) =>
        symbol(context, { name: line.key, detail: line.value, kind: symbolKind.key, range: line.range, selection: line.keyRange }),
      );
    case 'arguments':
      return content.arguments
        .filter(({ status }) => status === 'assigned')
        .map((line) =>
          symbol(context, { name: line.key, detail: line.value, kind: symbolKind.variable, range: line.range, selection: line.keyRange }),
        );
    case 'files':
      return content.files.map((line) =>
        symbol(context, {
          name: line.source || '""',
          detail: line.destination,
          kind: symbolKind.file,
          range: line.range,
          selection: line.sourceRange,
        }),
      );
    case 'script':
    case 'help':
    case 'unknown':
      return [];
  }
}

interface Symbol {
  readonly name: string;
  readonly detail?: string;
  readonly kind: number;
  readonly range: TextRange;
  /** Lies in `range`, as the protocol wants. */
  readonly selection: TextRange;
  readonly children?: DocumentSymbol[];
}

function symbol({ source }: RecipeContext, { name, detail, kind, range, selection, children }: Symbol): DocumentSymbol {
  const start = Math.min(range.start, selection.start);
  const end = Math.max(range.end, selection.end);
  return {
    name,
    kind: kind as DocumentSymbol['kind'],
    range: source.rangeOf({ start, end }),
    selectionRange: source.rangeOf(selection),
    ...(detail !== undefined && detail !== '' && { detail }),
    ...(children !== undefined && children.length > 0 && { children }),
  };
}

/** A range without the blank lines at its end; space is what the engines call so. */
function trimmed({ source }: RecipeContext, { start, end }: TextRange): TextRange {
  return { start, end: Math.max(start, trimRange(source.text, start, end).end) };
}
