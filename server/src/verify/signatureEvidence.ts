import type { Check, SignatureFinding } from '../image/verdict';
import { coveredParts, partName } from '../signature/describeSignature';
import { dataType } from '../sif/descriptor';
import type { SifImage } from '../sif/sifImage';
import { t } from '../text/l10n';
import { normalFingerprint } from '../signature/keys';
import type { SifSignature, SifVerification, SignatureMode } from '../signature/verifySif';
import type { WeighedCheck } from './compare';

/** What the signatures in an image say together. */
export interface SignatureEvidence {
  readonly checks: readonly WeighedCheck[];
  readonly findings: readonly SignatureFinding[];
  /** The reference library verifies the image, and everything is signed by keys that the user trusts. */
  readonly signed: boolean;
  /** What no signature covers, in words. */
  readonly notCovered: readonly string[];
}

export interface EvidenceOptions {
  readonly mode: SignatureMode;
  /** Fingerprints that must all have signed the whole image. */
  readonly required: readonly string[];
  /** There are signatures of the old form that were not asked for. */
  readonly legacyPresent: boolean;
}

/** Turns the outcome of the verification into checks. */
export function signatureEvidence(
  image: SifImage,
  verification: SifVerification,
  { mode, required, legacyPresent }: EvidenceOptions,
): SignatureEvidence {
  const { error, signatures, unsigned } = verification;
  const checks = signatures.flatMap(signatureChecks);
  const notCovered = legacyPresent && signatures.length === 0 ? [] : uncovered(image, verification);
  if (signatures.length === 0) checks.push(noSignature(legacyPresent));
  else if (error !== undefined && signatures.every((one) => one.error === undefined)) {
    // Every signature holds and the library refuses all the same: something in the image is outside all of them.
    const isPartial = unsigned.length > 0;
    const message = isPartial ? t('Only a part of the image is signed: "{0}".', error) : t('The engines refuse the image: "{0}".', error);
    checks.push({ check: { name: 'coverage', status: isPartial ? 'skip' : 'fail', actual: error, message }, weight: 'none' });
  }
  if (mode !== 'default' && signatures.some((one) => one.error === undefined))
    notCovered.push(t('header and descriptors: legacy signatures cover only the contents of objects'));
  if (required.length > 0) checks.push(fingerprintCheck(verification, required));
  return {
    checks: isWhollySigned(verification) ? checks : checks.map(withoutWeight),
    findings: signatures.map(({ finding }) => finding),
    signed: error === undefined && everyTargetTrusted(signatures),
    notCovered,
  };
}

/** Everything has a signature that holds; others beside it may be by unknown keys. */
function isWhollySigned({ error, signatures, unsigned }: SifVerification): boolean {
  if (error === undefined) return true;
  const valid = new Set(signatures.filter((one) => one.error === undefined).map(({ target }) => targetKey(target)));
  const refused = signatures.every((one) => one.error === undefined); // for something outside all signatures
  return unsigned.length === 0 && !refused && signatures.every(({ target }) => valid.has(targetKey(target)));
}

/** Groups without a signature with what is in them, and objects that a signature of single objects leaves out. */
function uncovered({ descriptors }: SifImage, { signatures, unsigned }: SifVerification): string[] {
  const groups = unsigned
    .filter(({ kind }) => kind === 'group')
    .map(({ id, objects }) => t('group {0} ({1}): not signed', id, coveredParts(objects, true).join(', ')));
  const told = new Set(
    [...unsigned, ...signatures.map(({ target }) => target)].flatMap(({ kind, objects }) => (kind === 'group' ? objects : [])),
  );
  const verified = new Set(signatures.flatMap((one) => (one.error === undefined ? one.verified : [])));
  const objects = descriptors
    .filter((one) => one.dataType !== dataType.signature && !told.has(one) && !verified.has(one.id))
    .map((one) =>
      one.groupId === 0
        ? t('object {0} ({1}): in no group, so no signature can cover it', one.id, partName(one))
        : t('object {0} ({1}): not signed', one.id, partName(one)),
    );
  return objects.length > mostTold
    ? [...groups, ...objects.slice(0, mostTold), t('{0} more objects: not signed', objects.length - mostTold)]
    : [...groups, ...objects];
}

/** Objects that are told one by one. */
const mostTold = 12;

function withoutWeight({ check }: WeighedCheck): WeighedCheck {
  return { check, weight: 'none' };
}

/** Of each group at least one signature is by a trusted key. */
function everyTargetTrusted(signatures: readonly SifSignature[]): boolean {
  const trusted = new Set(signatures.filter(({ finding }) => finding.trust === 'trusted').map(({ target }) => targetKey(target)));
  return signatures.length > 0 && signatures.every(({ target }) => trusted.has(targetKey(target)));
}

function targetKey({ kind, id }: SifSignature['target']): string {
  return `${kind} ${id}`;
}

function signatureChecks({ finding, error, contents }: SifSignature): WeighedCheck[] {
  const by = finding.fingerprint === undefined ? {} : { source: t('signature by {0}', finding.fingerprint) };
  const check: Check = {
    name: 'signature',
    status: error === undefined ? 'pass' : finding.status === 'unknown-key' ? 'skip' : 'fail',
    ...by,
    ...(error === undefined ? {} : { actual: error }),
    message: finding.message,
  };
  const checks: WeighedCheck[] = [{ check, weight: error === undefined ? 'strong' : 'none' }];
  if (contents) {
    const message =
      contents.error === undefined
        ? t('The bytes are those that the signature lists, but who signed is not known.')
        : t('The bytes are not those that the signature lists: "{0}".', contents.error);
    checks.push({ check: { name: 'contents', status: contents.error === undefined ? 'pass' : 'fail', ...by, message }, weight: 'none' });
  }
  return checks;
}

function noSignature(legacyPresent: boolean): WeighedCheck {
  const message = legacyPresent
    ? t('The image has only signatures of Singularity 3.0–3.5, which cover the contents alone; the engines ask for --legacy-insecure.')
    : t('The image is not signed.');
  return { check: { name: 'signature', status: 'skip', message }, weight: 'none' };
}

/** The policy of the recipe's `Fingerprints:` header: each of them signed every group (apptainer VerifyFingerprints). */
function fingerprintCheck({ signatures, unsigned }: SifVerification, required: readonly string[]): WeighedCheck {
  const targets = new Set(signatures.map(({ target }) => targetKey(target)));
  const missing = required.filter((wanted) => {
    const mine = signatures.filter(({ error, finding }) => error === undefined && finding.fingerprint === normalFingerprint(wanted));
    return unsigned.length > 0 || targets.size === 0 || new Set(mine.map(({ target }) => targetKey(target))).size < targets.size;
  });
  const pass = missing.length === 0;
  const message = pass
    ? t('Signed by every key that is required')
    : t('"image not signed by required entities": no valid signature over the whole image by {0}', missing.join(', '));
  const check: Check = {
    name: 'fingerprints',
    status: pass ? 'pass' : 'fail',
    expected: required.map(normalFingerprint).join(', '),
    message,
  };
  return { check, weight: 'none' };
}
