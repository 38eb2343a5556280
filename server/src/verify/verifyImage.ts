import type { ByteSource } from '../image/byteSource';
import type { Check, SignatureFinding, VerificationReport } from '../image/verdict';
import { fileIdentity, openFile, sameFile } from '../platform/file';
import type { LocalFile } from '../platform/file';
import { detachedIssuers, verifyDetached } from '../signature/detached';
import { joinKeys } from '../signature/keys';
import type { KeyMaterial } from '../signature/keyMaterial';
import { readingHasher } from '../signature/objectDigests';
import type { RangeHasher } from '../signature/objectDigests';
import { planSignatures } from '../signature/plannedRanges';
import type { SignaturePlan } from '../signature/plannedRanges';
import { verifySif } from '../signature/verifySif';
import type { SignatureMode } from '../signature/verifySif';
import { ImageFormatError } from '../sif/formatError';
import { openImage } from '../sif/image';
import { primaryPartition } from '../sif/sifImage';
import type { SifImage } from '../sif/sifImage';
import { excess } from '../sif/structure';
import { t } from '../text/l10n';
import { knownOutcomes } from './alreadyHashed';
import type { AlreadyHashed } from './alreadyHashed';
import { blobChecks, namedBlobs } from './blobChecks';
import { comparison } from './compare';
import type { WeighedCheck } from './compare';
import type { Expectation } from './expectation';
import { hashSource } from './hashFile';
import { expectedHash, hashFunction } from './hashTypes';
import type { HashControl } from './hashFile';
import type { HashJob } from './hashPass';
import { signatureEvidence } from './signatureEvidence';
import type { SignatureEvidence } from './signatureEvidence';
import { structureChecks } from './structureChecks';
import { inOrder, verdictOf } from './verdict';
import { bindReport } from './verifiedFile';
import type { OpenedImage } from './openedImage';

export interface VerifyOptions extends HashControl {
  readonly keys: KeyMaterial;
  /** Asks key servers for keys by their 64-bit ids; absent when that is not allowed. */
  readonly fetchKeys?: ((ids: readonly string[]) => Promise<KeyMaterial>) | undefined;
  /** Fingerprints that must all have signed the whole image. */
  readonly requiredFingerprints?: readonly string[];
  /**
   * Count signatures of Singularity 3.0–3.5, as the engines' `--legacy-insecure` does: the primary partition's by itself, else its
   * group's.
   */
  readonly legacy?: boolean;
  /** Armored OpenPGP signatures of the file from beside it (metalink `<signature>`). */
  readonly detachedSignatures?: readonly string[];
  /** Signatures that are announced and could not be looked at, and why; for people. */
  readonly unreadSignatures?: readonly string[];
  /** The metalink with the expectations carries an XML signature. */
  readonly xmlSigned?: true;
  /** What this process knows of these very bytes; nothing of it is computed again while the file is untouched. */
  readonly alreadyHashed?: AlreadyHashed;
  /** What the report is about; the source's name when absent. */
  readonly target?: string;
  /** Milliseconds since the epoch; now when absent. */
  readonly now?: number;
}

/**
 * Gathers the evidence about an image and weighs it: expectations, structure, signatures. Reads the bytes once, as far as anything has
 * to be hashed. Rejects only with I/O and network errors and when cancelled; whatever the bytes are is told in the report.
 */
export async function verifyImage(
  source: ByteSource | string,
  expectations: readonly Expectation[],
  options: VerifyOptions,
): Promise<VerificationReport> {
  if (typeof source !== 'string') return verifySource(source, expectations, options);
  const file = await openFile(source);
  try {
    return await verifySource(file, expectations, options);
  } finally {
    await file.close();
  }
}

