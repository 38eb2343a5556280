import type { ClientCapabilities, MarkupKind } from 'vscode-languageserver';
import type { ClientAbilities } from './language';

/** What of the client's capabilities decides how it is answered. */
export interface KnownClient extends ClientAbilities {
  /** It asks for diagnostics, and can be told to ask again. */
  readonly pullsDiagnostics: boolean;
  /** Diagnostics may point at other places. */
  readonly relatedInformation: boolean;
  /** An outline may be a tree. */
  readonly nestedSymbols: boolean;
  /** Where it shows Markdown; elsewhere it gets plain text. */
  readonly markdown: { readonly hover: boolean; readonly completion: boolean; readonly signature: boolean };
  /** It applies edits that the server asks for (`workspace/applyEdit`). */
  readonly appliesEdits: boolean;
  /** It answers questions (`window/showMessageRequest`). */
  readonly asks: boolean;
}

/** `ownCommands`: the client is VS Code with our extension, which brings commands and snippets. */
export function knownClient({ textDocument, workspace, window }: ClientCapabilities, ownCommands: boolean): KnownClient {
  const item = textDocument?.completion?.completionItem;
  const edits = workspace?.workspaceEdit;
  return {
    pullsDiagnostics: textDocument?.diagnostic !== undefined && workspace?.diagnostics?.refreshSupport === true,
    relatedInformation: (textDocument?.diagnostic?.relatedInformation ?? textDocument?.publishDiagnostics?.relatedInformation) === true,
    nestedSymbols: textDocument?.documentSymbol?.hierarchicalDocumentSymbolSupport === true,
    markdown: {
      hover: hasMarkdown(textDocument?.hover?.contentFormat),
      completion: hasMarkdown(item?.documentationFormat),
      signature: hasMarkdown(textDocument?.signatureHelp?.signatureInformation?.documentationFormat),
    },
    appliesEdits: workspace?.applyEdit === true,
    asks: window?.showMessage !== undefined,
    snippets: item?.snippetSupport === true,
    ownSnippets: ownCommands,
    renames: edits?.documentChanges === true && edits.resourceOperations?.includes('rename') === true,
  };
}

function hasMarkdown(formats: readonly MarkupKind[] | undefined): boolean {
  return formats?.includes('markdown') === true;
}
