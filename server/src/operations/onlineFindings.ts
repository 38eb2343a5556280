import { formatDigest, shortDigest } from '../image/digest';
import type { RegistryReference, ShubReference } from '../image/reference';
import { HubError } from '../hub/hub';
import { formatPlatform } from '../image/platform';
import type { Platform } from '../image/summary';
import { without } from '../image/without';
import { nearest } from '../text/nearest';

import type { Finding } from '../text/finding';
import { t } from '../text/l10n';
import type { LanguageName } from './language';
import { newerTag } from './newerTag';
import { placesOf } from './referencePlaces';
import type { ReferencePlace } from './referencePlaces';
import type { World } from './world';

/** Placeholders for a version that moves. */
const movingTags = new Set(['latest', 'edge', 'nightly', 'main', 'master', 'dev']);

/** References of one document that hubs are asked about by themselves, at most: a metalink may list a hundred thousand. */
const mostAsked = 200;

/**
 * What the hubs say about the references of a document: not found, tag gone, digest changed, platform missing for this machine, newer
 * tag. A hub that cannot be asked is an information at the reference, with the cause. Rejects only when aborted.
 */
export async function onlineFindings(world: World, language: LanguageName, context: unknown, signal: AbortSignal): Promise<Finding[]> {
  const all = placesOf(language, context).slice(0, mostAsked);
  const places = all.filter((place) => place.reference !== undefined && place.reference.kind !== 'local');
  const found = await Promise.all(places.map((place) => findingsAt(world, place, signal)));
  signal.throwIfAborted();
  return found.flat();
}

async function findingsAt(world: World, place: ReferencePlace, signal: AbortSignal): Promise<Finding[]> {
  const { reference, range } = place;
  if (reference === undefined) return [];
  try {
    if (reference.kind === 'shub') return await shubFindings(world, reference, place, signal);
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
    if (error.kind === 'not-found') {
      const gone = reference.kind === 'registry' ? await goneTag(world, reference, place, signal) : undefined;
      return [gone ?? { code: 'online/not-found', severity: 'warning', message: error.message, range }];
    }
    if (error.kind === 'not-allowed') return [];
    if (error.kind === 'no-platform') return [{ code: 'online/no-platform', severity: 'warning', message: error.message, range }];
    return [{ code: 'online/not-asked', severity: 'information', message: error.message, range }];
  }
}

/** The repository is there and the tag is not: what it may have been. Undefined when the registry does not say so. */
async function goneTag(
  world: World,
  reference: RegistryReference,
  place: ReferencePlace,
  signal: AbortSignal,
): Promise<Finding | undefined> {
  const part = place.parsed.parts.tag;
  if (part === undefined) return undefined;
  try {
    const { tags, incomplete } = await world.hubs.tags(reference, { signal, deadline: 5000, reason: 'editor' });
    const names = tags.map(({ name }) => name);
    if (incomplete === true || names.length === 0 || names.includes(part.text)) return undefined;
    const near = newerTag(part.text, tags) ?? nearest(part.text, names);
    const digestHolds = reference.digest !== undefined && (await holds(world, without(reference, 'tag'), signal));
    return {
      code: 'online/tag-gone',
      severity: digestHolds ? 'information' : 'warning',
      message: digestHolds
        ? t('The tag {0} is gone. The pinned digest is still there, and a build takes it.', part.text)
        : t('{0} is there, but it has no tag {1}.', `${reference.registry}/${reference.repository}`, part.text),
      range: part.range,
      ...(near !== undefined &&
        !digestHolds && { fixes: [{ title: t('Change the tag to {0}', near), edits: [{ range: part.range, newText: near }] }] }),
    };
  } catch (error) {
    if (error instanceof HubError) return undefined; // It lists no tags: that the image was not found is all there is to tell.
    throw error;
  }
}

async function holds(world: World, reference: RegistryReference, signal: AbortSignal): Promise<boolean> {
  try {
    await world.hubs.resolve(reference, { signal, reason: 'editor' });
    return true;
  } catch (error) {
    if (error instanceof HubError) return false;
    throw error;
  }
}

/** Images of the closed Singularity Hub: that it is an archive, and a fix that names the very file that the archive has. */
async function shubFindings(world: World, reference: ShubReference, place: ReferencePlace, signal: AbortSignal): Promise<Finding[]> {
  const { digest } = await world.hubs.resolve(reference, { signal, reason: 'editor' });
  if (reference.registry !== undefined) return [];
  const end = { start: place.range.end, end: place.range.end };
  const newText = digest && `${reference.tag === undefined ? ':latest' : ''}@${digest.hex}`;
  return [
    {
      code: 'online/shub-archive',
      severity: 'information',
      message: t(
        'Singularity Hub closed in April 2021. Its archive has this image; nothing will be built or mended there. Move to another hub.',
      ),
      range: place.range,
      ...(newText !== undefined &&
        reference.version === undefined && {
          fixes: [{ title: t('Pin to the file that the archive has'), edits: [{ range: end, newText }] }],
        }),
    },
  ];
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
  const { kind, platform, platforms = [], platformDigest, notes = [] } = await world.hubs.manifest(reference, { signal, reason: 'editor' });
  const wanted = world.platform();
  const lacks = kind === 'oci-index' ? platforms.length > 0 && platformDigest === undefined : isOther(platform, wanted);
  if (!lacks) return [];
  const told =
    kind === 'oci-index' && notes[0] !== undefined
      ? notes[0]
      : t('This image is for {0}, not for {1}.', platformText(platform), platformText(wanted));
  return [{ code: 'online/no-platform', severity: 'warning', message: told, range: place.range }];
}

/** A single image that says what it is for, and it is another architecture or system. */
function isOther(platform: Platform | undefined, wanted: Platform): boolean {
  return platform !== undefined && (platform.os !== wanted.os || platform.architecture !== wanted.architecture);
}

function platformText(platform: Platform | undefined): string {
  return platform === undefined ? '' : formatPlatform(platform);
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
