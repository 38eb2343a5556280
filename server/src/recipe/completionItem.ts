import type { CompletionItem } from 'vscode-languageserver-types';
import { insertTextFormat } from '../text/kinds';
import type { TextRange } from '../text/range';
import type { RecipeContext } from './context';

/** What the client can do, and wants. */
export interface CompletionOptions {
  /** The client understands snippets. */
  readonly snippets: boolean;
  /** Whole recipes in an empty file; off where the client brings the same snippets itself. */
  readonly wholeRecipes: boolean;
}

/** A completion before it is put into the protocol's form. */
export interface Candidate {
  readonly label: string;
  readonly kind: number;
  /** Plain text, or the snippet and the text for clients without snippets. */
  readonly insert?: string | { readonly snippet: string; readonly plain: string };
  readonly detail?: string;
  /** Markdown. */
  readonly documentation?: string;
  /** A range that is removed besides, such as the indentation of a section line. */
  readonly remove?: TextRange;
  readonly preselect?: boolean;
  readonly deprecated?: boolean;
  /** Behind the others. */
  readonly later?: boolean;
}

/** The items for `candidates`, in their order, each replacing `range`. */
export function completionItems(
  { source }: RecipeContext,
  range: TextRange,
  candidates: readonly Candidate[],
  { snippets }: CompletionOptions,
): CompletionItem[] {
  const replaced = source.rangeOf(range);
  return candidates.map((candidate, index) => {
    const { label, insert = label } = candidate;
    const isSnippet = typeof insert !== 'string' && snippets;
    const newText = typeof insert === 'string' ? insert : snippets ? insert.snippet : insert.plain;
    return {
      label,
      kind: candidate.kind as CompletionItem['kind'] & number,
      textEdit: { range: replaced, newText },
      insertTextFormat: isSnippet ? insertTextFormat.snippet : insertTextFormat.plainText,
      filterText: label,
      sortText: `${candidate.later === true ? 'z' : 'a'}${String(index).padStart(4, '0')}`,
      ...(candidate.detail !== undefined && { detail: candidate.detail }),
      ...(candidate.documentation !== undefined && { documentation: { kind: 'markdown', value: candidate.documentation } }),
      ...(candidate.preselect === true && { preselect: true }),
      ...(candidate.deprecated === true && { tags: [1] }),
      ...(candidate.remove !== undefined &&
        candidate.remove.end > candidate.remove.start && {
          additionalTextEdits: [{ range: source.rangeOf(candidate.remove), newText: '' }],
        }),
    };
  });
}

/** A text as part of a snippet: what has a meaning there is escaped. */
export function escapeSnippet(text: string): string {
  return text.replace(/[\\$}]/g, '\\$&');
}
