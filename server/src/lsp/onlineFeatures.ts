import type { CodeAction, CodeActionContext, CompletionItem, Hover, Range } from 'vscode-languageserver-types';
import type { ImageReference } from '../image/reference';
import type { MetalinkContext } from '../metalink/context';
import { resolvablesIn } from '../metalink/resolvable';
import { placeAt } from '../operations/referencePlaces';
import type { World } from '../operations/world';
import { clientCommands } from '../protocol';
import type { PinParams } from '../protocol';
import type { Finding } from '../text/finding';
import { t } from '../text/l10n';
import { isSame } from './codeActions';
import { completionLimit, hoverLimit } from './onlineLimits';
import type { OpenDocuments } from './documents';
import type { AnalysedDocument } from './language';

/** What needs the hubs: asked beside the local features, bounded in time, never in their way. */
export interface OnlineFeatures {
  completion(
    document: AnalysedDocument,
    offset: number,
    signal: AbortSignal,
  ): Promise<{ items: CompletionItem[]; isIncomplete: boolean } | undefined>;
  resolveCompletion(item: CompletionItem, signal: AbortSignal): Promise<CompletionItem>;
  /** The hover on a reference, or undefined where there is none: then the local hover answers. */
  hover(document: AnalysedDocument, offset: number, signal: AbortSignal): Promise<Hover | undefined>;
  codeActions(document: AnalysedDocument, findings: readonly Finding[], range: Range, context: CodeActionContext): CodeAction[];
}

export interface OnlineSurroundings {
  readonly getWorld: () => Promise<World>;
  readonly isTrusted: () => boolean;
  /** What the workspace uses is offered first. */
  readonly documents: Pick<OpenDocuments, 'get' | 'uris'>;
  /** URIs of the workspace's folders. */
  readonly folders: () => readonly string[];
  /** The client runs commands from Markdown links. */
  readonly commandLinks: boolean;
}

/** What asks hubs is loaded when it is first needed: most keystrokes do not. */
const answers = () => import('./onlineAnswers');

export function createOnlineFeatures({ getWorld, isTrusted, documents, folders, commandLinks }: OnlineSurroundings): OnlineFeatures {
  let workspaceNames: ReturnType<Awaited<ReturnType<typeof answers>>['createWorkspaceNames']> | undefined;
  /** A file that was opened alone has its own folder for a workspace. */
  const foldersFor = ({ uri }: AnalysedDocument) =>
    folders().length > 0 || !uri.startsWith('file:') ? folders() : [new URL('.', uri).href];
  const mayAsk = (document: AnalysedDocument) => isTrusted() && document.surroundings.settings['online.enabled'];

  return {
    async completion(document, offset, signal) {
      const place = placeAt(document.language.name, document.context, offset);
      if (place === undefined) return undefined;
      const { completePlace, createWorkspaceNames, noteUsed } = await answers();
      const world = await getWorld();
      workspaceNames ??= createWorkspaceNames();
      await workspaceNames.note(world, foldersFor(document), new Set(documents.uris));
      for (const uri of documents.uris) {
        const open = await documents.get(uri);
        if (open) noteUsed(world, open);
      }
      return completePlace(world, place, offset, document.source, {
        signal,
        deadline: completionLimit,
        online: mayAsk(document),
      });
    },

    async resolveCompletion(item, signal) {
      if (!isTrusted()) return item;
      const { resolveReferenceItem } = await answers();
      return resolveReferenceItem(await getWorld(), item, AbortSignal.any([signal, AbortSignal.timeout(hoverLimit)]));
    },

    async hover(document, offset, signal) {
      const place = placeAt(document.language.name, document.context, offset);
      if (place?.reference === undefined) return undefined;
      const range = document.source.rangeOf(place.range);
      if (!isTrusted()) {
        if (document.language.name !== 'recipe') return undefined; // the local hover tells about the element
        const cause = t('What this image is, its hub would tell; it is not asked, because this folder is not trusted.');
        return { contents: { kind: 'markdown', value: `\`${place.text.replaceAll('`', '')}\`\n\n${cause}` }, range };
      }
      const { describePlace } = await answers();
      const value = await describePlace(await getWorld(), place, { document, signal, commandLinks });
      return { contents: { kind: 'markdown', value }, range };
    },

    codeActions(document, findings, range, context) {
      if (!isTrusted()) return [];
      if (document.language.name === 'metalink') return resolveActions(document, findings, range, context);
      const place = placeAt(document.language.name, document.context, document.source.offsetAt(range.start));
      const pinning = place?.reference && pinningOf(place.reference);
      if (place === undefined || pinning === undefined) return [];
      const { title, kind, action } = pinning;
      if (!isWanted(kind, context)) return [];
      const position = document.source.positionAt(place.range.start);
      return [
        {
          title,
          kind,
          command: { title, command: clientCommands.pin, arguments: [{ uri: document.uri, action, position }] },
        },
      ];
    },
  };
}

function isWanted(kind: string, { only }: CodeActionContext): boolean {
  return only?.some((wanted) => kind === wanted || kind.startsWith(`${wanted}.`)) ?? true;
}

/** Sizes, hashes and pieces of a metalink that others tell, or that a download gives: the command asks before it downloads. */
function resolveActions(document: AnalysedDocument, findings: readonly Finding[], range: Range, context: CodeActionContext): CodeAction[] {
  const kind = 'quickfix';
  if (!isWanted(kind, context)) return [];
  const { source, uri } = document;
  const asked = { start: source.offsetAt(range.start), end: source.offsetAt(range.end) };
  return resolvablesIn(document.context as MetalinkContext, findings, asked).map(({ file, by, findings: mended }) => {
    const title = by === 'told' ? t('Resolve size and hashes from hubs and servers') : t('Compute the pieces anew from a download');
    const diagnostics = context.diagnostics.filter((diagnostic) => mended.some((finding) => isSame(diagnostic, finding, source)));
    const command = { title, command: clientCommands.resolveHashes, arguments: [{ uri, ...(file !== undefined && { file }) }] };
    return { title, kind, command, ...(diagnostics.length > 0 && { diagnostics }) };
  });
}

/** What pinning means for a reference; undefined where there is nothing to pin by. */
function pinningOf(reference: ImageReference): { title: string; kind: string; action: PinParams['action'] } | undefined {
  if (reference.kind === 'registry' || reference.kind === 'library') {
    return reference.digest === undefined
      ? { title: t('Pin the digest of this image'), kind: 'refactor.rewrite', action: 'pin' }
      : { title: t('Update the pinned digest of this image'), kind: 'refactor.rewrite', action: 'update' };
  }
  if (reference.kind !== 'shub' || reference.version !== undefined) return undefined;
  // The public hub is closed: what its archive has is all that such a reference will ever mean.
  return reference.registry === undefined
    ? { title: t('Pin to what the archive of Singularity Hub has'), kind: 'quickfix', action: 'pin' }
    : { title: t('Pin the digest of this image'), kind: 'refactor.rewrite', action: 'pin' };
}
