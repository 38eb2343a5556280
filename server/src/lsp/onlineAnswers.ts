import { HubError } from '../hub/hub';
import { findInCaches } from '../operations/cacheLookup';
import { describeReference } from '../operations/describe';
import { nameToWrite } from '../operations/knownNames';
import { placesOf } from '../operations/referencePlaces';
import type { ReferencePlace } from '../operations/referencePlaces';
import type { World } from '../operations/world';
import { clientCommands } from '../protocol';
import { t } from '../text/l10n';
import type { AnalysedDocument } from './language';
import { hoverLimit } from './onlineLimits';
import { escapeMarkdown, summaryMarkdown } from './summaryMarkdown';

export { completePlace, resolveReferenceItem } from '../operations/referenceCompletion';
export { createWorkspaceNames } from '../operations/workspaceNames';

/** References of one document that are offered in others, at most. */
const mostNoted = 1000;

/** Tells the world which references a document holds, once a version. */
export function noteUsed(world: World, document: AnalysedDocument): void {
  if (noted.has(document)) return;
  noted.add(document);
  const places = placesOf(document.language.name, document.context).slice(0, mostNoted);
  const used = places.flatMap(({ reference }) => {
    const name = reference && nameToWrite(reference);
    return reference === undefined || name === undefined ? [] : [{ scheme: reference.scheme, name }];
  });
  world.noteReferences(document.uri, used);
}

const noted = new WeakSet<AnalysedDocument>();

interface DescribeOptions {
  readonly document: AnalysedDocument;
  readonly signal: AbortSignal;
  readonly commandLinks: boolean;
}

/** The hover on a reference as Markdown: the hub's answer, or the cause why there is none. Rejects never. */
export async function describePlace(
  world: World,
  place: ReferencePlace,
  { document, signal, commandLinks }: DescribeOptions,
): Promise<string> {
  const reference = place.reference;
  if (reference === undefined) return '';
  const link = (title: string, command: string, argument: unknown) =>
    `[${title}](command:${command}?${encodeURIComponent(JSON.stringify([argument]))})`;
  // Nobody is asked while the offline switch is on.
  const refresh = commandLinks && world.settings['online.enabled'] ? [link(t('Refresh'), clientCommands.refresh, {})] : [];
  try {
    const summary = await describeReference(world, reference, {
      signal: AbortSignal.any([signal, AbortSignal.timeout(hoverLimit)]),
      reason: 'editor',
    });
    const cached = await findInCaches(world, reference, summary);
    const position = document.source.positionAt(place.range.start);
    const pin =
      commandLinks && reference.kind === 'registry' && reference.digest === undefined
        ? [link(t('Pin digest'), clientCommands.pin, { uri: document.uri, action: 'pin', position })]
        : [];
    const pull = commandLinks
      ? [link(t('Pull and verify'), clientCommands.pullIntoCache, { kind: 'reference', reference: place.text })]
      : [];
    return summaryMarkdown(summary, { now: Date.now(), thisPlatform: world.platform(), cached, actions: [...refresh, ...pin, ...pull] });
  } catch (error) {
    const cause = hoverCause(error);
    const signIn =
      commandLinks && error instanceof HubError && error.kind === 'sign-in' && error.host !== undefined
        ? [link(t('Sign in'), clientCommands.signIn, { host: error.host })]
        : [];
    // An example of a URL in a message is no link.
    const message = escapeMarkdown(cause).replace(/:\/\//g, '\\://');
    return [`**${escapeMarkdown(place.text)}**`, message, [...signIn, ...refresh].join(' · ')].filter((l) => l !== '').join('\n\n');
  }
}

function hoverCause(error: unknown): string {
  if (error instanceof HubError && error.kind !== 'aborted') return error.message;
  if (error instanceof Error && (error.name === 'TimeoutError' || error.name === 'AbortError' || error instanceof HubError))
    return t('The hub has not answered within {0} seconds. Its answer is shown here once it is there.', hoverLimit / 1000);
  return error instanceof Error ? error.message : String(error);
}
