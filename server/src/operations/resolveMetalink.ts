import type { OpenedImage } from '../hub/hub';
import { parseReference } from '../image/reference';
import { metalinkModel } from '../metalink/model';
import type { MetalinkFile, MetalinkUrl } from '../metalink/model';
import { parseMetalink } from '../metalink/parse';
import { resolveEdits } from '../metalink/resolveEdits';
import type { ResolvedValues } from '../metalink/resolveEdits';
import { withoutCredentials } from '../platform/proxySettings';
import { openFile } from '../platform/file';
import { hashSource } from '../verify/hashFile';
import type { OffsetEdit } from '../text/finding';
import { groupedNumber } from '../text/human';
import { t } from '../text/l10n';
import { pieceLengthFor } from '../metalink/pieceLength';
import { fetchFile } from './fetchFile';
import { metalinkFiles } from './metalinkFiles';
import type { ProgressListener } from './progress';
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

/** A value and who says it. */
interface Told<T> {
  readonly value: T;
  readonly source: string;
}

interface Facts {
  readonly sizes: Told<bigint>[];
  /** By registered hash name. */
  readonly hashes: Map<string, Told<string>[]>;
}

/**
 * Fills in missing sizes and hashes: from the digest in a registry's URL, RFC 6249/9530 header fields, a metalink that the server
 * describes, checksum files beside the image and, where that was agreed to, a full download. Values on which sources disagree, or
 * that contradict what the document declares, are not written. Rejects only when aborted.
 */
export async function resolveMetalinkText(world: World, text: string, options: ResolveOptions): Promise<Resolved> {
  const parsed = parseMetalink(text);
  const files = metalinkModel(parsed).files.filter((file) => options.file === undefined || file.name === options.file);
  const edits: OffsetEdit[] = [];
  const report: string[] = [];
  const needDownload: string[] = [];
  let applied = 0;
  let conflicts = 0;
  for (const file of files) {
    const missing = missingValues(file);
    if (!missing.size && !missing.hash) continue;
    const facts = await gather(world, file, options, report);
    const disagreement = disagreementOf(file, facts);
    if (disagreement !== undefined) {
      conflicts++;
      report.push(t('{0}: nothing was written, because the sources disagree. {1}', file.writtenName, disagreement));
      continue;
    }
    const values = chosen(missing, facts, file.writtenName, report);
    const stillMissing = (missing.size && values.size === undefined) || (missing.hash && values.hashes === undefined);
    const complete = stillMissing && options.download ? await fromDownload(world, text, file, options, report) : values;
    if (stillMissing && !options.download) needDownload.push(file.writtenName);
    const found = resolveEdits(parsed, file, complete);
    applied += (complete.size === undefined ? 0 : 1) + (complete.hashes?.length ?? 0) + (complete.pieces === undefined ? 0 : 1);
    edits.push(...found);
  }
  if (edits.length === 0 && report.length === 0) report.push(t('Every file has a size and a strong hash: there is nothing to fill in.'));
  return { text: applyEdits(text, edits), edits, applied: edits.length === 0 ? 0 : applied, report, needDownload, conflicts };
}

function missingValues(file: MetalinkFile): { size: boolean; hash: boolean } {
  return { size: file.size === undefined, hash: !file.hashes.some(({ type }) => ['sha-256', 'sha-384', 'sha-512'].includes(type)) };
}

async function gather(world: World, file: MetalinkFile, { signal, onProgress }: ResolveOptions, report: string[]): Promise<Facts> {
  const facts: Facts = { sizes: [], hashes: new Map() };
  for (const [index, url] of [...file.urls].sort((a, b) => a.priority - b.priority).entries()) {
    onProgress({ what: t('{0}: asking {1}', file.writtenName, hostOf(url)), done: index, total: file.urls.length });
    fromAddress(url, facts);
    const { reference } = parseReference(url.url);
    if (reference?.kind !== 'url') continue;
    try {
      fromServer(await world.hubs.open(reference, { signal, reason: 'command' }), hostOf(url), facts);
    } catch (error) {
      signal.throwIfAborted();
      report.push(
        t('{0}: {1} could not be asked: {2}', file.writtenName, hostOf(url), error instanceof Error ? error.message : String(error)),
      );
    }
  }
  return facts;
}

/** A registry's blob has its digest in its address. */
function fromAddress(url: MetalinkUrl, facts: Facts): void {
  const hex = /\/v2\/.+\/blobs\/sha256:([0-9a-f]{64})$/.exec(url.url)?.[1];
  if (hex !== undefined) addHash(facts, 'sha-256', { value: hex, source: t('digest in the address of {0}', hostOf(url)) });
}

