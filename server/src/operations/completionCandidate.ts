import type { CompletionItem } from 'vscode-languageserver-types';

export interface CompletePlaceOptions {
  readonly signal: AbortSignal;
  /** Milliseconds for the network. */
  readonly deadline: number;
  /** Hubs may be asked. */
  readonly online: boolean;
}

export interface Candidate {
  readonly label: string;
  readonly kind: CompletionItem['kind'] & number;
  readonly detail?: string;
  readonly filter?: string;
  /** Full reference that documents the candidate when it is looked at. */
  readonly reference?: string;
  /** Accepting it asks for the next part at once. */
  readonly triggerSuggest?: boolean;
}
