import type { Connection } from 'vscode-languageserver';
import type { World } from '../operations/world';
import type { DiagnosticsManager } from './diagnostics';
import type { OpenDocuments } from './documents';

export interface RequestSurroundings {
  readonly connection: Connection;
  readonly documents: OpenDocuments;
  readonly diagnostics: DiagnosticsManager;
  readonly getWorld: () => Promise<World>;
}
