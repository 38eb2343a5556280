import { existsSync } from 'node:fs';
import fs from 'node:fs/promises';
import path from 'node:path';
import type { CacheLocation } from '../cache/find';
import { entryName } from '../cache/names';
import type { EntryIdentity, EntryName } from '../cache/names';
import { putIntoCache } from '../cache/put';
import { putImageIntoCache, writeLayout } from '../cache/putLayout';
import type { LayoutBlob } from '../cache/putLayout';
import { sameContent } from '../cache/sameContent';
import { suggestedFileName } from '../image/referenceNames';
import { parseReference } from '../image/reference';
import { renameDurably } from '../platform/durable';
import { hasCode } from '../platform/systemError';
import type { Engine, PulledItem, PullParams, Target } from '../protocol';
import { t } from '../text/l10n';
import { noSuchFile } from '../text/noSuchFile';
import { verifiedFile } from '../verify/verifiedFile';
import { engineTitle } from './cacheLookup';
import { completeLayouts } from './completeLayout';
import type { PulledBlob } from './completeLayout';
import { fetchFile } from './fetchFile';
import type { FetchedFile } from './fetchFile';
import { forMany, SharedProgress } from './manyFiles';
import type { ProgressListener } from './progress';
import type { Pullable, PullableFile, PullableImage, TargetItem } from './pullable';
import { verdictText } from './reportText';
import { steadyWorld } from './steadyWorld';
import { targetItems } from './targetItems';
import { downloadFailed } from './verify';
import type { World } from './world';

export interface PullOptions {
  /** A metalink file that tells what the target must be. */
  readonly metalink?: string;
  /** Replace what differs: only after the user agreed. */
  readonly overwrite: boolean;
  readonly signal: AbortSignal;
  readonly onProgress: ProgressListener;
  /** Decisions on the way, for the log. */
  readonly onDecision: (line: string) => void;
  /** The path of each file until it is finished: what a cancelled pull may leave there. */
  readonly onPartial?: (path: string) => void;
  readonly openText?: (uri: string) => string | undefined;
}

/**
 * Fetches everything that a target stands for, verifies it, and puts it where it belongs. What contradicts its evidence is put nowhere;
 * what nothing could verify enters no cache. Rejects when aborted; every other failure is an item's outcome.
 */
export async function pullTarget(
  world: World,
  target: Target,
  destination: PullParams['destination'],
  options: PullOptions,
): Promise<PulledItem[]> {
  const items = await targetItems(world, target, options);
  const steady = steadyWorld(world);
  const [only] = items;
  if (only !== undefined && items.length === 1) return [await pullItem(steady, only, destination, options)];
  const folder = asFolder(destination);
  const progress = new SharedProgress(items.map(sizeOf), options.onProgress);
  const pulled = await forMany([...items.entries()], async ([index, item]) => {
    const result = await pullItem(steady, item, folder, { ...options, onProgress: progress.listener(index) });
    progress.finish(index);
    return result;
  });
  return folder.kind === 'cache' ? pulled : [...pulled, ...(await completeLayouts(verifiedBlobs(items, pulled), options.signal))];
}

/** What stands on the disk now, and whose bytes were compared with a declared hash. */
function verifiedBlobs(items: readonly TargetItem[], pulled: readonly PulledItem[]): PulledBlob[] {
  return pulled.flatMap(({ outcome, report, path: file }, index) => {
    const item = items[index];
    const verified =
      (outcome === 'pulled' || outcome === 'already-there') && (report?.verdict === 'intact' || report?.verdict === 'signed');
    return verified && file !== undefined && item?.kind === 'file' ? [{ path: file, identity: item.identity }] : [];
  });
}

/** Bytes that have to be fetched at most; undefined when nobody says. */
function sizeOf(item: TargetItem): number | undefined {
  if (item.kind === 'file') return bytesOf(item);
  return item.kind === 'oci' ? undefined : 0;
}

function bytesOf({ size }: Pullable): number | undefined {
  return size === undefined ? undefined : Number(size);
}

