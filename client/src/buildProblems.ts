import * as fs from 'node:fs/promises';
import * as vscode from 'vscode';
import type { Server } from './languageClient';

export interface FinishedBuild {
  readonly server: Server;
  readonly problems: vscode.DiagnosticCollection;
  readonly recipe: vscode.Uri;
  /** File with what the engine printed to standard error. Removed afterwards. */
  readonly log: string;
  readonly succeeded: boolean;
}

/** After a build that failed: the engine's errors as diagnostics of the recipe, at the lines that they mean. */
export async function reportBuildProblems({ server, problems, recipe, log, succeeded }: FinishedBuild): Promise<void> {
  const output = await readAndRemove(log);
  if (succeeded || output === undefined) return;
  const found = await server.request('buildProblems', { uri: recipe.toString(), output });
  const placed = found.problems.map(({ range: { start, end }, message }) =>
    buildDiagnostic(new vscode.Range(start.line, start.character, end.line, end.character), message),
  );
  // An error whose place is not known stands at the first line.
  const last = output.split('\n').findLast((line) => line.includes('FATAL:'));
  const unplaced = last === undefined ? [] : [buildDiagnostic(new vscode.Range(0, 0, 0, 0), last.replace(/^.*?FATAL:\S*\s*/, '').trim())];
  problems.set(recipe, placed.length > 0 ? placed : unplaced);
}

function buildDiagnostic(range: vscode.Range, message: string): vscode.Diagnostic {
  const diagnostic = new vscode.Diagnostic(range, message);
  diagnostic.source = 'build';
  return diagnostic;
}

async function readAndRemove(file: string): Promise<string | undefined> {
  try {
    const text = await fs.readFile(file, 'utf8');
    await fs.rm(file, { force: true });
    return text;
  } catch {
    return undefined; // the build stopped before the engine started: it has printed nothing
  }
}
