import * as vscode from 'vscode';
import type { DocumentContent } from './documentContent';

export const documentScheme = 'container-metalink';
const reportLanguage = 'container-report';
const keptDocuments = 100;

/** Read-only documents made of answers of the server: reports, manifests, contents, recipes found inside images. */
export interface Documents {
  /** Opens a document, or brings the one of that name up to date; as a `glance` in the tab for previews, while the keys stay with the list that it was chosen from. */
  show(content: DocumentContent, options?: { readonly glance?: boolean }): Promise<void>;
  /** Writes those documents anew that are open and describe one of these cache entries (paths): what they say has changed. */
  renew(entries: ReadonlySet<string>, make: (entry: string) => Promise<DocumentContent>): Promise<void>;
  /** Closes the tabs of documents that describe one of these cache entries (paths): they are gone. */
  close(entries: ReadonlySet<string>): Promise<void>;
  /** The text of a document that is open. */
  textOf(uri: vscode.Uri): string | undefined;
}

/** Registers the file system `container-metalink:` and the code lenses of its documents. */
export function createDocuments(context: vscode.ExtensionContext): Documents {
  const contents = new Map<string, DocumentContent & { readonly changed: number }>();
  const changes = new vscode.EventEmitter<vscode.FileChangeEvent[]>();
  const lensesChanged = new vscode.EventEmitter<void>();
  context.subscriptions.push(
    changes,
    lensesChanged,
    vscode.workspace.registerFileSystemProvider(
      documentScheme,
      readOnlyFiles(changes.event, (uri) => contents.get(uri.path)),
      { isReadonly: true },
    ),
    vscode.languages.registerCodeLensProvider(
      { scheme: documentScheme, language: reportLanguage },
      { onDidChangeCodeLenses: lensesChanged.event, provideCodeLenses: ({ uri }) => lensesOf(contents.get(uri.path)) },
    ),
    // A document that VS Code restores in a new window comes back without us opening it.
    vscode.workspace.onDidOpenTextDocument((document) => void useReportLanguage(document)),
  );

  function put(uri: vscode.Uri, content: DocumentContent): void {
    // In the order of their last change; the oldest go. (A closed document is no sign: changing its language closes it too.)
    contents.delete(uri.path);
    contents.set(uri.path, { ...content, changed: Date.now() });
    for (const path of [...contents.keys()].slice(0, -keptDocuments)) contents.delete(path);
    changes.fire([{ type: vscode.FileChangeType.Changed, uri }]);
    lensesChanged.fire();
  }

  return {
    async show(content, { glance = false } = {}) {
      const uri = vscode.Uri.from({ scheme: documentScheme, path: `/${content.name.replaceAll('/', '∕')}` });
      put(uri, content);
      const document = await useReportLanguage(await vscode.workspace.openTextDocument(uri));
      await vscode.window.showTextDocument(document, { preview: glance, preserveFocus: glance, viewColumn: vscode.ViewColumn.Active });
    },
    async renew(entries, make) {
      for (const { uri } of vscode.workspace.textDocuments) {
        const entry = uri.scheme === documentScheme ? contents.get(uri.path)?.entry : undefined;
        if (entry !== undefined && entries.has(entry)) put(uri, await make(entry));
      }
    },
    async close(entries) {
      const tabs = vscode.window.tabGroups.all.flatMap((group) => group.tabs);
      const isGone = ({ input }: vscode.Tab) =>
        input instanceof vscode.TabInputText &&
        input.uri.scheme === documentScheme &&
        entries.has(contents.get(input.uri.path)?.entry ?? '');
      await vscode.window.tabGroups.close(tabs.filter(isGone), true);
    },
    textOf: (uri) => contents.get(uri.path)?.text,
  };
}

async function useReportLanguage(document: vscode.TextDocument): Promise<vscode.TextDocument> {
  if (document.uri.scheme !== documentScheme || document.languageId !== 'plaintext') return document;
  return vscode.languages.setTextDocumentLanguage(document, reportLanguage);
}

function lensesOf(content: DocumentContent | undefined): vscode.CodeLens[] {
  return (content?.actions ?? []).map(
    ({ line, title, command, arguments: args }) =>
      new vscode.CodeLens(new vscode.Range(line, 0, line, 0), { title, command, arguments: [...args] }),
  );
}

function readOnlyFiles(
  onDidChangeFile: vscode.Event<vscode.FileChangeEvent[]>,
  find: (uri: vscode.Uri) => (DocumentContent & { changed: number }) | undefined,
): vscode.FileSystemProvider {
  const textOf = (uri: vscode.Uri) =>
    Buffer.from(find(uri)?.text ?? vscode.l10n.t('This document belonged to an earlier window. Run the command again to see it.'));
  const refuse = (uri: vscode.Uri): never => {
    throw vscode.FileSystemError.NoPermissions(uri);
  };
  return {
    onDidChangeFile,
    watch: () => new vscode.Disposable(() => undefined),
    stat: (uri) => ({
      type: uri.path === '/' ? vscode.FileType.Directory : vscode.FileType.File,
      ctime: 0,
      mtime: find(uri)?.changed ?? 0,
      size: textOf(uri).length,
      permissions: vscode.FilePermission.Readonly,
    }),
    readDirectory: () => [],
    readFile: textOf,
    createDirectory: refuse,
    writeFile: refuse,
    delete: refuse,
    rename: refuse,
  };
}
