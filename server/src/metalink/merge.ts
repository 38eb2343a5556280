import { groupedNumber } from '../text/human';
import { t } from '../text/l10n';
import { entryOf } from './convert';
import type { MetalinkModel } from './metalinkModel';
import { lowestPriority } from './values';
import type { FileEntry, MetalinkDocument } from './write';

/** Why two documents cannot be one, or what of the second was not taken. */
export interface MergeNote {
  /** `conflict`: the two describe different bytes, and nothing of the second entry was taken. */
  readonly kind: 'conflict' | 'kept';
  readonly file: string;
  readonly message: string;
}

export interface Merge {
  readonly document: MetalinkDocument;
  readonly notes: readonly MergeNote[];
}

/**
 * One document out of two. Entries are of one file when they share a strong digest, or name and size without a contradiction; their sources,
 * hashes, pieces and signatures are united, and the first document's words win. Entries that contradict each other are not united: two
 * names for different bytes stay two entries, one name for different bytes is a conflict.
 */
export function mergeMetalinks(first: MetalinkModel, second: MetalinkModel): Merge {
  const notes: MergeNote[] = [];
  const files: FileEntry[] = first.files.flatMap((file) => (file.name === undefined ? [] : [entryOf(file, file.name)]));
  for (const file of second.files) {
    if (file.name === undefined) continue;
    const entry = entryOf(file, file.name);
    const index = files.findIndex((other) => sameFile(other, entry));
    const namesake = files.find((other) => other.name === entry.name);
    const present = files[index];
    if (present !== undefined) files[index] = unite(present, entry, notes);
    else if (namesake === undefined) files.push(entry);
    else
      notes.push({
        kind: 'conflict',
        file: entry.name,
        message: t(
          'Both documents have a file `{0}`, but they describe different bytes ({1}). The second one is left out.',
          entry.name,
          contradictionOf(namesake, entry) ?? '',
        ),
      });
  }
  const document: MetalinkDocument = {
    generator: first.generator ?? second.generator,
    origin: first.origin ?? second.origin,
    published: first.published ?? second.published,
    updated: latest(first.updated, second.updated),
    files,
  };
  return { document, notes };
}

function sameFile(a: FileEntry, b: FileEntry): boolean {
  if (contradictionOf(a, b) !== undefined) return false;
  const shared = (a.hashes ?? []).some((hash) => strong.has(hash.type) && digestOf(b, hash.type) === hash.value);
  return shared || (a.name === b.name && (a.size === undefined || b.size === undefined || BigInt(a.size) === BigInt(b.size)));
}

const strong: ReadonlySet<string> = new Set(['sha-256', 'sha-384', 'sha-512', 'shake128', 'shake256']);

/** Why two entries cannot be of the same bytes: their sizes, or digests of one type, differ. Undefined where nothing says so. */
export function contradictionOf(a: FileEntry, b: FileEntry): string | undefined {
  if (a.size !== undefined && b.size !== undefined && BigInt(a.size) !== BigInt(b.size))
    return t('{0} and {1} bytes', groupedNumber(BigInt(a.size)), groupedNumber(BigInt(b.size)));
  for (const { type, value } of a.hashes ?? []) {
    const other = digestOf(b, type) ?? value;
    if (other !== value) return t('{0} {1}… and {2}…', type, value.slice(0, 12), other.slice(0, 12));
  }
  return undefined;
}

function digestOf(entry: FileEntry, type: string): string | undefined {
  return entry.hashes?.find((hash) => hash.type === type)?.value;
}

function unite(a: FileEntry, b: FileEntry, notes: MergeNote[]): FileEntry {
  if (a.name !== b.name)
    notes.push({ kind: 'kept', file: a.name, message: t('`{0}` and `{1}` are the same bytes. The name `{0}` is kept.', a.name, b.name) });
  return {
    name: a.name,
    identity: a.identity ?? b.identity,
    version: a.version ?? b.version,
    description: a.description ?? b.description,
    publisher: a.publisher ?? b.publisher,
    copyright: a.copyright ?? b.copyright,
    logo: a.logo ?? b.logo,
    languages: [...new Set([...(a.languages ?? []), ...(b.languages ?? [])])],
    operatingSystems: [...new Set([...(a.operatingSystems ?? []), ...(b.operatingSystems ?? [])])],
    size: a.size ?? b.size,
    hashes: union(a.hashes, b.hashes, ({ type }) => type),
    pieces: union(a.pieces, b.pieces, ({ type }) => type),
    signatures: union(a.signatures, b.signatures, ({ mediatype, value }) => `${mediatype} ${value}`),
    urls: byPriority(union(a.urls, b.urls, ({ url }) => url)),
    metaurls: byPriority(union(a.metaurls, b.metaurls, ({ url }) => url)),
  };
}

function union<T>(a: readonly T[] = [], b: readonly T[] = [], key: (item: T) => string): T[] {
  const seen = new Set(a.map(key));
  return [...a, ...b.filter((item) => !seen.has(key(item)))];
}

function byPriority<T extends { readonly priority?: number | undefined }>(sources: readonly T[]): T[] {
  return sources.toSorted((x, y) => (x.priority ?? lowestPriority) - (y.priority ?? lowestPriority));
}

function latest(a: string | undefined, b: string | undefined): string | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return Date.parse(a) >= Date.parse(b) ? a : b;
}
