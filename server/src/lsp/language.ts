import type {
  CodeLens,
  CompletionItem,
  DocumentHighlight,
  DocumentLink,
  DocumentSymbol,
  FoldingRange,
  FormattingOptions,
  Hover,
  InlayHint,
  Location,
  Range,
  SelectionRange,
  SignatureHelp,
  TextEdit,
} from 'vscode-languageserver-types';
import type { Finding, OffsetEdit } from '../text/finding';
import type { SourceText } from '../text/sourceText';
import type { TextRange } from '../text/range';
import type { Settings } from '../settings';
import type { WorkspaceRules } from '../operations/workspaceRules';

export type LanguageName = 'recipe' | 'metalink';

/** What the client can do, and wants. */
export interface ClientAbilities {
  /** Completions with placeholders. */
  readonly snippets: boolean;
  /** Edits may rename files. */
  readonly renames: boolean;
  /** The client brings snippets for whole documents itself. */
  readonly ownSnippets: boolean;
}

/** What analysing a text of a language may depend on besides the text. */
export interface LanguageSurroundings {
  readonly uri: string;
  readonly settings: Settings;
  readonly workspace: WorkspaceRules;
}

/**
 * What a language offers, one provider a feature. `C` is the language's own context: text, tree and options of one document version.
 * Every method answers from the text alone and does not throw; what needs the network is elsewhere.
 */
export interface Language<C> {
  readonly name: LanguageName;
  createContext(source: SourceText, surroundings: LanguageSurroundings): C;
  check(context: C): readonly Finding[];
  completion(context: C, offset: number, client: ClientAbilities): readonly CompletionItem[];
  hover(context: C, offset: number): Hover | undefined;
  symbols(context: C): DocumentSymbol[];
  folding(context: C): FoldingRange[];
  selection(context: C, offset: number): SelectionRange;
  links(context: C, uri: string): DocumentLink[];
  format(context: C, options: FormattingOptions, within?: TextRange): TextEdit[];
  lenses(context: C, uri: string): CodeLens[];
  hints(context: C, range: TextRange): InlayHint[];
  /** Delta-encoded, with the indices of semanticLegend.ts. */
  semanticTokens(context: C): number[];
  prepareRename(context: C, offset: number): { range: Range; placeholder: string } | undefined;
  rename(context: C, offset: number, newName: string): { edits: TextEdit[] } | { problem: string } | undefined;
  definition?(context: C, uri: string, offset: number): Location[];
  references?(context: C, uri: string, offset: number, includeDeclaration: boolean): Location[];
  highlights?(context: C, offset: number): DocumentHighlight[];
  signatureHelp?(context: C, offset: number): SignatureHelp | undefined;
  linkedEditing?(context: C, offset: number): { ranges: Range[]; wordPattern?: string } | undefined;
  /** Rewrites that no finding asks for. */
  rewrites?(context: C, range: TextRange, findings: readonly Finding[]): readonly Rewrite[];
  /** Edits behind a character that was just typed; `offset` is behind it. */
  onType?(context: C, offset: number, character: string): TextEdit[];
}

/** Something that can be done at a place. */
export interface Rewrite {
  readonly title: string;
  /** LSP CodeActionKind. */
  readonly kind: string;
  readonly edits: readonly OffsetEdit[];
}

/** One document version with its language's context; the context is made when it is first needed. */
export interface AnalysedDocument<C = unknown> {
  readonly uri: string;
  readonly version: number;
  readonly source: SourceText;
  readonly language: Language<C>;
  readonly surroundings: LanguageSurroundings;
  /** The workspace file's `ignore` fits: there are no findings. */
  readonly passedOver: boolean;
  readonly context: C;
  /** Findings of the text alone, computed once a version. */
  findings(): readonly Finding[];
}
