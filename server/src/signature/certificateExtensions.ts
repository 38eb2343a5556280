/** What Node does not tell of a certificate, out of its DER (RFC 5280, 4.1 and 4.2). */
export interface CertificateExtensions {
  /** How many authorities may stand between this one and the leaf; absent: any number. */
  readonly pathLength?: number;
  /** Object identifiers of critical extensions that a verifier has to refuse because it does not know them. */
  readonly unknownCritical: readonly string[];
  /** It limits the names of what is issued below it. */
  readonly limitsNames: boolean;
  readonly hasAlternativeNames: boolean;
  /** It is signed with MD2, MD5 or SHA-1, or with DSA: refused, as Go does. */
  readonly isWeaklySigned: boolean;
}

/** Critical extensions that Go's crypto/x509 deals with: key usage, alternative name, basic constraints, name constraints, uses, policies. */
const known = new Set(['2.5.29.14', '2.5.29.15', '2.5.29.17', '2.5.29.19', '2.5.29.30', '2.5.29.31', '2.5.29.32', '2.5.29.33', '2.5.29.35', '2.5.29.36', '2.5.29.37', '2.5.29.54', '1.3.6.1.5.5.7.1.1']); // prettier-ignore
/** RSA with MD2, MD5 and SHA-1, ECDSA with SHA-1, DSA with SHA-1 and SHA-256. */
const weak = new Set(['1.2.840.113549.1.1.2', '1.2.840.113549.1.1.4', '1.2.840.113549.1.1.5', '1.2.840.10045.4.1', '1.2.840.10040.4.3', '2.16.840.1.101.3.4.3.2']); // prettier-ignore

const tags = { boolean: 1, integer: 2, octets: 4, identifier: 6, sequence: 0x30, extensions: 0xa3 };

/** Reads a certificate in DER. Undefined where it is not of the form that the RFC gives. Never throws. */
export function readCertificateExtensions(der: Uint8Array): CertificateExtensions | undefined {
  const [certificate] = elementsOf({ tag: 0, bytes: der });
  const [toBeSigned, algorithm] = certificate ? elementsOf(certificate) : [];
  if (toBeSigned?.tag !== tags.sequence || algorithm?.tag !== tags.sequence) return undefined;
  const [signedWith] = elementsOf(algorithm);
  const wrapper = elementsOf(toBeSigned).find(({ tag }) => tag === tags.extensions);
  const list = wrapper && elementsOf(wrapper)[0];
  const extensions = list ? elementsOf(list).map(extensionOf) : [];
  const valueOf = (identifier: string) => extensions.find((one) => one.identifier === identifier)?.value;
  const pathLength = pathLengthOf(valueOf('2.5.29.19'));
  return {
    ...(pathLength !== undefined && { pathLength }),
    unknownCritical: extensions.filter((one) => one.critical && !known.has(one.identifier)).map((one) => one.identifier),
    limitsNames: valueOf('2.5.29.30') !== undefined,
    hasAlternativeNames: valueOf('2.5.29.17') !== undefined,
    isWeaklySigned: signedWith !== undefined && weak.has(identifierOf(signedWith)),
  };
}

interface Element {
  readonly tag: number;
  readonly bytes: Uint8Array;
}

/** The elements inside one; what does not fit any more is left out. */
function elementsOf({ bytes }: Element): readonly Element[] {
  const elements: Element[] = [];
  for (let at = 0; at + 2 <= bytes.length;) {
    const first = bytes[at + 1] ?? 0;
    const more = first < 0x80 ? 0 : first & 0x7f;
    let length = first;
    if (more > 0) {
      length = 0;
      for (const byte of bytes.subarray(at + 2, at + 2 + more)) length = length * 256 + byte;
    }
    const start = at + 2 + more;
    if (more > 4 || start + length > bytes.length) break;
    elements.push({ tag: bytes[at] ?? 0, bytes: bytes.subarray(start, start + length) });
    at = start + length;
  }
  return elements;
}

function extensionOf(element: Element): { readonly identifier: string; readonly critical: boolean; readonly value: Element | undefined } {
  const parts = elementsOf(element);
  const identifier = parts.find(({ tag }) => tag === tags.identifier);
  return {
    identifier: identifier ? identifierOf(identifier) : '',
    critical: parts.some(({ tag, bytes }) => tag === tags.boolean && bytes[0] !== 0),
    value: parts.find(({ tag }) => tag === tags.octets),
  };
}

/** `pathLenConstraint` of basic constraints (RFC 5280, 4.2.1.9). */
function pathLengthOf(value: Element | undefined): number | undefined {
  const [constraints] = value ? elementsOf(value) : [];
  const number = constraints && elementsOf(constraints).find(({ tag }) => tag === tags.integer);
  return number?.bytes.reduce((sum, byte) => sum * 256 + byte, 0);
}

/** An object identifier as numbers with dots (X.690, 8.19). */
function identifierOf({ bytes }: Element): string {
  const numbers: number[] = [];
  let number = 0;
  for (const byte of bytes) {
    number = number * 128 + (byte & 0x7f);
    if (byte >= 0x80) continue;
    if (numbers.length > 0) numbers.push(number);
    else numbers.push(...(number < 80 ? [Math.floor(number / 40), number % 40] : [2, number - 80]));
    number = 0;
  }
  return numbers.join('.');
}
