import { metalinkModel } from '../metalink/model';
import type { MetalinkFile } from '../metalink/model';
import { parseMetalink } from '../metalink/parse';
import { resolveEdits } from '../metalink/resolveEdits';
import type { ResolvedValues } from '../metalink/resolveEdits';
import { openFile } from '../platform/file';
import { hashSource } from '../verify/hashFile';
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
    if (!missing.size && !missing.hash) continue;
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
    if ((missing.size && values.size === undefined) || (missing.hash && !values.hashes?.some(({ type }) => strongHashes.includes(type)))) {
      if (!options.download) needDownload.push(file.writtenName);
      else {
        const computed = await fromDownload(world, text, file, options, report);
        const contradiction = computed && disagreementOf(file, merge(facts, computed));
        if (contradiction !== undefined) {
          refuse(contradiction);
          continue;
        }
        if (computed === undefined) needDownload.push(file.writtenName);
        else values = { ...computed, hashes: [...(computed.hashes ?? []), ...(values.hashes ?? [])] };
      }
    }
    report.push(...origins(file.writtenName, values));
    const found = resolveEdits(parsed, file, plain(values));
    edits.push(...found);
    if (found.length > 0) applied += (missing.size && values.size ? 1 : 0) + (values.hashes?.length ?? 0) + (values.pieces ? 1 : 0);
  }
  if (edits.length === 0 && report.length === 0) report.push(t('Every file has a size and a strong hash: there is nothing to fill in.'));
  return { text: applyEdits(text, edits), edits, applied, report, needDownload, conflicts };
}

function missingValues(file: MetalinkFile): { size: boolean; hash: boolean } {
  return { size: file.size === undefined, hash: !file.hashes.some(({ type }) => strongHashes.includes(type)) };
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

/** Values with their sources, to be written. */
interface Values {
  readonly size?: Told<bigint>;
  readonly hashes?: readonly (Told<string> & { readonly type: string })[];
  readonly pieces?: NonNullable<ResolvedValues['pieces']>;
}

/** Missing values that somebody tells: the size, and the strong hashes; a weak one that the document lacks where there is no other. */
function chosen(missing: { readonly size: boolean; readonly hash: boolean }, facts: Facts, file: MetalinkFile): Values {
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
function origins(name: string, { size, hashes = [], pieces }: Values): string[] {
  return [
    ...(size === undefined ? [] : [t('{0}: size {1}, told by {2}.', name, groupedNumber(size.value), size.source)]),
    ...hashes.map(({ type, value, source }) => t('{0}: {1} {2}…, told by {3}.', name, type, value.slice(0, 12), source)),
    ...(pieces === undefined
      ? []
      : [t('{0}: {1} piece hashes of {2} each, computed from the download.', name, pieces.hashes.length, humanBytes(pieces.length))]),
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

/** Size, sha-256 and piece hashes of the bytes themselves: fetched, hashed, deleted. */
async function fromDownload(
  world: World,
  text: string,
  file: MetalinkFile,
  options: ResolveOptions,
  report: string[],
): Promise<Values | undefined> {
  const [item] = metalinkFiles(text, { name: file.writtenName, channel: 'file' }, world.settings, file.writtenName);
  if (item === undefined || item.kind === 'unreachable') {
    report.push(item?.problem ?? t('{0} cannot be fetched.', file.writtenName));
    return undefined;
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
      const computed = t('the downloaded bytes');
      return {
        size: { value: BigInt(source.size), source: computed },
        hashes: [{ type: 'sha-256', value: whole?.[0] ?? '', source: computed }],
        ...(pieces && pieces.length > 1 && { pieces: { type: 'sha-256', length, hashes: pieces } }),
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

function applyEdits(text: string, edits: readonly OffsetEdit[]): string {
  let result = text;
  for (const { range, newText } of [...edits].sort((a, b) => b.range.start - a.range.start))
    result = result.slice(0, range.start) + newText + result.slice(range.end);
  return result;
}
