import path from 'node:path';
import { entryName } from '../cache/names';
import type { EntryIdentity } from '../cache/names';
import type { ImageReference } from '../image/reference';
import type { ImageSummary } from '../image/summary';
import { smallFiles } from '../platform/smallFiles';
import { t } from '../text/l10n';
import type { World } from './world';

/** A file of a cache that may be what is asked for. */
export interface CachedCopy {
  readonly path: string;
  /** `In the Apptainer cache`. */
  readonly where: string;
}

const engineNames = { apptainer: 'Apptainer', singularity: 'SingularityCE', singularity2: 'Singularity 2.x' } as const;

/** Entries under the names that an image would have in each cache; looked at by name only, not opened. */
export async function cachedCopies(world: World, identities: readonly EntryIdentity[]): Promise<CachedCopy[]> {
  const found: CachedCopy[] = [];
  for (const cache of world.caches()) {
    if (cache.engine === 'singularity2') continue;
    for (const identity of identities) {
      const entry = entryName(identity, { engine: cache.engine });
      const file = entry && path.join(cache.root, entry.kind, entry.name);
      if (file !== undefined && !found.some((copy) => copy.path === file) && (await isFile(file)))
        found.push({ path: file, where: t('In the {0} cache', engineNames[cache.engine]) });
    }
  }
  return found;
}

/** Files of any cache whose name promises this sha-256. */
export async function copiesByHash(world: World, sha256: string): Promise<string[]> {
  const digest = { algorithm: 'sha256', hex: sha256 };
  const copies = await cachedCopies(world, [
    { kind: 'oras', digest },
    { kind: 'library', hash: `sha256.${sha256}` },
  ]);
  const blobs = world.caches().map((cache) => path.join(cache.root, 'blob', 'blobs', 'sha256', sha256));
  const there = await Promise.all(blobs.map(async (file) => ((await isFile(file)) ? [file] : [])));
  return [...copies.map((copy) => copy.path), ...there.flat()];
}

/** For a hover: `In the Apptainer cache`, `Not in a cache`. */
export async function findInCaches(world: World, reference: ImageReference, summary: ImageSummary): Promise<string> {
  const [copy] = await cachedCopies(world, identitiesOfSummary(world, reference, summary));
  return copy?.where ?? t('Not in a cache');
}

function identitiesOfSummary(world: World, reference: ImageReference, summary: ImageSummary): EntryIdentity[] {
  const { digest } = summary;
  if (digest === undefined) return [];
  if (reference.kind === 'library') return [{ kind: 'library', hash: `sha256.${digest.hex}` }];
  if (summary.kind === 'sif') {
    const layer = summary.layers?.[0]?.digest ?? digest;
    return [{ kind: 'oras', digest: layer }];
  }
  if (reference.kind !== 'registry' || reference.scheme !== 'docker') return [];
  return [
    {
      kind: 'oci',
      digest,
      platformDigest: summary.platformDigest ?? digest,
      platform: world.platform(),
      ...(reference.platform && { pathPlatform: reference.platform }),
    },
  ];
}

async function isFile(file: string): Promise<boolean> {
  return smallFiles.stat(file).then(
    (stat) => stat.isFile(),
    () => false,
  );
}

/** The engine's name for people. */
export function engineTitle(engine: keyof typeof engineNames): string {
  return engineNames[engine];
}
