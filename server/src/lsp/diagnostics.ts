import type { Connection } from 'vscode-languageserver';
import type { Diagnostic, DiagnosticSeverity, DiagnosticTag } from 'vscode-languageserver-types';
import type { Finding, Severity } from '../text/finding';
import type { SourceText } from '../text/sourceText';
import type { AnalysedDocument } from './language';
import type { OpenDocuments } from './documents';
import { rulePage } from '../operations/rulePages';

/** Where findings come from. `local` answers from the text alone and is never kept waiting by the others. */
export type FindingKind = 'local' | 'shell' | 'online' | 'mirrors' | 'verification';

/** Keeps the findings of each kind per document, merges them, and tells the client. */
export interface DiagnosticsManager {
  /** Diagnostics of a document as they stand: local ones computed now, the others as they came. */
  current(uri: string): Promise<Diagnostic[]>;
  /** Findings under a range, for code actions. */
  findingsOf(uri: string): Promise<readonly Finding[]>;
  /** Replaces what a kind says about a document version; ignored when the document has moved on since. */
  set(uri: string, kind: Exclude<FindingKind, 'local'>, version: number, findings: readonly Finding[]): void;
  /** The text changed: findings of other kinds that no longer fit are dropped, the client is told after the debounce. */
  changed(uri: string): void;
  closed(uri: string): void;
  refreshAll(): void;
  /** Nothing is told any more: the client is going. */
  dispose(): void;
}

interface Late {
  readonly version: number;
  readonly findings: readonly Finding[];
}

export interface DiagnosticsOptions {
  /** The client asks for diagnostics itself, so it is only told to ask again; otherwise they are pushed. */
  readonly pull: boolean;
  /** The client shows other places beside a diagnostic. */
  readonly relatedInformation: boolean;
  readonly sourceName: string;
}

/** Diagnostics of the open documents for one client. */
export function createDiagnosticsManager(
  connection: Connection,
  documents: OpenDocuments,
  options: DiagnosticsOptions,
): DiagnosticsManager {
  const late = new Map<string, Map<FindingKind, Late>>();
  const timers = new Map<string, NodeJS.Timeout>();
  const published = new Set<string>();
  let refreshTimer: NodeJS.Timeout | undefined;
  let lastDuration = 0;
  let disposed = false;

  async function findings(uri: string): Promise<{ document: AnalysedDocument; findings: readonly Finding[] } | undefined> {
    const document = await documents.get(uri);
    if (document === undefined) return undefined;
    const started = performance.now();
    const local = document.findings();
    lastDuration = performance.now() - started;
    // What commands found stays, also where the workspace file wants no findings.
    const others = [...(late.get(uri) ?? [])].flatMap(([kind, { version, findings: found }]) =>
      version !== document.version || (document.passedOver && (kind === 'shell' || kind === 'online')) ? [] : found,
    );
    return { document, findings: [...local, ...others] };
  }

  async function current(uri: string): Promise<Diagnostic[]> {
    const found = await findings(uri);
    return found === undefined ? [] : found.findings.map((f) => toDiagnostic(f, found.document.source, uri, options));
  }

  async function publish(uri: string): Promise<void> {
    const document = await documents.get(uri);
    const diagnostics = await current(uri);
    if (diagnostics.length === 0 && !published.has(uri)) return;
    if (diagnostics.length === 0) published.delete(uri);
    else published.add(uri);
    await connection.sendDiagnostics({ uri, diagnostics, ...(document && { version: document.version }) });
  }

  function report(error: unknown): void {
    if (!disposed) connection.console.error(error instanceof Error ? error.message : String(error));
  }

  /** Short for quick checks, longer where a check takes its time: between 20 and 500 ms. */
  function schedule(uri: string, delay = Math.min(500, Math.max(20, lastDuration * 3))): void {
    if (options.pull || disposed) return;
    clearTimeout(timers.get(uri));
    timers.set(
      uri,
      setTimeout(() => {
        timers.delete(uri);
        publish(uri).catch(report);
      }, delay),
    );
  }

  function tell(uri: string): void {
    if (disposed) return;
    if (!options.pull) {
      schedule(uri, 0);
      return;
    }
    clearTimeout(refreshTimer);
    refreshTimer = setTimeout(() => {
      connection.languages.diagnostics.refresh().catch(report);
    }, 50);
  }

  return {
    current,
    findingsOf: async (uri) => (await findings(uri))?.findings ?? [],
    set(uri, kind, version, found) {
      const kinds = late.get(uri) ?? new Map<FindingKind, Late>();
      const before = kinds.get(kind);
      kinds.set(kind, { version, findings: found });
      late.set(uri, kinds);
      if (found.length > 0 || (before?.findings.length ?? 0) > 0) tell(uri);
    },
    changed: (uri) => schedule(uri),
    closed(uri) {
      late.delete(uri);
      clearTimeout(timers.get(uri));
      timers.delete(uri);
      if (published.delete(uri)) void connection.sendDiagnostics({ uri, diagnostics: [] });
    },
    refreshAll() {
      for (const uri of documents.uris) tell(uri);
    },
    dispose() {
      disposed = true;
      clearTimeout(refreshTimer);
      for (const timer of timers.values()) clearTimeout(timer);
    },
  };
}

const severities: Readonly<Record<Severity, DiagnosticSeverity>> = { error: 1, warning: 2, information: 3, hint: 4 };
const tags: Readonly<Record<'unnecessary' | 'deprecated', DiagnosticTag>> = { unnecessary: 1, deprecated: 2 };

function toDiagnostic(finding: Finding, source: SourceText, uri: string, options: DiagnosticsOptions): Diagnostic {
  return {
    range: source.rangeOf(finding.range),
    severity: severities[finding.severity],
    code: finding.code,
    codeDescription: { href: rulePage(finding.code) },
    source: options.sourceName,
    message: finding.message,
    ...(finding.tags && { tags: finding.tags.map((tag) => tags[tag]) }),
    ...(options.relatedInformation &&
      finding.related && {
        relatedInformation: finding.related.map((r) => ({ location: { uri, range: source.rangeOf(r.range) }, message: r.message })),
      }),
  };
}
