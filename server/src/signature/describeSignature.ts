import type { SignatureFinding } from '../image/verdict';
import { dataType, primarySystem } from '../sif/descriptor';
import type { SifDescriptor } from '../sif/descriptor';
import { t } from '../text/l10n';

/** What the objects are, in words, each once; the header too, which legacy signatures leave out. */
export function coveredParts(objects: readonly SifDescriptor[], legacy: boolean): readonly string[] {
  const parts = objects.map(partName);
  return [...new Set(legacy ? parts : [...parts, t('header')])];
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
      return t('The signature by {0} does not hold: "{1}".', who, finding.error ?? '');
    case 'valid':
      return `${t('Valid signature by {0}', who)}, ${trustText(finding)}.`;
  }
}

function trustText({ trust, keySource }: SignatureFinding): string {
  const from = keySource ?? '';
  switch (trust) {
    case 'trusted':
      return t('a key that you trust ({0})', from);
    case 'keyring':
      return t('a key of the key ring {0}, which you did not pin', from);
    case 'fetched':
      return t('a key fetched from {0}, not trusted by you', from);
    case 'unknown':
      return t('a key that is not trusted');
  }
}
