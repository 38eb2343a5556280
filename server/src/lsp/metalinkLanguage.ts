import { createMetalinkContext, metalinkFindings } from '../operations/languages';
import { closeTagMetalink } from '../metalink/closingTag';
import { metalinkLenses } from '../metalink/codeLens';
import { completeMetalink } from '../metalink/completion';
import type { MetalinkContext } from '../metalink/context';
import { metalinkFolding } from '../metalink/folding';
import { formatMetalink } from '../metalink/format';
import { metalinkHover } from '../metalink/hover';
import { metalinkInlayHints } from '../metalink/inlayHints';
import { metalinkLinkedEditing } from '../metalink/linkedEditing';
import { metalinkLinks } from '../metalink/links';
import { prepareRenameMetalink, renameMetalink } from '../metalink/rename';
import { metalinkRewrites } from '../metalink/rewrites';
import { metalinkSelection } from '../metalink/selection';
import { metalinkSemanticTokens } from '../metalink/semanticTokens';
import { metalinkSymbols } from '../metalink/symbols';
import { clientCommands } from '../protocol';
import { overlaps } from '../text/range';
import type { Language } from './language';
import { tokenIndex } from './semanticLegend';

const generator = `container-metalink/${process.env.CONTAINER_METALINK_VERSION ?? 'development'}`;

/** The Metalink language behind the protocol. */
export const metalinkLanguage: Language<MetalinkContext> = {
  name: 'metalink',
  createContext: (source, { settings, workspace, uri }) => createMetalinkContext(source, { settings, workspace, fileName: uri }),
  check: metalinkFindings,
  completion: (context, offset, { snippets }) => completeMetalink(context, offset, { now: Date.now(), generator, snippets }),
  hover: metalinkHover,
  symbols: metalinkSymbols,
  folding: metalinkFolding,
  selection: metalinkSelection,
  links: metalinkLinks,
  format: (context, { tabSize, insertSpaces }, within) =>
    formatMetalink(context, insertSpaces ? ' '.repeat(tabSize) : '\t').filter(
      ({ range }) =>
        within === undefined || overlaps(within, { start: context.source.offsetAt(range.start), end: context.source.offsetAt(range.end) }),
    ),
  lenses: (context, uri) => metalinkLenses(context, uri, clientCommands),
  rewrites: metalinkRewrites,
  hints: metalinkInlayHints,
  semanticTokens: (context) =>
    metalinkSemanticTokens(context, {
      number: tokenIndex('number'),
      string: tokenIndex('string'),
      regexp: tokenIndex('regexp'),
      enumMember: tokenIndex('enumMember'),
    }),
  prepareRename: prepareRenameMetalink,
  rename: renameMetalink,
  linkedEditing: metalinkLinkedEditing,
  onType: closeTagMetalink,
};
