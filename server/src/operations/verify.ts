import { existsSync } from 'node:fs';
import fs from 'node:fs/promises';
import path from 'node:path';
import type { Check, VerificationReport } from '../image/verdict';
import { worstVerdict } from '../image/verdict';
import { formatDigest } from '../image/digest';
import { parseReference } from '../image/reference';
import { without } from '../image/without';
import type { Target } from '../protocol';
import { isDetachedSignature } from '../signature/detached';
import { t } from '../text/l10n';
import { noSuchFile } from '../text/noSuchFile';
import { verifyImage } from '../verify/verifyImage';
import type { VerifyOptions as ImageOptions } from '../verify/verifyImage';
import { longestSignature } from './announcedSignatures';
import { cachedCopies, copiesByHash } from './cacheLookup';
import { fetchFile } from './fetchFile';
import type { ProgressListener } from './progress';
import type { LocalImage, PullableFile, PullableImage, TargetItem } from './pullable';
import { targetItems } from './targetItems';
import type { World } from './world';

export interface VerifyTargetOptions {
  /** A metalink file that tells what the target must be. */
  readonly metalink?: string;
  /** Key files of the user: their keys are trusted. */
  readonly keys: readonly string[];
  /** Fingerprints that must all have signed the image. */
  readonly fingerprints: readonly string[];
  readonly legacy?: boolean;
  /** Nothing is fetched: neither keys nor images. */
  readonly offline?: boolean;
  readonly signal: AbortSignal;
  readonly onProgress: ProgressListener;
  readonly openText?: (uri: string) => string | undefined;
}

/**
 * The evidence about everything that a target stands for, one report each. A copy beside the document or in a cache is looked at first;
 * what is on no disk here is fetched into a temporary folder, compared and deleted. Rejects on I/O errors of local files and when aborted.
 */
export async function verifyTarget(world: World, target: Target, options: VerifyTargetOptions): Promise<VerificationReport[]> {
  const items = await targetItems(world, target, options);
  const reports: VerificationReport[] = [];
  for (const item of items) reports.push(markCached(world, await verifyItem(world, item, options)));
  return reports;
}

function verifyItem(world: World, item: TargetItem, options: VerifyTargetOptions): Promise<VerificationReport> {
  switch (item.kind) {
    case 'local':
      return verifyLocal(world, item, options);
    case 'file':
      return verifyFile(world, item, options);
    case 'oci':
      return verifyOci(world, item, options);
    case 'unreachable':
      return Promise.resolve(nothingKnown(item.title, item.problem));
  }
}

/** Marks a report whose bytes lie in a cache, so that deleting the entry can be offered. */
function markCached(world: World, report: VerificationReport): VerificationReport {
  const file = report.path;
  const isCached = file !== undefined && world.caches().some(({ root }) => file.startsWith(root + path.sep));
  return isCached ? { ...report, inCache: true } : report;
}

async function verifyLocal(world: World, item: LocalImage, options: VerifyTargetOptions): Promise<VerificationReport> {
  const stat = await fs.stat(item.path).catch((error: unknown) => {
    throw new Error(noSuchFile(item.path), { cause: error });
  });
  if (stat.isDirectory())
    return nothingKnown(
      item.title,
      existsSync(path.join(item.path, '.singularity.d'))
        ? t('A sandbox is a folder: it carries no digest and no signature.')
        : t('{0} is no sandbox: it has no .singularity.d folder.', item.title),
    );
  const beside = await signatureBeside(item.path);
  const signed = { ...item, detachedSignatures: [...(item.detachedSignatures ?? []), ...beside] };
  return verifyImage(item.path, item.expectations, await imageOptions(world, signed, options));
}

/** The armored signature that stands beside a file as `FILE.asc`, as release pages have it; none when there is something else. */
async function signatureBeside(file: string): Promise<readonly string[]> {
  const beside = `${file}.asc`;
  const stat = await fs.stat(beside).catch(() => undefined); // not there: the common case
  if (stat?.isFile() !== true || stat.size > longestSignature) return [];
  const text = await fs.readFile(beside, 'latin1');
  return isDetachedSignature(text) ? [text] : [];
}

async function verifyFile(world: World, item: PullableFile, options: VerifyTargetOptions): Promise<VerificationReport> {
  const copy = await localCopy(world, item);
  if (copy !== undefined) return verifyImage(copy, item.expectations, await imageOptions(world, item, options));
  if (options.offline === true) return nothingKnown(item.title, t('There is no copy on this machine, and nothing is fetched offline.'));
  const folder = await world.temporaryFolder();
  try {
    const fetched = await fetchFile(world, item, folder, options);
    await fetched.release(true);
    return without(fetched.report, 'path');
  } catch (error) {
    options.signal.throwIfAborted();
    return downloadFailed(item.title, error);
  }
}

