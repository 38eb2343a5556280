import * as vscode from 'vscode';

/** Whether the files of the workspace are on no disk: all folders come from a file system provider (`virtualWorkspace` in when clauses). */
export function isVirtualWorkspace(): boolean {
  const folders = vscode.workspace.workspaceFolders ?? [];
  return folders.length > 0 && folders.every(({ uri }) => uri.scheme !== 'file');
}
