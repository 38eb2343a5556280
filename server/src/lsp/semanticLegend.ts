import { semanticTokensLegend } from '../recipe/semanticTokens';

/** Types that metalinks use, behind those of recipes: the legend is one for the server. */
const metalinkTypes = ['number', 'string', 'regexp'] as const;

const tokenTypes = [...semanticTokensLegend.tokenTypes, ...metalinkTypes];

/** The legend of all semantic tokens of the server (LSP 3.17). */
export const semanticLegend = { tokenTypes, tokenModifiers: [...semanticTokensLegend.tokenModifiers] };

/** Index of a type in the legend. */
export function tokenIndex(type: (typeof tokenTypes)[number]): number {
  return tokenTypes.indexOf(type);
}
