import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { LSPErrorCodes, ResponseError } from 'vscode-languageserver';
import type { Connection, ServerCapabilities } from 'vscode-languageserver';
import type { CompletionItem, CompletionList, Hover } from 'vscode-languageserver-types';
import { completePath } from '../operations/pathCompletion';
import type { RecipeContext } from '../recipe/context';
import type { KnownClient } from './clientAbilities';
import { codeActions, fixAllKind } from './codeActions';
import type { DiagnosticsManager } from './diagnostics';
import type { OpenDocuments } from './documents';
import { flatSymbols } from './flatSymbols';
import type { AnalysedDocument, Language } from './language';
import type { OnlineFeatures } from './onlineFeatures';
import { plainCompletion, plainHover, plainSignatureHelp } from './plainText';
import { semanticLegend } from './semanticLegend';
import { signalOf } from './signal';
import { serverCommands, withoutDeadCommand } from './serverCommands';
import type { CommandFilter } from './serverCommands';

/** What the features are answered from. */
export interface FeatureSurroundings {
  readonly connection: Connection;
  readonly documents: OpenDocuments;
  readonly diagnostics: DiagnosticsManager;
  readonly online: OnlineFeatures;
  readonly client: KnownClient;
  /** Which commands do something at this client. */
  readonly runs: CommandFilter;
}

/** What of the client decides which capabilities are told. */
export interface AbilitiesThatCount {
  readonly pullDiagnostics: boolean;
  /** The client brings our commands: two of one name would clash. */
  readonly ownCommands: boolean;
}

/** The capabilities that go with `registerFeatures`. */
export function featureCapabilities({ pullDiagnostics, ownCommands }: AbilitiesThatCount): ServerCapabilities {
  return {
    completionProvider: { triggerCharacters: ['%', ':', '/', '@', '<', '"', ' ', '{', '$', '=', '.'], resolveProvider: true },
    hoverProvider: true,
    signatureHelpProvider: { triggerCharacters: [' '] },
    definitionProvider: true,
    referencesProvider: true,
    documentHighlightProvider: true,
    documentSymbolProvider: true,
    codeActionProvider: { codeActionKinds: ['quickfix', 'refactor.rewrite', fixAllKind] },
    codeLensProvider: {},
    documentLinkProvider: {},
    documentFormattingProvider: true,
    documentRangeFormattingProvider: true,
    documentOnTypeFormattingProvider: { firstTriggerCharacter: '>', moreTriggerCharacter: ['/'] },
    renameProvider: { prepareProvider: true },
    foldingRangeProvider: true,
    selectionRangeProvider: true,
    linkedEditingRangeProvider: true,
    semanticTokensProvider: { legend: semanticLegend, full: true },
    inlayHintProvider: true,
    ...(!ownCommands && { executeCommandProvider: { commands: [...serverCommands] } }),
    ...(pullDiagnostics && { diagnosticProvider: { interFileDependencies: false, workspaceDiagnostics: false } }),
  };
}

