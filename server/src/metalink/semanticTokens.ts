import type { MetalinkContext } from './context';
import { definitionOf } from './definition';
import type { ValueKind } from './vocabulary';
import { contentRange } from './xml/tree';
import type { XmlElement } from './xml/tree';

/** Index of each token type in the legend of the server. */
export type TokenTypes = Readonly<Record<'number' | 'string' | 'enumMember' | 'regexp', number>>;

const tokenOf: Readonly<Partial<Record<ValueKind, keyof TokenTypes>>> = {
  integer: 'number',
  digest: 'regexp',
  iri: 'string',
  'iri-reference': 'string',
  date: 'number',
  'operating-system': 'enumMember',
  language: 'enumMember',
};

/** What a grammar cannot know: values by their kind. Delta-encoded as LSP asks for; hashes of pieces are left to the grammar. */
export function metalinkSemanticTokens({ parsed, source }: MetalinkContext, types: TokenTypes): number[] {
  const data: number[] = [];
  let lastLine = 0;
  let lastCharacter = 0;
  const visit = (element: XmlElement) => {
    if (element.local === 'pieces') return;
    const kind = definitionOf(element)?.content;
    const type = kind && tokenOf[kind];
    if (type !== undefined && element.children.length === 0 && element.textStart >= 0) {
      const range = contentRange(element);
      const start = source.positionAt(range.start);
      const end = source.positionAt(range.end);
      if (end.line === start.line && end.character > start.character) {
        data.push(
          start.line - lastLine,
          start.line === lastLine ? start.character - lastCharacter : start.character,
          end.character - start.character,
          types[type],
          0,
        );
        lastLine = start.line;
        lastCharacter = start.character;
      }
    }
    for (const child of element.children) visit(child);
  };
  if (parsed.root) visit(parsed.root);
  return data;
}