/** Several files do not fit one name: they go into its folder. */
function asFolder(destination: PullParams['destination']): PullParams['destination'] {
  return destination.kind === 'file' ? { kind: 'folder', path: path.dirname(destination.path) } : destination;
}

async function pullItem(world: World, item: TargetItem, destination: PullParams['destination'], options: PullOptions): Promise<PulledItem> {
  if (item.kind === 'unreachable') return { title: item.title, outcome: 'failed', message: item.problem };
  if (item.kind === 'local' && !existsSync(item.path)) return { title: item.title, outcome: 'failed', message: noSuchFile(item.path) };
  if (item.kind === 'local')
    return { title: item.title, outcome: 'already-there', path: item.path, message: t('{0} is on this machine already.', item.title) };
  try {
    if (item.kind === 'oci') return await pullOci(world, item, destination, options);
    return destination.kind === 'cache'
      ? await pullIntoCache(world, item, destination.engine, options)
      : await pullIntoFolder(world, item, destination, options);
  } catch (error) {
    options.signal.throwIfAborted();
    const message = error instanceof Error ? error.message : String(error);
    if (isInTheWay(error)) return { title: item.title, outcome: 'exists', message };
    const report = downloadFailed(item.title, error);
    return { title: item.title, outcome: 'failed', message, ...(report.verdict === 'failed' && { report }) };
  }
}

/** A file that differs has the final name. */
function isInTheWay(error: unknown): boolean {
  return error instanceof Error && 'failure' in error && error.failure === 'exists';
}

async function pullIntoCache(world: World, item: PullableFile, engine: Engine | undefined, options: PullOptions): Promise<PulledItem> {
  const cache = cacheFor(world, engine);
  const fetched = await fetchFile(world, item, stagingFolder(cache), options);
  try {
    const verified = verifiedFile(fetched.report);
    if (verified === undefined) return refused(item.title, fetched, t('the cache'));
    const entry = await nameFor(world, item.identities, cache, options.signal);
    if (entry === undefined)
      return {
        title: item.title,
        outcome: 'failed',
        report: fetched.report,
        message: t(
          '{0} is verified, but {1} would not look for it in its cache under any name. Pull it to a folder instead.',
          item.title,
          engineTitle(cache.engine),
        ),
      };
    const put = await putIntoCache(verified, cache, entry, { overwrite: options.overwrite, move: true, signal: options.signal });
    if (put.outcome === 'differs')
      return {
        title: item.title,
        outcome: 'exists',
        report: fetched.report,
        path: put.path,
        message: t('The {0} cache has another image under the name of {1}. It was left alone.', engineTitle(cache.engine), item.title),
      };
    await remember(world, put.path, item, fetched);
    const outcome = put.outcome === 'put' ? 'pulled' : 'already-there';
    const message =
      outcome === 'pulled'
        ? t('{0} is in the {1} cache, verified: {2}', item.title, engineTitle(cache.engine), put.path)
        : t('{0} was in the {1} cache already, verified: {2}', item.title, engineTitle(cache.engine), put.path);
    return { title: item.title, outcome, report: { ...fetched.report, path: put.path }, path: put.path, message };
  } finally {
    await fetched.release(true);
  }
}

