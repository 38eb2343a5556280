import { formatDigest, shortDigest } from '../image/digest';
import type { RegistryReference } from '../image/reference';
import { HubError } from '../hub/hub';

import type { Finding } from '../text/finding';
import { t } from '../text/l10n';
import type { LanguageName } from './languages';
import { newerTag } from './newerTag';
import { placesOf } from './referencePlaces';
import type { ReferencePlace } from './referencePlaces';
import type { World } from './world';

/** Placeholders for a version that moves. */
const movingTags = new Set(['latest', 'edge', 'nightly', 'main', 'master', 'dev']);

/**
 * What the hubs say about the references of a document: not found, tag gone, digest changed, platform missing for this machine, newer
 * tag. A hub that cannot be asked is an information at the reference, with the cause. Rejects only when aborted.
 */
export async function onlineFindings(world: World, language: LanguageName, context: unknown, signal: AbortSignal): Promise<Finding[]> {
  const places = placesOf(language, context).filter((place) => place.reference !== undefined && place.reference.kind !== 'local');
  const found = await Promise.all(places.map((place) => findingsAt(world, place, signal)));
  signal.throwIfAborted();
  return found.flat();
}

async function findingsAt(world: World, place: ReferencePlace, signal: AbortSignal): Promise<Finding[]> {
  const { reference, range } = place;
  if (reference === undefined) return [];
  try {
    if (reference.kind !== 'registry') {
      await world.hubs.resolve(reference, { signal, reason: 'editor' });
      return [];
    }
    const findings = [
      ...(await tagFindings(world, reference, place, signal)),
      ...(await platformFindings(world, reference, place, signal)),
    ];
    return [...findings, ...(await newerTagFindings(world, reference, place, signal))];
  } catch (error) {
    if (!(error instanceof HubError) || error.kind === 'aborted') return [];
    if (error.kind === 'not-found') return [{ code: 'online/not-found', severity: 'warning', message: error.message, range }];
    if (error.kind === 'not-allowed') return [];
    return [{ code: 'online/not-asked', severity: 'information', message: error.message, range }];
  }
}

/** A pinned digest beside a tag: whether the tag still names it. */
async function tagFindings(world: World, reference: RegistryReference, place: ReferencePlace, signal: AbortSignal): Promise<Finding[]> {
  const { digest, ...tagged } = reference;
  if (digest !== undefined) await world.hubs.resolve(reference, { signal, reason: 'editor' });
  if (digest !== undefined && reference.tag === undefined) return [];
  const now = await world.hubs.resolve(tagged, { signal, reason: 'editor' });
  if (digest === undefined || now.digest === undefined || now.digest.hex === digest.hex) return [];
  const part = place.parsed.parts.digest;
  return [
    {
      code: 'online/digest-changed',
      severity: 'information',
      message: t(
        'The tag {0} names {1} now. A build takes the pinned digest all the same.',
        reference.tag ?? 'latest',
        shortDigest(now.digest),
      ),
      range: part?.range ?? place.range,
      ...(part && {
        fixes: [
          {
            title: t('Update the digest to {0}', shortDigest(now.digest)),
            edits: [{ range: part.range, newText: formatDigest(now.digest) }],
          },
        ],
      }),
    },
  ];
}

async function platformFindings(
  world: World,
  reference: RegistryReference,
  place: ReferencePlace,
  signal: AbortSignal,
): Promise<Finding[]> {
  try {
    await world.hubs.manifest(reference, { signal, reason: 'editor' });
    return [];
  } catch (error) {
    if (!(error instanceof HubError) || error.kind !== 'no-platform') throw error;
    return [{ code: 'online/no-platform', severity: 'warning', message: error.message, range: place.range }];
  }
}

async function newerTagFindings(
  world: World,
  reference: RegistryReference,
  place: ReferencePlace,
  signal: AbortSignal,
): Promise<Finding[]> {
  const { tag } = reference;
  const part = place.parsed.parts.tag;
  if (tag === undefined || movingTags.has(tag) || part === undefined) return [];
  const list = await world.hubs.tags(reference, { signal, deadline: 5000, reason: 'editor' });
  const newer = newerTag(tag, list.tags);
  if (newer === undefined) return [];
  return [
    {
      code: 'online/newer-tag',
      severity: 'hint',
      message: t('There is a newer tag: {0}.', newer),
      range: part.range,
      ...(reference.digest === undefined && {
        fixes: [{ title: t('Change the tag to {0}', newer), edits: [{ range: part.range, newText: newer }] }],
      }),
    },
  ];
}