async function verifySource(
  source: ByteSource | LocalFile,
  expectations: readonly Expectation[],
  options: VerifyOptions,
): Promise<VerificationReport> {
  const now = options.now ?? Date.now();
  const opened = await openLeniently(source, options.signal);
  const readable = opened.image && 'sif' in opened.image ? opened.image.sif : undefined;
  const sif = readable && excess(readable) === undefined ? readable : undefined;
  const blobs = sif ? namedBlobs(sif) : [];
  const plan = sif ? await planFor(sif, options) : undefined;
  const detached = options.detachedSignatures ?? [];
  const keys = await withFetchedKeys([...(plan?.signatures.issuers ?? []), ...detached.flatMap(detachedIssuers)], options);

  const comparisons = expectations.map((expectation) => comparison(expectation, source.size));
  // A signature by an unknown key shows at best that nothing was damaged; a declared hash shows the same, at half the work.
  const compareUnverified = !expectations.some(isStrong) || (plan !== undefined && canBeChecked(plan.signatures, keys));
  const signatureJobs = compareUnverified ? ascending(plan?.signatures.digests ?? []) : [];
  const wanted = [...comparisons.flatMap(({ job }) => job ?? []), ...signatureJobs, ...blobs.map(({ job }) => job)];
  const digests = await hashDistinct(source, wanted, options);

  const checks: WeighedCheck[] = comparisons.map(({ job, judge }) => judge(job ? (digests.get(jobKey(job)) ?? []) : []));
  checks.push(...structureChecks(opened, source.name), ...blobChecks(blobs, (job) => digests.get(jobKey(job))?.[0]));
  const findings: SignatureFinding[] = [];
  let evidence: SignatureEvidence | undefined;
  if (sif && plan) {
    const hasher = knownDigests(digests, readingHasher(source, options.signal));
    const verified = await verifySif(sif, {
      keys,
      mode: plan.mode,
      hasher,
      compareUnverified,
      now: now / 1000,
      ...plan.objects,
      ...signalOf(options),
    });
    evidence = signatureEvidence(sif, verified, {
      mode: plan.mode,
      required: options.requiredFingerprints ?? [],
      legacyPresent: plan.mode === 'default' && plan.signatures.hasLegacy,
    });
    checks.push(...evidence.checks);
    findings.push(...evidence.findings);
  } else if ((options.requiredFingerprints?.length ?? 0) > 0) checks.push(cannotBeSigned());
  for (const text of detached) {
    const finding = await verifyDetached(parts(source, options.signal), text, keys, now / 1000);
    findings.push(finding);
    checks.push({ check: detachedCheck(finding), weight: 'strong' });
  }
  for (const message of options.unreadSignatures ?? [])
    checks.push({ check: { name: 'detached signature', status: 'skip', message }, weight: 'none' });
  if (options.xmlSigned) checks.push(xmlSignature());
  if ('identity' in source) checks.push(...(await changedMeanwhile(source)));
  const signed =
    evidence?.signed === true || findings.some((f) => f.kind === 'detached-pgp' && f.status === 'valid' && f.trust === 'trusted');
  const report: VerificationReport = {
    target: options.target ?? source.name,
    verdict: verdictOf(checks, signed),
    checks: inOrder(checks),
    signatures: findings,
    notCovered: [...(evidence?.notCovered ?? []), ...keys.problems, ...integrityRemark(expectations, signed)],
    ...('path' in source ? { path: source.path } : {}),
    ...(plan?.mode === 'default' && plan.signatures.hasLegacy ? { legacySignatures: true } : {}),
    size: source.size,
    time: new Date(now).toISOString(),
  };
  if ('identity' in source) bindReport(report, source.path, source.identity);
  return report;
}

async function openLeniently(source: ByteSource, signal?: AbortSignal): Promise<OpenedImage> {
  try {
    return { image: await openImage(source, signal), problem: undefined };
  } catch (error) {
    if (!(error instanceof ImageFormatError)) throw error;
    return { image: undefined, problem: error };
  }
}

interface SifPlan {
  readonly mode: SignatureMode;
  readonly objects: { readonly objects?: readonly number[] };
  readonly signatures: SignaturePlan;
}

/** Which signatures count, and what has to be hashed for them. */
async function planFor(sif: SifImage, { legacy, signal }: VerifyOptions): Promise<SifPlan> {
  if (legacy !== true) return { mode: 'default', objects: {}, signatures: await planSignatures(sif, 'default', signal) };
  const primary = primaryPartition(sif);
  const isSigned = sif.descriptors.some((d) => d.typeName === 'Signature' && !d.linkedToGroup && d.linkedId === primary?.id);
  const mode = primary && isSigned ? 'legacy-all' : 'legacy';
  return {
    mode,
    objects: mode === 'legacy-all' && primary ? { objects: [primary.id] } : {},
    signatures: await planSignatures(sif, mode, signal),
  };
}

/** A hostile image may name any number of keys; key servers are asked for these. */
const mostFetchedKeys = 16;

async function withFetchedKeys(issuers: readonly string[], { keys, fetchKeys }: VerifyOptions): Promise<KeyMaterial> {
  const known = new Set(keys.pgp.flatMap(({ entity }) => [entity.primary.id, ...entity.subkeys.map(({ id }) => id)]));
  const missing = [...new Set(issuers)].filter((issuer) => !known.has(issuer.toLowerCase()));
  return fetchKeys && missing.length > 0 ? joinKeys(keys, await fetchKeys(missing.slice(0, mostFetchedKeys))) : keys;
}