function fromServer(opened: OpenedImage, host: string, facts: Facts): void {
  const [file] = opened.files;
  if (file === undefined) return;
  if (file.size !== undefined) facts.sizes.push({ value: BigInt(file.size), source: host });
  for (const { digest, source } of file.expected)
    addHash(facts, digest.algorithm.replace(/^sha(\d)/, 'sha-$1'), { value: digest.hex, source: t('{0} of {1}', source, host) });
}

function addHash(facts: Facts, type: string, told: Told<string>): void {
  facts.hashes.set(type, [...(facts.hashes.get(type) ?? []), told]);
}

/** Which sources contradict each other or the document; undefined when none do. */
function disagreementOf(file: MetalinkFile, facts: Facts): string | undefined {
  const sizes = [...facts.sizes, ...(file.size === undefined ? [] : [{ value: file.size, source: t('the document') }])];
  const [size] = sizes;
  const otherSize = sizes.find((told) => told.value !== size?.value);
  if (size && otherSize)
    return t('Size: {0} by {1}, {2} by {3}.', groupedNumber(size.value), size.source, groupedNumber(otherSize.value), otherSize.source);
  for (const [type, told] of facts.hashes) {
    const declared = file.hashes.filter((hash) => hash.type === type).map((hash) => ({ value: hash.value, source: t('the document') }));
    const all = [...declared, ...told];
    const other = all.find(({ value }) => value !== all[0]?.value);
    if (all[0] && other)
      return t('{0}: {1}… by {2}, {3}… by {4}.', type, all[0].value.slice(0, 12), all[0].source, other.value.slice(0, 12), other.source);
  }
  return undefined;
}

/** Missing values that somebody tells: the size, and the strongest hashes. */
function chosen(missing: { readonly size: boolean; readonly hash: boolean }, facts: Facts, name: string, report: string[]): ResolvedValues {
  const [size] = facts.sizes;
  const hashes = ['sha-512', 'sha-384', 'sha-256'].flatMap((type) => {
    const [told] = facts.hashes.get(type) ?? [];
    return told === undefined ? [] : [{ type, value: told.value, source: told.source }];
  });
  if (missing.size && size) report.push(t('{0}: size {1}, told by {2}.', name, groupedNumber(size.value), size.source));
  if (missing.hash)
    for (const { type, value, source } of hashes) report.push(t('{0}: {1} {2}…, told by {3}.', name, type, value.slice(0, 12), source));
  return {
    ...(missing.size && size && { size: size.value }),
    ...(missing.hash && hashes.length > 0 && { hashes: hashes.map(({ type, value }) => ({ type, value })) }),
  };
}

/** Size, sha-256 and piece hashes of the bytes themselves: fetched, hashed, deleted. */
async function fromDownload(
  world: World,
  text: string,
  file: MetalinkFile,
  options: ResolveOptions,
  report: string[],
): Promise<ResolvedValues> {
  const [item] = metalinkFiles(text, { name: file.writtenName, channel: 'file' }, world.settings, file.writtenName);
  if (item === undefined || item.kind === 'unreachable') {
    report.push(item?.problem ?? t('{0} cannot be fetched.', file.writtenName));
    return {};
  }
  try {
    const fetched = await fetchFile(world, item, await world.temporaryFolder(), options);
    const source = await openFile(fetched.path);
    try {
      const length = pieceLengthFor(source.size);
      const ranges = [{ offset: 0, length: source.size }];
      const [whole, pieces] = await hashSource(
        source,
        [
          { algorithm: 'sha256', ranges },
          { algorithm: 'sha256', ranges, pieceLength: length },
        ],
        { signal: options.signal },
      );
      report.push(t('{0}: size and hashes computed from a full download.', file.writtenName));
      return {
        size: BigInt(source.size),
        hashes: [{ type: 'sha-256', value: whole?.[0] ?? '' }],
        ...(pieces && pieces.length > 1 && { pieces: { type: 'sha-256', length, hashes: pieces } }),
      };
    } finally {
      await source.close();
      await fetched.release(true);
    }
  } catch (error) {
    options.signal.throwIfAborted();
    report.push(`${file.writtenName}: ${error instanceof Error ? error.message : String(error)}`);
    return {};
  }
}

function hostOf(url: MetalinkUrl): string {
  const shown = withoutCredentials(url.url);
  return URL.canParse(shown) ? new URL(shown).host : shown;
}

function applyEdits(text: string, edits: readonly OffsetEdit[]): string {
  let result = text;
  for (const { range, newText } of [...edits].sort((a, b) => b.range.start - a.range.start))
    result = result.slice(0, range.start) + newText + result.slice(range.end);
  return result;
}
