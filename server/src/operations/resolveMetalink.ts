import { metalinkModel } from '../metalink/model';
import type { MetalinkFile } from '../metalink/model';
import type { MetalinkPieces } from '../metalink/metalinkModel';
import { parseMetalink } from '../metalink/parse';
import { resolveEdits } from '../metalink/resolveEdits';
import type { ResolvedValues } from '../metalink/resolveEdits';
import { openFile } from '../platform/file';
import { hashFunction } from '../verify/hashTypes';
import { hashSource } from '../verify/hashFile';
import type { HashJob } from '../verify/hashPass';
import type { OffsetEdit } from '../text/finding';
import { groupedNumber, humanBytes } from '../text/human';
import { t } from '../text/l10n';
import { pieceLengthFor } from '../metalink/pieceLength';
import { fetchFile } from './fetchFile';
import { metalinkFiles } from './metalinkFiles';
import type { ProgressListener } from './progress';
import { gatherFacts, strongHashes } from './resolveSources';
import type { Facts, Told } from './resolveSources';
import type { World } from './world';

export interface ResolveOptions {
  /** Only this file entry. */
  readonly file?: string;
  /** What nobody tells may be computed from a full download. */
  readonly download: boolean;
  readonly signal: AbortSignal;
  readonly onProgress: ProgressListener;
}

export interface Resolved {
  /** The document with the edits applied. */
  readonly text: string;
  readonly edits: readonly OffsetEdit[];
  /** Values that were written. */
  readonly applied: number;
  /** Where each value came from, what was not written and why. */
  readonly report: readonly string[];
  /** Files whose values can only be had by a download. */
  readonly needDownload: readonly string[];
  /** Files on whose values the sources disagree: nothing was written for them. */
  readonly conflicts: number;
}

/**
 * Fills in missing sizes and hashes: from the digest in a registry's URL, RFC 6249/9530 header fields, a metalink that the server
 * describes, checksum files beside the image and, where that was agreed to, a full download. Values on which sources disagree, or
 * that contradict what the document declares, are not written. Rejects when aborted, and for a text that is no Metalink 4.
 */
export async function resolveMetalinkText(world: World, text: string, options: ResolveOptions): Promise<Resolved> {
  const report: string[] = [];
  const parsed = parseMetalink(text);
  const model = metalinkModel(parsed);
  if (model.version !== 4)
    throw new Error(
      model.version === 3
        ? t('This is Metalink 3: convert it first ("metalink convert"), then its sizes and hashes can be written.')
        : t('This is no metalink.'),
    );
  const files = model.files.filter((file) => options.file === undefined || [file.name, file.writtenName].includes(options.file));
  if (files.length === 0)
    report.push(options.file === undefined ? t('The metalink lists no file.') : t('The metalink lists no file {0}.', options.file));
  const edits: OffsetEdit[] = [];
  const needDownload: string[] = [];
  let applied = 0;
  let conflicts = 0;
  for (const file of files) {
    const missing = missingValues(file);
    if (!missing.size && !missing.hash && missing.doubtful.length === 0 && brokenLists(file, file.size).length === 0) continue;
    const facts = await gatherFacts(world, file, { signal: options.signal, onProgress: options.onProgress, report });
    const refuse = (disagreement: string) => {
      conflicts++;
      report.push(t('{0}: nothing was written, because the sources disagree. {1}', file.writtenName, disagreement));
    };
    const disagreement = disagreementOf(file, facts);
    if (disagreement !== undefined) {
      refuse(disagreement);
      continue;
    }
    let values = chosen(missing, facts, file);
    const settled = missing.doubtful.flatMap((type) => settledBy(type, file, facts) ?? []);
    for (const type of missing.doubtful)
      if (!settled.some((one) => one.type === type))
        report.push(t('{0}: there are several {1} digests, and nobody tells which one is right.', file.writtenName, type));
    const broken = brokenLists(file, file.size ?? values.size?.value);
    if (
      broken.length > 0 ||
      (missing.size && values.size === undefined) ||
      (missing.hash && !values.hashes?.some(({ type }) => strongHashes.includes(type)))
    ) {
      if (!options.download) needDownload.push(file.writtenName);
      else {
        const computed = await fromDownload(world, text, { file, missing, broken }, options, report);
        const contradiction = computed && disagreementOf(file, merge(facts, computed));
        if (contradiction !== undefined) {
          refuse(contradiction);
          continue;
        }
        if (computed === undefined) needDownload.push(file.writtenName);
        else values = { ...computed, hashes: [...(computed.hashes ?? []), ...(values.hashes ?? [])].filter(isFirstOfType) };
      }
    }
    report.push(...origins(file.writtenName, { ...values, settled }));
    const found = resolveEdits(parsed, file, { ...plain(values), settled });
    edits.push(...found);
    if (found.length > 0)
      applied += (missing.size && values.size ? 1 : 0) + (values.hashes?.length ?? 0) + (values.pieces?.length ?? 0) + settled.length;
  }
  if (edits.length === 0 && report.length === 0) report.push(t('Every file has a size and a strong hash: there is nothing to fill in.'));
  return { text: applyEdits(text, edits), edits, applied, report, needDownload, conflicts };
}

