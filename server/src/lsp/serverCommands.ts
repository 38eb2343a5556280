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

/** `own`: the client brings our commands and VS Code's. In a folder that is not trusted the server carries out none: all ask the network. */
export function commandFilter(own: boolean, isTrusted: () => boolean): CommandFilter {
  return (command) => own || (isTrusted() && serverCommands.includes(command));
}

/** The item without a command that would do nothing but make the client complain. */
export function withoutDeadCommand(item: CompletionItem, runs: CommandFilter): CompletionItem {
  if (item.command === undefined || runs(item.command.command)) return item;
  const kept = { ...item };
  delete kept.command;
  return kept;
}
