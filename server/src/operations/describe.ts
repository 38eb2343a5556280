import type { ImageReference } from '../image/reference';
import type { ImageSummary } from '../image/summary';
import type { HubOptions, OpenedFile } from '../hub/hub';
import { openRemote } from '../hub/remoteSource';
import { readImageSource, signersOf } from './contentsView';
import type { World } from './world';
import type { ImageContents } from '../sif/contents';

/**
 * What a reference stands for: the hub's answer, and for a single image file what its own first bytes say (architecture, labels, recipe,
 * signatures), read by HTTP ranges in some tens of KB. Rejects with `HubError`.
 */
export async function describeReference(world: World, reference: ImageReference, options: HubOptions): Promise<ImageSummary> {
  const summary = await world.hubs.manifest(reference, options);
  if (summary.kind !== 'sif' && summary.kind !== 'file') return summary;
  const contents = await inTime(remoteContents(world, reference, options), options.signal);
  return contents === undefined ? summary : withContents(summary, contents);
}

/** What the hub said is shown even when the file itself is slow: undefined when the time is over. */
async function inTime<T>(reading: Promise<T>, signal: AbortSignal | undefined): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (signal?.aborted === true && signal.reason instanceof Error && signal.reason.name === 'TimeoutError') return undefined;
    throw error;
  }
}

/** What is inside the remote image file of a reference, or undefined where it cannot be read in parts or is no image. */
export async function remoteContents(world: World, reference: ImageReference, options: HubOptions): Promise<ImageContents | undefined> {
  try {
    const opened = await world.hubs.open(reference, options);
    const file = opened.files.find(({ role }) => role === 'image');
    return file && (await world.remembered(`contents ${opened.reference} ${version(file)}`, () => readRemote(world, file, options)));
  } catch (error) {
    options.signal?.throwIfAborted();
    world.log.debug(`contents of a remote image: ${error instanceof Error ? error.message : String(error)}`);
    return undefined;
  }
}

async function readRemote(world: World, file: OpenedFile, options: HubOptions): Promise<ImageContents> {
  const [source] = file.sources;
  if (source === undefined) throw new Error('the hub names no source');
  const remote = await openRemote(world.http, { ...source, ...(options.reason && { reason: options.reason }) }, options.signal);
  try {
    return await readImageSource(remote, options.signal);
  } finally {
    await remote.close();
  }
}

/** What tells one state of a remote file from the next. */
function version(file: OpenedFile): string {
  return file.expected[0]?.digest.hex ?? file.etag ?? file.lastModified ?? String(file.size ?? '');
}

function withContents(summary: ImageSummary, contents: ImageContents): ImageSummary {
  const signatures = signersOf(contents);
  return {
    ...summary,
    kind: contents.format === 'sif' || contents.format === 'oci-sif' ? 'sif' : summary.kind,
    ...(contents.architecture !== undefined &&
      summary.platform === undefined && { platform: { os: 'linux', architecture: contents.architecture } }),
    ...(contents.created !== undefined && summary.created === undefined && { created: contents.created }),
    labels: { ...contents.ociConfig?.labels, ...contents.labels, ...summary.labels },
    ...(contents.recipe !== undefined && { recipe: contents.recipe }),
    ...(signatures.length > 0 && { signedBy: signatures }),
    notes: [...(summary.notes ?? []), ...contents.notes],
  };
}