async function pullIntoFolder(
  world: World,
  item: PullableFile,
  destination: Exclude<PullParams['destination'], { kind: 'cache' }>,
  options: PullOptions,
): Promise<PulledItem> {
  const final = destination.kind === 'file' ? destination.path : path.join(destination.path, fileNameFor(item));
  const directory = destination.kind === 'file' ? path.dirname(final) : destination.path;
  const fetched = await fetchFile(world, item, directory, {
    ...options,
    name: path.relative(directory, final).split(path.sep).join('/'),
    mode: 0o666 & ~userMask(),
  });
  let discard = true;
  try {
    const { report } = fetched;
    if (report.verdict === 'failed') return refused(item.title, fetched, final);
    const verified = report.verdict === 'unverified' ? t('nothing could verify it') : verdictText(report);
    if (fetched.alreadyThere)
      return { title: item.title, outcome: 'already-there', report, path: final, message: t('{0} is there already: {1}', final, verified) };
    try {
      // An image can be started like a program, and the engines' `pull` makes it so (`CopyFileAtomic(…, 0o777)`).
      if (report.checks.some(({ name, status }) => name === 'structure' && status === 'pass'))
        await fs.chmod(fetched.path, 0o777 & ~userMask());
      await renameDurably(fetched.path, final, { overwrite: options.overwrite });
      discard = false;
    } catch (error) {
      if (!hasCode(error, 'EEXIST')) throw error;
      if (!(await sameContent(final, fetched.path, options.signal)))
        return {
          title: item.title,
          outcome: 'exists',
          report,
          path: final,
          message: t('{0} exists and is another file. It was left alone.', final),
        };
      return { title: item.title, outcome: 'already-there', report, path: final, message: t('{0} is there already: {1}', final, verified) };
    }
    const outcome = report.verdict === 'unverified' ? 'failed' : 'pulled';
    if (outcome === 'failed')
      return {
        title: item.title,
        outcome,
        report: { ...report, path: final },
        path: final,
        message: t('{0} was fetched, but nothing could verify it: there is no hash and no trusted signature to compare with.', final),
      };
    return { title: item.title, outcome, report: { ...report, path: final }, path: final, message: t('Pulled {0}: {1}', final, verified) };
  } finally {
    await fetched.release(discard);
  }
}

/** Permission bits that the user takes from every new file. */
function userMask(): number {
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- Node has no other way to ask; only this thread makes files by it
  return process.umask();
}

/** An OCI image goes into the cache's blob layout, where the engine finds the layers and converts them itself, or into a layout folder. */
async function pullOci(
  world: World,
  item: PullableImage,
  destination: PullParams['destination'],
  options: PullOptions,
): Promise<PulledItem> {
  const cache = destination.kind === 'cache' ? cacheFor(world, destination.engine) : undefined;
  const layout =
    destination.kind === 'cache'
      ? undefined
      : destination.kind === 'file'
        ? destination.path
        : path.join(destination.path, layoutName(item.reference));
  const staging = cache ? stagingFolder(cache) : path.dirname(layout ?? '');
  const fetched: FetchedFile[] = [];
  const progress = new SharedProgress(item.blobs.map(bytesOf), (p) => options.onProgress({ ...p, what: item.title }));
  try {
    const files = await forMany([...item.blobs.entries()], async ([index, blob]) => {
      const file = await fetchFile(world, blob, staging, { ...options, onProgress: progress.listener(index) });
      fetched.push(file);
      progress.finish(index);
      return { blob, file };
    });
    const blobs: LayoutBlob[] = [];
    for (const { blob, file } of files) {
      const verified = verifiedFile(file.report);
      if (verified === undefined) return refused(blob.title, file, cache ? t('the cache') : (layout ?? ''));
      blobs.push({ hex: blob.hex, file: verified });
    }
    const place = cache
      ? await putImageIntoCache(cache, item.manifest, blobs, options.signal)
      : await writeLayout(layout ?? '', item.manifest, blobs, options.signal);
    if (cache) await rememberImage(world, place, item);
    const message = cache
      ? t(
          '{0}: manifest and {1} layers are in the {2} cache, verified. The engine converts them when the image is first used.',
          item.title,
          item.blobs.length - 1,
          engineTitle(cache.engine),
        )
      : t('{0}: an OCI layout with {1} layers, verified, is in {2}', item.title, item.blobs.length - 1, layout ?? '');
    const checks = fetched.flatMap((file) => file.report.checks.filter((check) => check.status === 'pass' && check.name !== 'structure'));
    const report = {
      target: item.title,
      verdict: 'intact' as const,
      checks,
      signatures: [],
      notCovered: fetched[0]?.report.notCovered ?? [],
      path: place,
      time: new Date().toISOString(),
    };
    return { title: item.title, outcome: 'pulled', path: cache ? place : (layout ?? place), report, message };
  } finally {
    for (const file of fetched) await file.release(true);
  }
}

