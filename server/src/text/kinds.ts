// Numbers that the Language Server Protocol gives to kinds (LSP 3.17), as constants: pure rooms take only types from vscode packages.

/** LSP CompletionItemKind. */
export const completionKind = {
  text: 1, function: 3, field: 5, variable: 6, class: 7, module: 9, property: 10, unit: 11, value: 12, enum: 13, keyword: 14,
  snippet: 15, color: 16, file: 17, reference: 18, folder: 19, enumMember: 20, constant: 21, struct: 22, event: 23, operator: 24,
} as const; // prettier-ignore

/** LSP SymbolKind. */
export const symbolKind = {
  file: 1, module: 2, namespace: 3, package: 4, class: 5, method: 6, property: 7, field: 8, enum: 10, interface: 11, function: 12,
  variable: 13, constant: 14, string: 15, number: 16, boolean: 17, array: 18, object: 19, key: 20, null: 21, event: 24, operator: 25,
} as const; // prettier-ignore

/** LSP InsertTextFormat. */
export const insertTextFormat = { plainText: 1, snippet: 2 } as const;
