import type * as vscode from 'vscode';
import type { EngineFinder } from './engine';
import type { Server } from './languageClient';
import type { SignIns } from './signIns';
import type { CacheTree } from './views/cacheTree';
import type { Documents } from './views/documents';

/** What commands and views work with, made once by `activate`. */
export interface Session {
  readonly context: vscode.ExtensionContext;
  readonly log: vscode.LogOutputChannel;
  readonly server: Server;
  readonly signIns: SignIns;
  readonly engine: EngineFinder;
  readonly documents: Documents;
  readonly caches: CacheTree;
}