/** The one wiring table: every LSP request that is supported, and what answers it. */
export function registerFeatures({ connection, documents, diagnostics, online, client, runs }: FeatureSurroundings): void {
  const { markdown } = client;
  const itemFor = (item: CompletionItem) => (markdown.completion ? item : plainCompletion(item));
  /** Answers from the document as it stands, or `none` when it is not open or of no language of ours. */
  const on = async <T>(
    uri: string,
    none: T,
    answer: (document: AnalysedDocument, language: Language<unknown>) => T | Promise<T>,
  ): Promise<T> => {
    const document = await documents.get(uri);
    return document === undefined ? none : answer(document, document.language);
  };

  connection.onCompletion((params, token) =>
    on<CompletionItem[] | CompletionList>(params.textDocument.uri, [], async (document, language) => {
      const offset = document.source.offsetAt(params.position);
      const local = language.completion(document.context, offset, client);
      const paths = await localPaths(document, offset);
      const found = await online.completion(document, offset, signalOf(token));
      const items = [...local, ...paths, ...(found?.items ?? [])].map((item) => itemFor(withoutDeadCommand(item, runs)));
      return found === undefined ? items : { isIncomplete: found.isIncomplete, items };
    }),
  );
  connection.onCompletionResolve(async (item, token) => itemFor(await online.resolveCompletion(item, signalOf(token))));
  connection.onHover((params, token) =>
    on<Hover | null>(params.textDocument.uri, null, async (document, language) => {
      const offset = document.source.offsetAt(params.position);
      const hover = (await online.hover(document, offset, signalOf(token))) ?? language.hover(document.context, offset) ?? null;
      return markdown.hover || hover === null ? hover : plainHover(hover);
    }),
  );
  connection.onSignatureHelp((params) =>
    on(params.textDocument.uri, null, (d, l) => {
      const help = l.signatureHelp?.(d.context, d.source.offsetAt(params.position)) ?? null;
      return markdown.signature || help === null ? help : plainSignatureHelp(help);
    }),
  );
  connection.onDefinition((params) =>
    on(params.textDocument.uri, [], (d, l) => l.definition?.(d.context, d.uri, d.source.offsetAt(params.position)) ?? []),
  );
  connection.onReferences((params) =>
    on(
      params.textDocument.uri,
      [],
      (d, l) => l.references?.(d.context, d.uri, d.source.offsetAt(params.position), params.context.includeDeclaration) ?? [],
    ),
  );
  connection.onDocumentHighlight((params) =>
    on(params.textDocument.uri, [], (d, l) => l.highlights?.(d.context, d.source.offsetAt(params.position)) ?? []),
  );
  connection.onDocumentSymbol((params) =>
    on(params.textDocument.uri, [], (d, l) => {
      const symbols = l.symbols(d.context);
      return client.nestedSymbols ? symbols : flatSymbols(symbols, d.uri);
    }),
  );
  connection.onCodeAction((params) =>
    on(params.textDocument.uri, [], async (d) => {
      const findings = await diagnostics.findingsOf(d.uri);
      return [
        ...codeActions(d, findings, params.range, params.context, client),
        ...online
          .codeActions(d, findings, params.range, params.context)
          .filter(({ command }) => command === undefined || runs(command.command)),
      ];
    }),
  );
  connection.onCodeLens((params) =>
    on(params.textDocument.uri, [], (d, l) =>
      d.surroundings.settings['codeLens.enabled']
        ? l.lenses(d.context, d.uri).filter(({ command }) => command !== undefined && runs(command.command))
        : [],
    ),
  );
  connection.onDocumentLinks((params) => on(params.textDocument.uri, [], (d, l) => l.links(d.context, d.uri)));
  connection.onDocumentFormatting((params) => on(params.textDocument.uri, [], (d, l) => l.format(d.context, params.options)));
  connection.onDocumentRangeFormatting((params) =>
    on(params.textDocument.uri, [], (d, l) =>
      l.format(d.context, params.options, { start: d.source.offsetAt(params.range.start), end: d.source.offsetAt(params.range.end) }),
    ),
  );
  connection.onDocumentOnTypeFormatting((params) =>
    on(params.textDocument.uri, [], (d, l) => l.onType?.(d.context, d.source.offsetAt(params.position), params.ch) ?? []),
  );
  connection.onPrepareRename((params) =>
    on(params.textDocument.uri, null, (d, l) => l.prepareRename(d.context, d.source.offsetAt(params.position)) ?? null),
  );
  connection.onRenameRequest((params) =>
    on(params.textDocument.uri, null, (d, l) => {
      const answer = l.rename(d.context, d.source.offsetAt(params.position), params.newName);
      if (answer === undefined) return null;
      if ('edits' in answer) return { changes: { [d.uri]: answer.edits } };
      throw new ResponseError(LSPErrorCodes.RequestFailed, answer.problem); // editors show it beside the name
    }),
  );
  connection.onFoldingRanges((params) => on(params.textDocument.uri, [], (d, l) => l.folding(d.context)));
  connection.onSelectionRanges((params) =>
    on(params.textDocument.uri, [], (d, l) => params.positions.map((p) => l.selection(d.context, d.source.offsetAt(p)))),
  );
  connection.languages.onLinkedEditingRange((params) =>
    on(params.textDocument.uri, null, (d, l) => l.linkedEditing?.(d.context, d.source.offsetAt(params.position)) ?? null),
  );
  connection.languages.semanticTokens.on((params) =>
    on(params.textDocument.uri, { data: [] as number[] }, (d, l) => ({ data: l.semanticTokens(d.context) })),
  );
  connection.languages.inlayHint.on((params) =>
    on(params.textDocument.uri, [], (d, l) =>
      d.surroundings.settings['inlayHints.enabled']
        ? l.hints(d.context, { start: d.source.offsetAt(params.range.start), end: d.source.offsetAt(params.range.end) })
        : [],
    ),
  );
  connection.languages.diagnostics.on(async (params) => ({ kind: 'full', items: await diagnostics.current(params.textDocument.uri) }));
}

/** Files for the path at an offset of a recipe on disk; none elsewhere. */
async function localPaths(document: AnalysedDocument, offset: number): Promise<CompletionItem[]> {
  if (document.language.name !== 'recipe' || !document.uri.startsWith('file:')) return [];
  return (await completePath(document.context as RecipeContext, offset, path.dirname(fileURLToPath(document.uri)))) ?? [];
}
