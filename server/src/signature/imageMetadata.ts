import { isObject, member, parseJson } from './goJson';

/** Algorithms of digests in signed metadata (sif pkg/integrity/digest.go): the library's name → Node's, and bytes. */
const algorithms: Readonly<Record<string, readonly [string, number]>> = {
  sha224: ['sha224', 28],
  sha256: ['sha256', 32],
  sha384: ['sha384', 48],
  sha512: ['sha512', 64],
  sha512_224: ['sha512-224', 28],
  sha512_256: ['sha512-256', 32],
};

/** A digest that was signed. */
export interface SignedDigest {
  /** Node's name. */
  readonly algorithm: string;
  /** Lower-case hexadecimal. */
  readonly hex: string;
}

export interface SignedObject {
  /** From the smallest id of the group. */
  readonly relativeId: number;
  /** Undefined when the text leaves it out: `hash algorithm unavailable`. */
  readonly descriptorDigest: SignedDigest | undefined;
  readonly objectDigest: SignedDigest | undefined;
}

/** What a signature in the current form signs. */
export interface ImageMetadata {
  readonly headerDigest: SignedDigest | undefined;
  readonly objects: readonly SignedObject[];
}

/** Reads the JSON that was signed (sif pkg/integrity/metadata.go); an error in the library's words, or in ours where it quotes Go's. */
export function readImageMetadata(plaintext: Uint8Array): ImageMetadata | { readonly error: string } {
  const parsed = parseJson(plaintext);
  if (!parsed) return { error: 'the signed text is no JSON' };
  const root = parsed.value;
  if (root !== null && !isObject(root)) return { error: 'json: the signed text is no object' };
  const version = member(root, 'version');
  const header = member(root, 'header');
  const list = member(root, 'objects') ?? [];
  if ((version !== undefined && !isInteger(version)) || (header !== undefined && !isObject(header)) || !Array.isArray(list))
    return { error: 'json: a field of the signed text has the wrong type' };
  const headerDigest = readDigest(header, 'digest');
  if (typeof headerDigest === 'string') return { error: headerDigest };
  const objects: SignedObject[] = [];
  for (const item of list as readonly unknown[]) {
    const object = readSignedObject(item);
    if ('error' in object) return object;
    objects.push(object);
  }
  return { headerDigest, objects };
}

function readSignedObject(item: unknown): SignedObject | { readonly error: string } {
  const relativeId = member(item, 'relativeId') ?? 0;
  if ((item !== null && !isObject(item)) || !isInteger(relativeId) || relativeId < 0 || relativeId > 0xffffffff)
    return { error: 'json: an object of the signed text has the wrong type' };
  const descriptorDigest = readDigest(item, 'descriptorDigest');
  if (typeof descriptorDigest === 'string') return { error: descriptorDigest };
  const objectDigest = readDigest(item, 'objectDigest');
  return typeof objectDigest === 'string' ? { error: objectDigest } : { relativeId, descriptorDigest, objectDigest };
}

function isInteger(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value);
}

/** A digest, undefined when it is not there, or the library's error. */
function readDigest(holder: unknown, name: string): SignedDigest | undefined | string {
  if (!isObject(holder)) return undefined;
  const text = member(holder, name);
  if (text === undefined) return Object.keys(holder).some((key) => key.toLowerCase() === name.toLowerCase()) ? malformed : undefined;
  if (typeof text !== 'string') return malformed;
  const parts = text.split(':');
  const [algorithm = '', hex = ''] = parts;
  if (parts.length !== 2 || !/^(?:[0-9a-fA-F]{2})*$/.test(hex)) return malformed;
  const known = Object.hasOwn(algorithms, algorithm) ? algorithms[algorithm] : undefined;
  if (!known) return 'hash algorithm unsupported';
  return hex.length === known[1] * 2 ? { algorithm: known[0], hex: hex.toLowerCase() } : malformed;
}

const malformed = 'digest malformed';

/** Hash types of a signature's descriptor that a legacy digest may have: descriptor's name → Node's name and bytes. */
const legacyAlgorithms: Readonly<Record<string, readonly [string, number]>> = {
  'SHA-256': ['sha256', 32],
  'SHA-384': ['sha384', 48],
  'SHA-512': ['sha512', 64],
};

/** What legacy signatures begin with. */
const legacyPrefix = 'SIFHASH:\n';

export function isLegacyPlaintext(plaintext: Uint8Array): boolean {
  return Buffer.from(plaintext.subarray(0, legacyPrefix.length)).toString('latin1') === legacyPrefix;
}

/** The digest that a legacy signature signs (sif pkg/integrity/digest.go newLegacyDigest), or the library's error. */
export function readLegacyDigest(plaintext: Uint8Array, hashType: string): SignedDigest | { readonly error: string } {
  const text = Buffer.from(plaintext).toString('latin1');
  const hex = (text.startsWith(legacyPrefix) ? text.slice(legacyPrefix.length) : text).replace(/\n$/, '');
  if (!/^[0-9a-fA-F]*$/.test(hex)) return { error: 'encoding/hex: invalid byte' };
  if (hex.length % 2 !== 0) return { error: 'encoding/hex: odd length hex string' };
  const known = legacyAlgorithms[hashType];
  if (!known) return { error: 'hash algorithm unsupported' };
  return hex.length === known[1] * 2 ? { algorithm: known[0], hex: hex.toLowerCase() } : { error: malformed };
}
