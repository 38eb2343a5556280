import type { Digest } from '../image/digest';
import type { Platform } from '../image/summary';
import { objectOf, wholeNumberOf } from './shape';

/** One entry of an index (OCI image spec, image-index.md). */
export interface IndexEntry {
  readonly digest: Digest;
  readonly mediaType: string;
  readonly size: number;
  readonly platform?: Platform & { readonly osVersion?: string };
  readonly artifactType?: string;
  readonly annotations?: Readonly<Record<string, string>>;
}

/**
 * The entry that the engines take: the first whose system and architecture are those wanted, and whose variant is, where one is
 * wanted; an entry without platform is linux/amd64 (GGCR `pkg/v1/remote/index.go` childByPlatform). Undefined when there is none.
 */
export function choosePlatform(entries: readonly IndexEntry[], wanted: Platform): IndexEntry | undefined {
  return entries.find((entry) => {
    const given = platformOf(entry);
    return (
      given.architecture === wanted.architecture &&
      given.os === wanted.os &&
      (wanted.variant === undefined || wanted.variant === '' || given.variant === wanted.variant)
    );
  });
}

export function platformOf(entry: IndexEntry): Platform {
  return entry.platform ?? { os: 'linux', architecture: 'amd64' };
}

/** Entries that are images: attestations of BuildKit have the platform unknown/unknown. */
export function imageEntries(entries: readonly IndexEntry[]): readonly IndexEntry[] {
  return entries.filter(({ platform }) => !(platform?.os === 'unknown' && platform.architecture === 'unknown'));
}

/** Go's words for Node's: the platform of this machine; containers are Linux everywhere (A `internal/pkg/ociplatform`). */
export function machinePlatform(machine: { readonly arch: string; readonly config: object } = process): Platform {
  const names: Readonly<Record<string, string>> = { x64: 'amd64', ia32: '386', ppc64: 'ppc64le' };
  const architecture = names[machine.arch] ?? machine.arch;
  if (architecture !== 'arm') return { os: 'linux', architecture };
  const version = wholeNumberOf(objectOf(objectOf(machine.config)?.variables)?.arm_version);
  return { os: 'linux', architecture, variant: `v${version ?? 7}` };
}
