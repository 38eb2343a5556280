import assert from 'node:assert/strict';
import * as vscode from 'vscode';

interface Manifest {
  readonly contributes: {
    readonly commands: readonly { readonly command: string; readonly title: string }[];
    readonly configuration: readonly { readonly properties: Readonly<Record<string, { readonly default: unknown }>> }[];
  };
  readonly capabilities: { readonly untrustedWorkspaces: { readonly restrictedConfigurations: readonly string[] } };
}

/** The extension under test. */
export function extension(): vscode.Extension<unknown> {
  const found = vscode.extensions.getExtension('container-metalink.container-metalink');
  assert.ok(found, 'the extension is not installed');
  return found;
}

/** Its package.json, with the texts of the user's language. */
export function manifest(): Manifest {
  return extension().packageJSON as Manifest; // scripts/manifest.mjs checks the file
}

/** Opens a file of the workspace in the editor. */
export async function openFile(name: string): Promise<vscode.TextDocument> {
  const folder = vscode.workspace.workspaceFolders?.[0];
  assert.ok(folder, 'no folder is open');
  const document = await vscode.workspace.openTextDocument(vscode.Uri.joinPath(folder.uri, name));
  await vscode.window.showTextDocument(document);
  return document;
}

/** Waits until something holds; fails with its name after 90 s: only what is broken takes that long. */
export async function until<T>(what: string, get: () => T | Promise<T>, timeout = 90_000): Promise<NonNullable<T>> {
  for (const end = Date.now() + timeout; ; await new Promise((resolve) => setTimeout(resolve, 50))) {
    const value = await get();
    if (value !== undefined && value !== null && value !== false) return value;
    if (Date.now() > end) assert.fail(`waited in vain until ${what}`);
  }
}

/** The diagnostics of a document, when there are any. */
export function diagnosticsOf(document: vscode.TextDocument): Promise<vscode.Diagnostic[]> {
  return until(`${document.fileName} has diagnostics`, () => {
    const found = vscode.languages.getDiagnostics(document.uri);
    return found.length > 0 ? found : undefined;
  });
}
