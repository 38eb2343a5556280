import snippets from '../../../snippets/singularity.json';
import { completionKind } from '../text/kinds';
import type { Candidate } from './completionItem';

/** Whole recipes to start from: those of snippets/singularity.json, the one source of the snippets that VS Code is given. */
export function wholeRecipes(): Candidate[] {
  return Object.entries(snippets)
    .filter(([name]) => name.startsWith('Recipe: '))
    .map(([name, { body, description }]) => {
      const snippet = body.join('\n');
      return {
        label: name,
        kind: completionKind.snippet,
        insert: { snippet, plain: plainText(snippet) },
        detail: description,
        documentation: '```singularity\n' + plainText(snippet) + '\n```',
      };
    });
}

/** A snippet with the defaults of its tab stops. */
export function plainText(snippet: string): string {
  return snippet.replace(
    /\$\{\d+:([^}]*)\}|\$\d+|\\([$}\\])/g,
    (_whole, value: string | undefined, escaped: string | undefined) => value ?? escaped ?? '',
  );
}
