import type { SignatureFinding } from '../image/verdict';
import { dataType, primarySystem } from '../sif/descriptor';
import type { SifDescriptor } from '../sif/descriptor';
import { t } from '../text/l10n';
import type { SignatureTarget } from './sifSignature';

/** What the objects are, in words, each once; the header too, which legacy signatures leave out. */
export function coveredParts(objects: readonly SifDescriptor[], legacy: boolean): readonly string[] {
  const parts = objects.map(partName);
  return [...new Set(legacy ? parts : [...parts, t('header')])];
}

/** What a signature was made for, in words: a group of objects, or one object. */
export function targetName({ kind, id, objects }: SignatureTarget): string {
  const parts = coveredParts(objects, true).join(', ');
  return kind === 'group' ? t('group {0} ({1})', id, parts) : t('object {0} ({1})', id, parts);
}

/** What an object is, in words. */
export function partName({ dataType: type, detail, typeName }: SifDescriptor): string {
  switch (type) {
    case dataType.deffile:
      return t('recipe');
    case dataType.genericJson:
      return t('metadata');
    case dataType.partition:
      return detail.kind === 'partition' && detail.partitionType === primarySystem ? t('root file system') : t('partition');
    case dataType.labels:
      return t('labels');
    case dataType.environment:
      return t('environment');
    case dataType.generic:
      return t('other data');
    case dataType.sbom:
      return t('bill of materials');
    case dataType.cryptoMessage:
      return t('encryption key');
    case dataType.ociRootIndex:
    case dataType.ociBlob:
      return t('OCI image');
    default:
      return typeName;
  }
}

/** One line for people: valid or not, by whom, how far the key is trusted. */
export function describeFinding(finding: SignatureFinding): string {
  const who = finding.signer ?? finding.fingerprint ?? t('an unknown key');
  switch (finding.status) {
    case 'unknown-key':
      return t('The key {0} is not known here, so the signature could not be checked.', who);
    case 'invalid':
      return [t('The signature by {0} does not hold: "{1}".', who, finding.error ?? ''), ...meaning(finding.error ?? '')].join(' ');
    case 'valid':
      return [`${t('Valid signature by {0}', who)}, ${trustText(finding)}.`, ...notAsked(finding)].join(' ');
  }
}

/** What the library's words mean for who reads them; nothing where they say it themselves. */
function meaning(words: string): readonly string[] {
  const found = meanings().find(([pattern]) => pattern.test(words));
  return found ? [found[1]] : [];
}

function meanings(): readonly (readonly [RegExp, string])[] {
  return [
    [/made by revoked key/, t('Its owner has revoked the key: nothing that it signed counts any more.')],
    [/key expired/, t('The key is past its time. Its owner may have extended it: get a newer copy of the key.')],
    [/signature expired/, t('It was made for a limited time, or its time has not come. Ask for an image that is signed anew.')],
    [/hash algorithm or salt mismatch/, t('It uses a hash that the engines do not accept, such as SHA-1.')],
    [/fingerprint in descriptor/, t('Another key has signed than the image names.')],
    [/data object integrity compromised/, t('The bytes were changed after they were signed.')],
    [/(?:header|descriptor) integrity compromised/, t('The description of the image was changed after it was signed.')],
    [/object not signed/, t('Something was added after the image was signed.')],
    [/signed object not found/, t('Something that was signed is missing.')],
    [/hash tag|verification failure/, t('The signed text or the signature itself was changed.')],
  ];
}

/** A bare key has no subject: what has one came in a certificate. */
function notAsked({ kind, signer }: SignatureFinding): readonly string[] {
  return kind === 'dsse' && signer !== undefined ? [t('Whether its certificate was revoked was not asked.')] : [];
}

function trustText({ trust, keySource }: SignatureFinding): string {
  const from = keySource ?? '';
  switch (trust) {
    case 'trusted':
      return t('a key that you trust ({0})', from);
    case 'keyring':
      return t('a key of the key ring {0}, which you did not pin', from);
    case 'fetched':
      return t('a key fetched from {0} and not trusted by you', from);
    case 'unknown':
      return t('a key that is not trusted');
  }
}
