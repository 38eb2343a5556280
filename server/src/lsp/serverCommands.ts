import type { CompletionItem } from 'vscode-languageserver-types';
import { clientCommands } from '../protocol';

/**
 * Commands of lenses and code actions that the server carries out itself (`workspace/executeCommand`) for clients that do not bring them:
 * every editor but VS Code with our extension.
 */
export const serverCommands: readonly string[] = [
  clientCommands.verify,
  clientCommands.pullIntoCache,
  clientCommands.checkMirrors,
  clientCommands.resolveHashes,
  clientCommands.pin,
];

/** Whether a command does something at the client: it brings the command itself, or the server may carry it out for this folder. */
export type CommandFilter = (command: string) => boolean;

/** These end in `workspace/applyEdit`. */
const editing: readonly string[] = [clientCommands.resolveHashes, clientCommands.pin];

export interface CommandClient {
  /** It brings our commands, and VS Code's. */
  readonly ownCommands: boolean;
  /** It applies edits that the server asks for. */
  readonly appliesEdits: boolean;
}

/** In a folder that is not trusted the server carries out no command: all ask the network. */
export function commandFilter({ ownCommands, appliesEdits }: CommandClient, isTrusted: () => boolean): CommandFilter {
  return (command) => ownCommands || (isTrusted() && serverCommands.includes(command) && (appliesEdits || !editing.includes(command)));
}

/** The item without a command that would do nothing but make the client complain. */
export function withoutDeadCommand(item: CompletionItem, runs: CommandFilter): CompletionItem {
  if (item.command === undefined || runs(item.command.command)) return item;
  const kept = { ...item };
  delete kept.command;
  return kept;
}