/** A copy that stands on this disk: beside the document, or in a cache. */
async function localCopy(world: World, item: PullableFile): Promise<string | undefined> {
  const beside = item.folder === undefined ? undefined : path.join(item.folder, item.name);
  if (beside !== undefined && (await isFile(beside))) return beside;
  const sha256 = item.hashes.find(({ type }) => type === 'sha-256')?.hex;
  const [byHash] = sha256 === undefined ? [] : await copiesByHash(world, sha256);
  if (byHash !== undefined) return byHash;
  const [byName] = await cachedCopies(world, item.identities);
  return byName?.path;
}

/** Manifest and blobs: the digests of the layers are the manifest's word, the manifest's digest is the reference's, where it is pinned. */
async function verifyOci(world: World, item: PullableImage, options: VerifyTargetOptions): Promise<VerificationReport> {
  const checks: Check[] = [manifestCheck(item)];
  const folder = await world.temporaryFolder();
  let size = item.manifest.bytes.length;
  try {
    for (const blob of item.blobs) {
      const [copy] = await copiesByHash(world, blob.hex);
      if (copy === undefined && options.offline === true)
        return nothingKnown(item.title, t('Not all layers are on this machine, and nothing is fetched offline.'));
      const fetched = copy === undefined ? await fetchFile(world, blob, folder, options) : undefined;
      await fetched?.release(true);
      const report = fetched?.report ?? (await verifyImage(copy ?? '', blob.expectations, await imageOptions(world, blob, options)));
      size += report.size ?? 0;
      checks.push(
        ...report.checks
          .filter((check) => check.name !== 'structure')
          .map((check) => ({ ...check, message: `${blob.title}: ${check.message}` })),
      );
    }
  } catch (error) {
    options.signal.throwIfAborted();
    return downloadFailed(item.title, error);
  }
  const failed = checks.some((check) => check.status === 'fail');
  const compared = checks.some((check) => check.status === 'pass');
  return {
    target: item.title,
    verdict: failed ? 'failed' : compared ? 'intact' : 'unverified',
    checks: [...checks].sort((a, b) => Number(b.status === 'fail') - Number(a.status === 'fail')),
    signatures: [],
    notCovered: [t('origin: what a registry declares shows that the bytes are whole, not who made them')],
    size,
    time: new Date().toISOString(),
  };
}

function manifestCheck(item: PullableImage): Check {
  const pinned = pinnedDigest(item.reference);
  const actual = `sha256:${item.manifest.hex}`;
  if (pinned === undefined)
    return {
      name: 'digest',
      status: 'skip',
      actual,
      message: t('the reference is not pinned to a digest: the tag may name another image tomorrow'),
    };
  return {
    name: 'digest',
    status: 'pass',
    expected: pinned,
    actual,
    source: t('the reference'),
    channel: 'user',
    message: t('manifest as the reference pins it'),
  };
}

function pinnedDigest(text: string): string | undefined {
  const { reference } = parseReference(text);
  return reference?.kind === 'registry' && reference.digest ? formatDigest(reference.digest) : undefined;
}

async function imageOptions(
  world: World,
  item: Pick<LocalImage, 'title' | 'requiredFingerprints' | 'detachedSignatures' | 'xmlSigned'> & Pick<PullableFile, 'unreadSignatures'>,
  options: VerifyTargetOptions,
): Promise<ImageOptions> {
  return {
    ...(await world.keys({ files: options.keys, offline: options.offline === true, signal: options.signal })),
    requiredFingerprints: [...(item.requiredFingerprints ?? []), ...options.fingerprints, ...world.settings['verify.requiredFingerprints']],
    ...(options.legacy === true && { legacy: true }),
    ...(item.detachedSignatures && { detachedSignatures: item.detachedSignatures }),
    ...(item.unreadSignatures && { unreadSignatures: item.unreadSignatures }),
    ...(item.xmlSigned && { xmlSigned: true }),
    target: item.title,
    signal: options.signal,
    onProgress: (done, total) => options.onProgress({ what: item.title, done, total }),
  };
}

/** Nothing could be compared: "unverified", with the reason where the evidence would stand. */
export function nothingKnown(target: string, problem: string): VerificationReport {
  return {
    target,
    verdict: worstVerdict([]),
    checks: [{ name: 'access', status: 'skip', message: problem }],
    signatures: [],
    notCovered: [],
    time: new Date().toISOString(),
  };
}

/** A download that ended without a file: a contradiction where sources answered with other bytes, else nothing known. */
export function downloadFailed(target: string, error: unknown): VerificationReport {
  const message = error instanceof Error ? error.message : String(error);
  const mismatch = error instanceof Error && 'failure' in error && error.failure === 'mismatch';
  if (!mismatch) return nothingKnown(target, message);
  return {
    target,
    verdict: 'failed',
    checks: [{ name: 'download', status: 'fail', message }],
    signatures: [],
    notCovered: [],
    time: new Date().toISOString(),
  };
}

async function isFile(file: string): Promise<boolean> {
  return fs.stat(file).then(
    (stat) => stat.isFile(),
    () => false,
  );
}
