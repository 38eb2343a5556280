import { fileURLToPath } from 'node:url';
import { TextDocuments } from 'vscode-languageserver';
import type { Connection } from 'vscode-languageserver';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { isPassedOver } from '../operations/passedOver';
import { createSourceText } from '../text/sourceText';
import type { Finding } from '../text/finding';
import type { AnalysedDocument, Language } from './language';
import type { SettingsStore } from './settingsStore';
import type { WorkspaceRulesStore } from './workspaceRulesStore';

/** The open documents of our languages, each analysed once a version. */
export interface OpenDocuments {
  /** The document as it stands now, or undefined when it is closed or of no language of ours. */
  get(uri: string): Promise<AnalysedDocument | undefined>;
  /** Text of an open document, whatever its language. */
  textOf(uri: string): string | undefined;
  readonly uris: readonly string[];
  /** Everything is analysed anew: settings or workspace rules changed. */
  forget(): void;
  onOpen(listener: (uri: string) => void): void;
  onChange(listener: (uri: string) => void): void;
  onSave(listener: (uri: string) => void): void;
  onClose(listener: (uri: string) => void): void;
}

/** `languages` by LSP language id. Registers the text synchronisation on `connection`. */
export function createOpenDocuments(
  connection: Connection,
  languages: ReadonlyMap<string, Language<unknown>>,
  settings: SettingsStore,
  workspaceRules: WorkspaceRulesStore,
): OpenDocuments {
  const documents = new TextDocuments(TextDocument);
  const analysed = new Map<string, AnalysedDocument>();
  documents.listen(connection);

  async function get(uri: string): Promise<AnalysedDocument | undefined> {
    const opened = documents.get(uri);
    const language = opened && languages.get(opened.languageId);
    if (opened === undefined || language === undefined) return undefined;
    const known = analysed.get(uri);
    if (known?.version === opened.version) return known;
    const values = await settings.settingsFor(uri);
    const surroundings = { uri, settings: values, workspace: await workspaceRules.rulesFor(uri, values['labels.schemas']) };
    const now = documents.get(uri);
    if (now === undefined) return undefined;
    const fresh = analysed.get(uri);
    if (fresh?.version === now.version) return fresh;
    const made = analyse(now, language, surroundings);
    analysed.set(uri, made);
    return made;
  }

  const strip = (listener: (uri: string) => void) => (event: { document: TextDocument }) => listener(event.document.uri);
  documents.onDidClose((event) => analysed.delete(event.document.uri));

  return {
    get,
    textOf: (uri) => documents.get(uri)?.getText(),
    get uris() {
      return documents.keys();
    },
    forget: () => analysed.clear(),
    onOpen: (listener) => documents.onDidOpen(strip(listener)),
    onChange: (listener) => documents.onDidChangeContent(strip(listener)),
    onSave: (listener) => documents.onDidSave(strip(listener)),
    onClose: (listener) => documents.onDidClose(strip(listener)),
  };
}

function analyse(document: TextDocument, language: Language<unknown>, surroundings: AnalysedDocument['surroundings']): AnalysedDocument {
  const source = createSourceText(document.getText());
  const passedOver = isPassedOver(pathOf(document.uri), surroundings.workspace.ignore);
  const lazy: { context?: { value: unknown }; findings?: readonly Finding[] } = {};
  const context = () => (lazy.context ??= { value: language.createContext(source, surroundings) }).value;
  return {
    uri: document.uri,
    version: document.version,
    source,
    language,
    surroundings,
    passedOver,
    get context() {
      return context();
    },
    findings: () => (lazy.findings ??= passedOver ? [] : language.check(context())),
  };
}

/** The path of a `file:` URI; of others, what stands in its place. */
function pathOf(uri: string): string {
  return uri.startsWith('file:') ? fileURLToPath(uri) : decodeURI(uri);
}
