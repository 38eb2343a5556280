import type { DocumentSymbol, SymbolInformation } from 'vscode-languageserver-types';

/** A tree of symbols as the list that older clients show, each with the name of what it is in; in the order of the text. */
export function flatSymbols(symbols: readonly DocumentSymbol[], uri: string, containerName?: string): SymbolInformation[] {
  return symbols.flatMap(({ name, kind, range, children = [] }) => [
    { name, kind, location: { uri, range }, ...(containerName !== undefined && { containerName }) },
    ...flatSymbols(children, uri, name),
  ]);
}
