import { t } from '../../text/l10n';
import { signatureNamespace } from '../vocabulary';
import type { ElementDefinition } from '../vocabulary';
import { attributeOf, contentRange, nameRange } from '../xml/tree';
import type { XmlElement } from '../xml/tree';
import type { CheckContext } from './context';

/** M4-141, M4-144 … M4-146: an XML signature and what it is made with (section 7.1). It is not verified. */
export function checkXmlSignature(context: CheckContext, signature: XmlElement, parent: ElementDefinition): void {
  if (parent.name !== 'metalink' && parent.name !== 'file') {
    const message = t('Only `metalink` and `file` may carry an XML signature. Nothing says what a signature in `{0}` covers.', parent.name);
    context.report('M4-141', nameRange(signature), message);
  }
  for (const element of descendants(signature)) {
    if (element.namespace !== signatureNamespace) continue;
    if (element.local === 'CanonicalizationMethod') checkCanonicalisation(context, element);
    else if (element.local === 'SignatureMethod') checkMethod(context, element);
    else if (element.local === 'Modulus') checkModulus(context, element);
  }
}

/** Where the document's XML signatures are. */
export function findXmlSignatures(root: XmlElement): XmlElement[] {
  const holders = [root, ...root.children];
  return holders.flatMap((holder) =>
    holder.children.filter((child) => child.namespace === signatureNamespace && child.local === 'Signature'),
  );
}

function checkCanonicalisation(context: CheckContext, element: XmlElement): void {
  const algorithm = attributeOf(element, 'Algorithm');
  if (algorithm === undefined || algorithm.value.startsWith('http://www.w3.org/2001/10/xml-exc-c14n#')) return;
  const message = t(
    'Verifiers need only know exclusive canonicalisation, `http://www.w3.org/2001/10/xml-exc-c14n#`. With `{0}` the signature may fail.',
    algorithm.value,
  );
  context.report('M4-144', algorithm.valueRange, message);
}

function checkMethod(context: CheckContext, element: XmlElement): void {
  const algorithm = attributeOf(element, 'Algorithm');
  if (algorithm === undefined) return;
  if (algorithm.value.includes('hmac')) {
    context.report(
      'M4-146',
      algorithm.valueRange,
      t('A signature with a shared secret proves nothing to the public: whoever can check it could have made it. Use RSA with SHA-256.'),
    );
  } else if (/#(?:rsa-sha1|dsa-sha\d+|rsa-md5)$/.test(algorithm.value)) {
    context.report(
      'M4-145',
      algorithm.valueRange,
      t('`{0}` is weak. RFC 5854 recommends RSA with at least 2048 bits and SHA-256.', algorithm.value),
    );
  }
}

/** The base64 of an RSA modulus: six bits a character. */
function checkModulus(context: CheckContext, element: XmlElement): void {
  const digits = context.valueOf(element)?.replace(/[\s=]/g, '').replace(/^A+/, '') ?? '';
  const bits = digits.length * 6;
  // Padding and leading zero bits leave a few bits of doubt; keys come in steps of hundreds.
  if (digits !== '' && bits < 2040) {
    context.report(
      'M4-145',
      contentRange(element),
      t('The RSA key has about {0} bits. RFC 5854 recommends at least 2048.', Math.round(bits / 8) * 8),
    );
  }
}

function* descendants(element: XmlElement): Generator<XmlElement> {
  for (const child of element.children) {
    yield child;
    yield* descendants(child);
  }
}
