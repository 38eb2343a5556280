import type { CodeAction, CodeActionContext, CompletionItem, Hover, Range } from 'vscode-languageserver-types';
import { placeAt } from '../operations/referencePlaces';
import type { World } from '../operations/world';
import { clientCommands } from '../protocol';
import { t } from '../text/l10n';
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
  codeActions(document: AnalysedDocument, range: Range, context: CodeActionContext): CodeAction[];
}

export interface OnlineSurroundings {
  readonly getWorld: () => Promise<World>;
  readonly isTrusted: () => boolean;
  /** The client runs commands from Markdown links. */
  readonly commandLinks: boolean;
}

/** Milliseconds that the network has before what is known locally is shown. */
export const hoverLimit = 3000;
const completionLimit = 1500;

/** What asks hubs is loaded when it is first needed: most keystrokes do not. */
const answers = () => import('./onlineAnswers');

export function createOnlineFeatures({ getWorld, isTrusted, commandLinks }: OnlineSurroundings): OnlineFeatures {
  const mayAsk = (document: AnalysedDocument) => isTrusted() && document.surroundings.settings['online.enabled'];

  return {
    async completion(document, offset, signal) {
      const place = placeAt(document.language.name, document.context, offset);
      if (place === undefined) return undefined;
      const { completePlace } = await answers();
      return completePlace(await getWorld(), place, offset, document.source, {
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
      if (place?.reference === undefined || !isTrusted()) return undefined;
      const range = document.source.rangeOf(place.range);
      const { describePlace } = await answers();
      const value = await describePlace(await getWorld(), place, { document, signal, commandLinks });
      return { contents: { kind: 'markdown', value }, range };
    },

    codeActions(document, range, context) {
      if (!isTrusted() || (context.only && !context.only.some((kind) => 'refactor.rewrite'.startsWith(kind)))) return [];
      const place = placeAt(document.language.name, document.context, document.source.offsetAt(range.start));
      if (place?.reference?.kind !== 'registry' || document.language.name !== 'recipe') return [];
      const position = document.source.positionAt(place.range.start);
      const action = place.reference.digest === undefined ? 'pin' : 'update';
      const title = action === 'pin' ? t('Pin the digest of this image') : t('Update the pinned digest of this image');
      return [
        {
          title,
          kind: 'refactor.rewrite',
          command: { title, command: clientCommands.pin, arguments: [{ uri: document.uri, action, position }] },
        },
      ];
    },
  };
}