function refused(title: string, fetched: FetchedFile, place: string): PulledItem {
  const { report } = fetched;
  const reason = report.verdict === 'failed' ? verdictText(report) : t('nothing could verify it');
  return { title, outcome: 'failed', report, message: t('{0} was not put into {1}: {2}', title, place, reason) };
}

/** The cache of the engine that was asked for, else of the one in the settings. Throws when it must not be written. */
function cacheFor(world: World, engine: Engine | undefined): CacheLocation {
  const wanted = engine ?? world.settings['engine.kind'];
  const cache = world.caches().find((each) => each.engine === wanted && !each.shared);
  if (cache === undefined) throw new Error(t('There is no cache of {0}.', engineTitle(wanted)));
  if (cache.disabled !== undefined) throw new Error(cache.disabled);
  return cache;
}

/** Beside the cache, on its file system, so that the last step is a rename; the engine does not look there. */
function stagingFolder(cache: CacheLocation): string {
  return path.join(cache.parent, 'container-metalink');
}

/** The first identity that makes a name; for a URL its Last-Modified is part of the name and is asked for now. */
async function nameFor(
  world: World,
  identities: readonly EntryIdentity[],
  cache: CacheLocation,
  signal: AbortSignal,
): Promise<EntryName | undefined> {
  if (cache.engine === 'singularity2') return undefined;
  const version = await world.engineVersion(cache.engine);
  for (const identity of identities) {
    const complete =
      identity.kind === 'net' && identity.lastModified === undefined ? await withLastModified(world, identity, signal) : identity;
    const name = entryName(complete, { engine: cache.engine, ...(version !== undefined && { version }) });
    if (name !== undefined) return name;
  }
  return undefined;
}

async function withLastModified(
  world: World,
  identity: Extract<EntryIdentity, { kind: 'net' }>,
  signal: AbortSignal,
): Promise<EntryIdentity> {
  try {
    const response = await world.http.request({ method: 'HEAD', url: identity.url, signal, reason: 'command' });
    await response.discard();
    const lastModified = response.status === 200 ? response.headers['last-modified']?.[0] : undefined;
    return lastModified === undefined ? identity : { ...identity, lastModified };
  } catch (error) {
    signal.throwIfAborted();
    world.log.info(
      t('{0} could not be asked for its date: {1}', new URL(identity.url).host, error instanceof Error ? error.message : String(error)),
    );
    return identity;
  }
}

async function remember(world: World, file: string, item: PullableFile, fetched: FetchedFile): Promise<void> {
  const index = await world.cacheIndex();
  const { size, mtimeMs } = await fs.stat(file);
  index.remember(file, size, mtimeMs, {
    verdict: fetched.report.verdict,
    sha256: fetched.sha256,
    pulled: Date.now(),
    ...(item.reference !== undefined && { reference: item.reference }),
    ...(item.reference === undefined && { title: item.title }),
  });
  await index.save();
}

/** By what the image was pulled; and that its parts were verified. */
async function rememberImage(world: World, manifest: string, item: PullableImage): Promise<void> {
  const index = await world.cacheIndex();
  const known = { verdict: 'intact', pulled: Date.now() } as const;
  for (const hex of [item.manifest.hex, ...item.blobs.map((blob) => blob.hex)]) {
    const file = path.join(path.dirname(manifest), hex);
    const { size, mtimeMs } = await fs.stat(file);
    index.remember(file, size, mtimeMs, { ...known, sha256: hex, ...(hex === item.manifest.hex && { reference: item.reference }) });
  }
  await index.save();
}

/** The engines' own default name for a reference; the document's for a metalink. */
function fileNameFor(item: PullableFile): string {
  const reference = item.reference === undefined ? undefined : parseReference(item.reference).reference;
  return (reference && suggestedFileName(reference)) ?? item.name;
}

function layoutName(text: string): string {
  const { reference } = parseReference(text);
  const name = reference && suggestedFileName(reference);
  return (name ?? 'image').replace(/\.sif$/, '.oci');
}
