import type { Hover, MarkupContent } from 'vscode-languageserver-types';

/** The same hover without Markdown, for clients that show plain text. */
export function plainHover(hover: Hover): Hover {
  const contents = hover.contents;
  if (typeof contents !== 'object' || !('kind' in contents) || contents.kind !== 'markdown') return hover;
  return { ...hover, contents: { kind: 'plaintext', value: plainText(contents) } };
}

/** Markdown as our own hovers use it (emphasis, code, links, tables), reduced to its text. */
function plainText(content: MarkupContent): string {
  return content.value
    .split('\n')
    .filter((line) => !/^\|?[\s:|-]+\|?$/.test(line) || line.trim() === '')
    .map((line) =>
      line
        .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
        .replace(/(\*\*|__|`)/g, '')
        .replace(/\\([\\`*_{}[\]()#+.!|<>-])/g, '$1')
        .replace(/^\|\s*|\s*\|$/g, '')
        .replace(/\s*\|\s*/g, '  '),
    )
    .join('\n');
}