function isStrong(expectation: Expectation): boolean {
  const type = expectation.kind === 'pieces' ? expectation.type : expectedHash(expectation)?.type;
  return type !== undefined && hashFunction(type)?.weak === false;
}

/** Some signature may be by a key that is at hand. */
function canBeChecked({ issuers }: SignaturePlan, { pgp, publicKeys }: KeyMaterial): boolean {
  return (
    publicKeys.length > 0 ||
    pgp.some(({ entity }) => [entity.primary, ...entity.subkeys].some((key) => issuers.includes(key.id.toUpperCase())))
  );
}

/** Ranges that one pass can take: ascending, not overlapping. The others are read when they are asked for. */
function ascending(planned: SignaturePlan['digests']): HashJob[] {
  return planned
    .filter(({ ranges }) => ranges.every((range, i) => i === 0 || range.offset >= end(ranges[i - 1])))
    .map((job) => ({ ...job }));
}

function end(range: { readonly offset: number; readonly length: number } | undefined): number {
  return range ? range.offset + range.length : 0;
}

/** Each different job once, those that are known already not at all. */
async function hashDistinct(
  source: ByteSource | LocalFile,
  jobs: readonly HashJob[],
  options: VerifyOptions,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const outcomes = 'identity' in source ? knownOutcomes(options.alreadyHashed, source.identity) : [];
  const known = new Map(outcomes.map(({ job, digests }) => [jobKey(job), digests]));
  const distinct = new Map(jobs.map((job) => [jobKey(job), job] as const).filter(([key]) => !known.has(key)));
  const digests = distinct.size === 0 ? [] : await hashSource(source, [...distinct.values()], options);
  return new Map([...known, ...[...distinct.keys()].map((key, index) => [key, digests[index] ?? []] as const)]);
}

function jobKey({ algorithm, ranges, pieceLength }: HashJob): string {
  return [algorithm, pieceLength ?? '', ...ranges.map(({ offset, length }) => `${offset}+${length}`)].join(' ');
}

function knownDigests(digests: ReadonlyMap<string, readonly string[]>, otherwise: RangeHasher): RangeHasher {
  return async (ranges, algorithm) => digests.get(jobKey({ algorithm, ranges }))?.[0] ?? otherwise(ranges, algorithm);
}

async function* parts(source: ByteSource, signal?: AbortSignal): AsyncGenerator<Uint8Array> {
  const length = 1 << 20;
  for (let offset = 0; offset < source.size; offset += length) yield source.read(offset, Math.min(length, source.size - offset), signal);
}

function detachedCheck(finding: SignatureFinding): Check {
  const status = finding.status === 'valid' ? 'pass' : finding.status === 'invalid' ? 'fail' : 'skip';
  return { name: 'signature', status, ...(finding.error === undefined ? {} : { actual: finding.error }), message: finding.message };
}

function cannotBeSigned(): WeighedCheck {
  const message = t('Signatures are required, and only SIF images carry any: "image not signed by required entities".');
  return { check: { name: 'fingerprints', status: 'fail', message }, weight: 'none' };
}

/**
 * The libraries for XML signatures leave too much to the caller (which part is signed, by which key, after which transformations) to
 * make a verdict of it. It never blocks (RFC 5854, section 7.1).
 */
function xmlSignature(): WeighedCheck {
  const message = t('The metalink carries an XML signature, which is not verified here; hashes in it count as declared.');
  return { check: { name: 'xml signature', status: 'skip', message }, weight: 'none' };
}

async function changedMeanwhile(file: LocalFile): Promise<WeighedCheck[]> {
  if (sameFile(file.identity, await fileIdentity(file.path))) return [];
  return [
    { check: { name: 'file', status: 'fail', message: t('The file changed while it was verified. Verify it again.') }, weight: 'none' },
  ];
}

/** A checksum from the same place as the bytes shows that nothing was damaged, not who made them. */
function integrityRemark(expectations: readonly Expectation[], signed: boolean): readonly string[] {
  if (signed || expectations.length === 0) return [];
  const channels = [...new Set(expectations.flatMap(({ channel }) => channel ?? []))];
  if (channels.includes('http')) return [t('origin: what is declared came over http, which anybody on the way can change')];
  return [t('origin: what is declared shows that the bytes are whole, not who made them')];
}

function signalOf({ signal }: VerifyOptions): { readonly signal?: AbortSignal } {
  return signal ? { signal } : {};
}
