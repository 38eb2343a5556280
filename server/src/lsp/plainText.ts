import type { CompletionItem, Hover, MarkupContent, SignatureHelp } from 'vscode-languageserver-types';

/** The same hover without Markdown, for clients that show plain text. */
export function plainHover(hover: Hover): Hover {
  const { contents } = hover;
  return typeof contents === 'object' && 'kind' in contents ? { ...hover, contents: plain(contents) } : hover;
}

/** The same item with its documentation without Markdown. */
export function plainCompletion(item: CompletionItem): CompletionItem {
  return { ...item, ...plainDocumentation(item) };
}

/** The same help with what it says about signatures and parameters without Markdown. */
export function plainSignatureHelp(help: SignatureHelp): SignatureHelp {
  const signatures = help.signatures.map((signature) => ({
    ...signature,
    ...plainDocumentation(signature),
    ...(signature.parameters && { parameters: signature.parameters.map((one) => ({ ...one, ...plainDocumentation(one) })) }),
  }));
  return { ...help, signatures };
}

function plainDocumentation({ documentation }: { readonly documentation?: string | MarkupContent }): { documentation?: MarkupContent } {
  return typeof documentation === 'object' ? { documentation: plain(documentation) } : {};
}

function plain(content: MarkupContent): MarkupContent {
  return content.kind === 'markdown' ? { kind: 'plaintext', value: plainText(content) } : content;
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
