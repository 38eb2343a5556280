import { createHash } from 'node:crypto';
import type { CacheIdentity } from '../image/cacheIdentity';
import type { Digest } from '../image/digest';
import { formatDigest } from '../image/digest';
import type { Platform } from '../image/summary';

/** Sub-folders of a cache that hold one file an entry; `blob` is an OCI layout. */
export type EntryKind = 'library' | 'oras' | 'shub' | 'net' | 'ipfs' | 'oci-tmp' | 'oci-sif';

/** What an image was asked for by, as far as its entry's name depends on it. */
export type EntryIdentity =
  | CacheIdentity
  /** `--oci` of SingularityCE: an OCI-SIF. */
  | { readonly kind: 'oci-sif'; readonly platformDigest: Digest; readonly keepLayers?: boolean };

/** Which engine and version: names of converted images changed with Apptainer 1.2 and SingularityCE 4.0, kinds were added. */
export interface EngineVersion {
  readonly engine: 'apptainer' | 'singularity';
  /** `1.3.4`; without, a current one. */
  readonly version?: string;
}

export interface EntryName {
  readonly kind: EntryKind;
  readonly name: string;
}

/**
 * The file name under which the engine looks for an image, or undefined where it would never find one: a library hash that is no
 * sha256, a shub answer without a commit, an http reply without Last-Modified (the engine then takes the current time), a kind that the
 * engine does not know. Names are those of 3.6 and later, one file an entry. Sources: Apptainer and SingularityCE
 * `internal/pkg/client/{library,oras,shub,net,ipfs,oci,ocisif}/…`, `internal/pkg/build/oci/oci.go`.
 */
export function entryName(identity: EntryIdentity, engine: EngineVersion): EntryName | undefined {
  switch (identity.kind) {
    case 'library':
      return /^sha256\.[0-9a-f]{64}$/.test(identity.hash) ? { kind: 'library', name: identity.hash } : undefined;
    case 'oras':
      return isSha256(identity.digest) ? { kind: 'oras', name: formatDigest(identity.digest) } : undefined;
    case 'shub':
      // An empty commit would name the folder itself, which the engine then removes (client/shub/pull.go, cache.go GetEntry).
      return /^[0-9A-Za-z]+$/.test(identity.commit) ? { kind: 'shub', name: identity.commit } : undefined;
    case 'net':
      return !identity.lastModified ? undefined : { kind: 'net', name: sha256(identity.url + identity.lastModified) };
    case 'ipfs':
      if (engine.engine !== 'apptainer' || isBefore(engine.version, 1, 5) || !isSha256(identity.digest)) return undefined;
      return { kind: 'ipfs', name: identity.digest.hex };
    case 'oci-sif':
      if (engine.engine !== 'singularity' || isBefore(engine.version, 4, identity.keepLayers === true ? 1 : 0)) return undefined;
      return { kind: 'oci-sif', name: `${formatDigest(identity.platformDigest)}${identity.keepLayers === true ? '.ml' : ''}` };
    case 'oci':
      if (!isSha256(identity.digest) || !isSha256(identity.platformDigest)) return undefined;
      return { kind: 'oci-tmp', name: convertedName(identity, engine) };
  }
}

function convertedName(
  { digest, platformDigest, platform, pathPlatform }: Extract<EntryIdentity, { kind: 'oci' }>,
  { engine, version }: EngineVersion,
): string {
  if (engine === 'singularity') return isBefore(version, 4, 0) ? digest.hex : formatDigest(platformDigest);
  if (isBefore(version, 1, 2)) return digest.hex;
  // internal/pkg/build/oci/oci.go ImageDigest, getDockerRefDigest: digest, architecture and variant in one string. The words of the path
  // are taken as they stand in its table, those of the machine or the user as `normalPlatform` spells them.
  const asked = normalPlatform(platform, { keepsVariant: version !== undefined && !isBefore(version, 1, 6) });
  const { architecture, variant = '' } =
    pathPlatform === undefined || pathPlatform.architecture === asked.architecture ? asked : pathPlatform;
  return sha256(digest.hex + architecture + variant);
}

/**
 * Architecture and variant as the engine spells them (internal/pkg/ociplatform, after containerd's platforms); before Apptainer 1.6 only
 * 32-bit ARM had variants.
 */
function normalPlatform(
  { architecture, variant = '' }: Platform,
  { keepsVariant }: { readonly keepsVariant: boolean },
): Pick<Platform, 'architecture' | 'variant'> {
  const name = architecture.toLowerCase();
  const given = variant.toLowerCase();
  switch (name) {
    case 'armhf':
      return { architecture: 'arm', variant: 'v7' };
    case 'armel':
      return { architecture: 'arm', variant: 'v6' };
    case 'arm':
      return { architecture: name, variant: given === '' ? 'v7' : /^[5-8]$/.test(given) ? `v${given}` : given };
    default:
      return { architecture: otherSpellings[name] ?? name, ...(keepsVariant && { variant: given }) };
  }
}

const otherSpellings: Readonly<Record<string, string | undefined>> = {
  i386: '386',
  x86_64: 'amd64',
  'x86-64': 'amd64',
  aarch64: 'arm64',
};

function isSha256({ algorithm, hex }: Digest): boolean {
  return algorithm === 'sha256' && /^[0-9a-f]{64}$/.test(hex);
}

function isBefore(version: string | undefined, major: number, minor: number): boolean {
  const match = /^v?(\d+)\.(\d+)/.exec(version ?? '');
  if (match === null) return false;
  const found = [Number(match[1]), Number(match[2])] as const;
  return found[0] < major || (found[0] === major && found[1] < minor);
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