interface Missing {
  readonly size: boolean;
  /** A strong one. */
  readonly hash: boolean;
  /** Types of which there are several digests. */
  readonly doubtful: readonly string[];
}

function missingValues(file: MetalinkFile): Missing {
  const doubtful = file.hashes.filter((hash) => file.hashes.find(({ type }) => type === hash.type)?.value !== hash.value);
  return {
    size: file.size === undefined,
    hash: !file.hashes.some(({ type }) => strongHashes.includes(type)),
    doubtful: [...new Set(doubtful.map(({ type }) => type))],
  };
}

/** Piece lists that do not cover a file of that size, or hold what is no digest; those of hash functions that nobody computes are left alone. */
function brokenLists(file: MetalinkFile, size: bigint | undefined): MetalinkPieces[] {
  if (size === undefined) return [];
  return file.pieces.filter(({ type, length, hashes }) => {
    const expected = (size + BigInt(length) - 1n) / BigInt(length);
    const covers = BigInt(hashes.length) === expected && hashes.every((value) => value !== '');
    return !covers && hashFunction(type) !== undefined;
  });
}

/** Which of several declared digests is the one that all others tell; undefined when they tell none of them, or several. */
function settledBy(type: string, file: MetalinkFile, facts: Facts): (Told<string> & { readonly type: string }) | undefined {
  const [first, ...more] = facts.hashes.get(type) ?? [];
  if (first === undefined || more.some(({ value }) => value !== first.value)) return undefined;
  return file.hashes.some((hash) => hash.type === type && hash.value === first.value) ? { ...first, type } : undefined;
}

function isFirstOfType({ type }: { readonly type: string }, index: number, all: readonly { readonly type: string }[]): boolean {
  return all.findIndex((other) => other.type === type) === index;
}

/** Which sources contradict each other or the document; undefined when none do. */
function disagreementOf(file: MetalinkFile, facts: Facts): string | undefined {
  const sizes = [...facts.sizes, ...(file.size === undefined ? [] : [{ value: file.size, source: t('the document') }])];
  const [size] = sizes;
  const otherSize = sizes.find((told) => told.value !== size?.value);
  if (size && otherSize) {
    const [source, otherSource] = apart(size, otherSize);
    return t('Size: {0} by {1}, {2} by {3}.', groupedNumber(size.value), source, groupedNumber(otherSize.value), otherSource);
  }
  for (const [type, told] of facts.hashes) {
    if (settledBy(type, file, facts) !== undefined) continue;
    const declared: Told<string>[] = file.hashes
      .filter((hash) => hash.type === type)
      .map((hash) => ({ value: hash.value, source: t('the document') }));
    const all = [...declared, ...told];
    const other = all.find(({ value }) => value !== all[0]?.value);
    if (all[0] && other) {
      const [source, otherSource] = apart(all[0], other);
      return t('{0}: {1}… by {2}, {3}… by {4}.', type, all[0].value.slice(0, 12), source, other.value.slice(0, 12), otherSource);
    }
  }
  return undefined;
}

/** What to call two sources: two files of one host by their addresses. */
function apart(a: Told<unknown>, b: Told<unknown>): [string, string] {
  return a.source === b.source ? [a.url ?? a.source, b.url ?? b.source] : [a.source, b.source];
}

/** Values with their sources, to be written. */
interface Values {
  readonly size?: Told<bigint>;
  readonly hashes?: readonly (Told<string> & { readonly type: string })[];
  readonly pieces?: NonNullable<ResolvedValues['pieces']>;
  readonly settled?: readonly (Told<string> & { readonly type: string })[];
}

/** Missing values that somebody tells: the size, and the strong hashes; a weak one that the document lacks where there is no other. */
function chosen(missing: Missing, facts: Facts, file: MetalinkFile): Values {
  const [size] = facts.sizes;
  const told = (types: readonly string[]) =>
    types.flatMap((type) => {
      const [first] = facts.hashes.get(type) ?? [];
      return first === undefined ? [] : [{ ...first, type }];
    });
  const strong = told(strongHashes);
  const hashes = strong.length > 0 ? strong : told(['sha-1', 'md5']).filter(({ type }) => !file.hashes.some((hash) => hash.type === type));
  return { ...(missing.size && size && { size }), ...(missing.hash && hashes.length > 0 && { hashes }) };
}

