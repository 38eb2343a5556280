import type { ClientCapabilities, Connection } from 'vscode-languageserver';
import { CodeLensRefreshRequest, InlayHintRefreshRequest } from 'vscode-languageserver';

/**
 * Has the client fetch anew what settings turn on and off: lenses and hints, where it can be asked to (LSP 3.18,
 * `workspace/codeLens/refresh`, `workspace/inlayHint/refresh`). Rejects when the client answers with an error.
 */
export async function refreshShown(connection: Connection, workspace: ClientCapabilities['workspace']): Promise<void> {
  await Promise.all([
    workspace?.codeLens?.refreshSupport === true && connection.sendRequest(CodeLensRefreshRequest.type),
    workspace?.inlayHint?.refreshSupport === true && connection.sendRequest(InlayHintRefreshRequest.type),
  ]);
}
