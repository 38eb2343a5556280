import type { Connection } from 'vscode-languageserver';
import type { World } from '../operations/world';
import type { RecipeContext } from '../recipe/context';
import type { DiagnosticsManager } from './diagnostics';
import type { OpenDocuments } from './documents';

export interface WatcherSurroundings {
  readonly connection: Connection;
  readonly documents: OpenDocuments;
  readonly diagnostics: DiagnosticsManager;
  readonly getWorld: () => Promise<World>;
  readonly isTrusted: () => boolean;
}

/** Milliseconds without a keystroke before a program or a hub is asked. */
const shellPause = 400;
const onlinePause = 1500;

/** Keeps the findings of open documents up to date: local ones at once, those of ShellCheck and of hubs when the typing rests. */
export function watchDocuments({ connection, documents, diagnostics, getWorld, isTrusted }: WatcherSurroundings): void {
  const running = new Map<string, AbortController>();

  function later(uri: string, kind: 'shell' | 'online', pause: number, work: (signal: AbortSignal) => Promise<void>): void {
    const key = `${kind} ${uri}`;
    running.get(key)?.abort();
    const controller = new AbortController();
    running.set(key, controller);
    const timer = setTimeout(() => {
      work(controller.signal)
        .catch((error: unknown) => {
          if (!controller.signal.aborted)
            connection.console.warn(`${kind} findings of ${uri}: ${error instanceof Error ? error.message : String(error)}`);
        })
        .finally(() => {
          if (running.get(key) === controller) running.delete(key);
        });
    }, pause);
    controller.signal.addEventListener('abort', () => clearTimeout(timer));
  }

  async function shell(uri: string, signal: AbortSignal): Promise<void> {
    const document = await documents.get(uri);
    if (document?.language.name !== 'recipe' || document.passedOver) return;
    if (!document.surroundings.settings['shellcheck.enabled'] || !isTrusted()) return;
    const { shellFindings } = await import('../operations/shellFindings');
    const found = await shellFindings(document.context as RecipeContext, document.surroundings.settings['shellcheck.path'], {
      signal,
      onProblem: (message) => connection.console.info(message),
    });
    if (!signal.aborted) diagnostics.set(uri, 'shell', document.version, found);
  }

  async function online(uri: string, signal: AbortSignal): Promise<void> {
    const document = await documents.get(uri);
    if (
      document === undefined ||
      document.passedOver ||
      !document.surroundings.settings['online.findings'] ||
      !document.surroundings.settings['online.enabled'] ||
      !isTrusted()
    )
      return;
    const { onlineFindings } = await import('../operations/onlineFindings');
    const found = await onlineFindings(await getWorld(), document.language.name, document.context, signal);
    if (!signal.aborted) diagnostics.set(uri, 'online', document.version, found);
  }

  function changed(uri: string): void {
    diagnostics.changed(uri);
    later(uri, 'shell', shellPause, (signal) => shell(uri, signal));
    later(uri, 'online', onlinePause, (signal) => online(uri, signal));
  }

  documents.onChange(changed); // also comes for a document that was just opened
  documents.onClose((uri) => {
    for (const kind of ['shell', 'online']) running.get(`${kind} ${uri}`)?.abort();
    diagnostics.closed(uri);
  });
}