/** One line for each value: what it is and where it came from. */
function origins(name: string, { size, hashes = [], pieces = [], settled = [] }: Values): string[] {
  return [
    ...(size === undefined ? [] : [t('{0}: size {1}, told by {2}.', name, groupedNumber(size.value), size.source)]),
    ...hashes.map(({ type, value, source }) => t('{0}: {1} {2}…, told by {3}.', name, type, value.slice(0, 12), source)),
    ...settled.map(({ type, value, source }) =>
      t('{0}: of several {1} digests {2}… stays, told by {3}.', name, type, value.slice(0, 12), source),
    ),
    ...pieces.map((list) =>
      t('{0}: {1} piece hashes of {2} each, computed from the download.', name, list.hashes.length, humanBytes(list.length)),
    ),
  ];
}

function plain({ size, hashes, pieces }: Values): ResolvedValues {
  return {
    ...(size && { size: size.value }),
    ...(hashes && { hashes: hashes.map(({ type, value }) => ({ type, value })) }),
    ...(pieces && { pieces }),
  };
}

/** What was told before beside what the bytes themselves say. */
function merge(facts: Facts, { size, hashes = [] }: Values): Facts {
  const all = new Map(facts.hashes);
  for (const { type, value, source } of hashes) all.set(type, [...(all.get(type) ?? []), { value, source }]);
  return { sizes: size === undefined ? facts.sizes : [...facts.sizes, size], hashes: all };
}

/** Size, sha-256 and piece hashes of the bytes themselves, as far as they are missing: fetched, hashed, deleted. */
async function fromDownload(
  world: World,
  text: string,
  { file, missing, broken }: { readonly file: MetalinkFile; readonly missing: Missing; readonly broken: readonly MetalinkPieces[] },
  options: ResolveOptions,
  report: string[],
): Promise<Values | undefined> {
  // A list that is to be replaced does not keep the file from being fetched.
  const readable = applyEdits(text, broken.map(({ range }) => ({ range, newText: '' }))); // prettier-ignore
  const [item] = metalinkFiles(readable, { name: file.writtenName, channel: 'file' }, world.settings, file.writtenName);
  if (item === undefined || item.kind === 'unreachable') {
    report.push(item?.problem ?? t('{0} cannot be fetched.', file.writtenName));
    return undefined;
  }
  try {
    const fetched = await fetchFile(world, item, await world.temporaryFolder(), options);
    const source = await openFile(fetched.path);
    try {
      const ranges = [{ offset: 0, length: source.size }];
      const lists = broken.length > 0 || file.pieces.length > 0 ? broken : [{ type: 'sha-256', length: pieceLengthFor(source.size) }];
      const [whole, ...pieces] = await hashSource(
        source,
        [{ algorithm: 'sha256', ranges }, ...lists.map((list) => pieceJob(list, ranges))],
        { signal: options.signal },
      );
      const computed = t('the downloaded bytes');
      return {
        ...(missing.size && { size: { value: BigInt(source.size), source: computed } }),
        ...(missing.hash && { hashes: [{ type: 'sha-256', value: whole?.[0] ?? '', source: computed }] }),
        pieces: lists
          .map(({ type, length }, index) => ({ type, length, hashes: pieces[index] ?? [] }))
          .filter(({ hashes }) => hashes.length > 1 || broken.length > 0),
      };
    } finally {
      await source.close();
      await fetched.release(true);
    }
  } catch (error) {
    options.signal.throwIfAborted();
    report.push(`${file.writtenName}: ${error instanceof Error ? error.message : String(error)}`);
    return undefined;
  }
}

function pieceJob({ type, length }: { readonly type: string; readonly length: number }, ranges: HashJob['ranges']): HashJob {
  const known = hashFunction(type);
  if (known === undefined) throw new Error(t('{0} cannot be computed here.', type));
  return {
    algorithm: known.node,
    ranges,
    pieceLength: length,
    ...(known.outputLength !== undefined && { outputLength: known.outputLength }),
  };
}

function applyEdits(text: string, edits: readonly OffsetEdit[]): string {
  let result = text;
  for (const { range, newText } of [...edits].sort((a, b) => b.range.start - a.range.start))
    result = result.slice(0, range.start) + newText + result.slice(range.end);
  return result;
}
