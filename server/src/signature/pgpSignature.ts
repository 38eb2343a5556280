// Signature packets as go-crypto openpgp/packet/{packet,signature}.go reads them: which damage is fatal, which is passed over.

/** Public-key algorithms of signatures that Go knows (RFC 9580, 9.1). */
const signatureAlgorithms = new Set([1, 3, 17, 19, 22, 27, 28]);
/** Hash algorithms by their OpenPGP number (RFC 9580, 9.5) that a version 4 signature may name. */
const hashNames: ReadonlyMap<number, string> = new Map([
  [2, 'sha1'],
  [8, 'sha256'],
  [9, 'sha384'],
  [10, 'sha512'],
  [11, 'sha224'],
  [12, 'sha3-256'],
  [14, 'sha3-512'],
]);

/** A version 4 signature packet, as far as verdicts depend on it. */
export interface PgpSignature {
  readonly type: number;
  readonly publicKeyAlgorithm: number;
  /** Node's name of the hash: `sha256`. */
  readonly hash: string;
  readonly hashNumber: number;
  /** 64-bit id of the issuer, lower-case hexadecimal; undefined when it names none. */
  readonly issuer: string | undefined;
  /** Unix seconds. */
  readonly created: number;
  /** Seconds that it is valid for; undefined or 0: for ever. */
  readonly lifetime: number | undefined;
  /** A notation that must be understood, and is not. */
  readonly criticalNotation: string | undefined;
  /** What is hashed behind the signed data, without its trailer: version up to the hashed subpackets. */
  readonly hashedPart: Uint8Array;
  /** The first two bytes of the digest, as the packet claims. */
  readonly tag: Uint8Array;
  /** The algorithm's numbers, as they stand. */
  readonly numbers: Uint8Array;
}

/** The words with which Go gives up on the packets. */
export class PgpPacketError extends Error {
  constructor(
    message: string,
    /** `unsupported`: Go passes over the packet and reads on. */
    readonly kind: 'fatal' | 'unsupported' = 'fatal',
  ) {
    super(message);
    this.name = 'PgpPacketError';
  }
}

const structural = (words: string): PgpPacketError => new PgpPacketError(`openpgp: invalid data: ${words}`);
const unsupported = (words: string): PgpPacketError => new PgpPacketError(`openpgp: unsupported feature: ${words}`, 'unsupported');

/** Bytes with a place in them; reading behind the end is Go's `unexpected EOF`. */
class Bytes {
  at = 0;
  constructor(
    readonly bytes: Uint8Array,
    private readonly endWords = 'unexpected EOF',
  ) {}
  get left(): number {
    return this.bytes.length - this.at;
  }
  take(count: number): Uint8Array {
    if (count > this.left) throw new PgpPacketError(this.endWords);
    this.at += count;
    return this.bytes.subarray(this.at - count, this.at);
  }
  takeAtMost(count: number): Uint8Array {
    return this.take(Math.min(count, this.left));
  }
  number(count: number): number {
    return this.take(count).reduce((value, byte) => value * 256 + byte, 0);
  }
}

/** Packets of one signature that are looked at: a signature by several keys has one for each. */
const maximumPackets = 256;

/**
 * The signature packets of a detached signature one after the other; unknown and unsupported packets are passed over. Throws
 * `PgpPacketError` where Go stops with an error. `damage`: the words for what is wrong with the armor behind the bytes.
 */
export function* signaturePackets(bytes: Uint8Array, damage: string | undefined): Generator<PgpSignature> {
  const stream = new Bytes(bytes, damage);
  for (let count = 0; stream.left > 0 || damage !== undefined; count++) {
    if (count >= maximumPackets) throw structural(`more than ${maximumPackets} packets`);
    const { tag, length, isPartial } = packetHeader(stream);
    const start = stream.at;
    const end = Math.min(start + length, stream.bytes.length);
    const content = isPartial ? readParts(stream, length) : stream.bytes.subarray(start, end);
    const behind = isPartial ? stream.at : end;
    const body = new Bytes(content, start + length > stream.bytes.length ? damage : undefined);
    try {
      if (tag === 10 || tag === 12 || tag >= 40) throw unsupported('packet');
      if (tag !== 2) throw structural('non signature packet found');
      const signature = signatureBody(body);
      stream.at = isPartial ? behind : start + body.at; // Go leaves what it did not need
      yield signature;
    } catch (error) {
      if (!(error instanceof PgpPacketError) || error.kind === 'fatal') throw error;
      stream.at = behind;
    }
  }
}

interface PacketHeader {
  readonly tag: number;
  /** Bytes of the body, or of its first part; infinite when it goes up to the end. */
  readonly length: number;
  readonly isPartial: boolean;
}

/** Header of a packet in both formats (RFC 9580, 4.2). */
function packetHeader(stream: Bytes): PacketHeader {
  const first = stream.number(1);
  if ((first & 0x80) === 0) throw structural('tag byte does not have MSB set');
  if ((first & 0x40) !== 0) return { tag: first & 0x3f, ...newLength(stream) };
  const lengthType = first & 3;
  const length = lengthType === 3 ? Infinity : stream.number(1 << lengthType);
  return { tag: (first & 0x3f) >> 2, length, isPartial: false };
}

function newLength(stream: Bytes): Pick<PacketHeader, 'length' | 'isPartial'> {
  const octet = stream.number(1);
  if (octet < 192) return { length: octet, isPartial: false };
  if (octet < 224) return { length: ((octet - 192) << 8) + stream.number(1) + 192, isPartial: false };
  return octet === 255 ? { length: stream.number(4), isPartial: false } : { length: 2 ** (octet & 0x1f), isPartial: true };
}

/** The body of a packet in parts, as far as the stream goes. */
function readParts(stream: Bytes, first: number): Uint8Array {
  const parts = [stream.takeAtMost(first)];
  for (let goesOn = true; goesOn && stream.left >= 5;) {
    const { length, isPartial } = newLength(stream);
    parts.push(stream.takeAtMost(length));
    goesOn = isPartial;
  }
  return Buffer.concat(parts);
}

function signatureBody(body: Bytes): PgpSignature {
  const version = body.number(1);
  if (version !== 4) throw unsupported(`signature packet version ${version}`);
  const fixed = body.take(5);
  const [type = 0, publicKeyAlgorithm = 0, hashNumber = 0] = fixed;
  if (!signatureAlgorithms.has(publicKeyAlgorithm)) throw unsupported(`public key algorithm ${publicKeyAlgorithm}`);
  const hash = hashNames.get(hashNumber);
  if (hash === undefined) throw unsupported(`hash function ${hashNumber}`);
  const fields: Fields = { created: undefined, lifetime: undefined, issuer: undefined, criticalNotation: undefined, embedded: false };
  readSubpackets(body.take(((fixed[3] ?? 0) << 8) | (fixed[4] ?? 0)), true, fields);
  const hashedPart = body.bytes.slice(0, body.at);
  readSubpackets(body.take(body.number(2)), false, fields);
  const tag = body.take(2).slice();
  const numbers = readNumbers(body, publicKeyAlgorithm);
  return { type, publicKeyAlgorithm, hash, hashNumber, hashedPart, tag, numbers, ...fields, created: fields.created ?? 0 };
}

function readNumbers(body: Bytes, algorithm: number): Uint8Array {
  const start = body.at;
  if (algorithm === 27) body.take(64);
  else if (algorithm === 28) body.take(114);
  else for (let count = algorithm === 1 || algorithm === 3 ? 1 : 2; count > 0; count--) body.take((body.number(2) + 7) >> 3);
  return body.bytes.slice(start, body.at);
}

interface Fields {
  created: number | undefined;
  lifetime: number | undefined;
  issuer: string | undefined;
  criticalNotation: string | undefined;
  embedded: boolean;
}

function readSubpackets(area: Uint8Array, hashed: boolean, fields: Fields): void {
  const bytes = new Bytes(area, 'openpgp: invalid data: signature subpacket truncated');
  while (bytes.left > 0) {
    const first = bytes.number(1);
    let length = first;
    if (first >= 192 && first < 255) length = ((first - 192) << 8) + bytes.number(1) + 192;
    else if (first === 255) length = bytes.number(4);
    const content = bytes.take(length);
    if (content.length === 0) throw structural('zero length signature subpacket');
    readSubpacket((content[0] ?? 0) & 0x7f, ((content[0] ?? 0) & 0x80) !== 0, content.subarray(1), hashed, fields);
  }
  if (fields.created === undefined) throw structural('no creation time in signature');
}

/** Lengths that Go insists on, by type. */
const exactLengths: ReadonlyMap<number, readonly [number, string]> = new Map([
  [2, [4, 'signature creation time not four bytes']],
  [3, [4, 'expiration subpacket with bad length']],
  [5, [2, 'trust subpacket with bad length']],
  [9, [4, 'key expiration subpacket with bad length']],
  [16, [8, 'issuer subpacket with bad length']],
  [25, [1, 'primary user id subpacket with bad length']],
]);
/** Types whose content is not looked at: preferences, flags, names, policies. */
const passedOver = new Set([11, 21, 22, 23, 24, 26, 27, 28, 30]);

function readSubpacket(type: number, critical: boolean, content: Uint8Array, hashed: boolean, fields: Fields): void {
  if (!hashed && type !== 16 && type !== 33 && type !== 32) return;
  const exact = exactLengths.get(type);
  if (exact && content.length !== exact[0]) throw structural(exact[1]);
  const view = new DataView(content.buffer, content.byteOffset, content.byteLength);
  switch (type) {
    case 2:
      fields.created = view.getUint32(0);
      return;
    case 3:
      fields.lifetime = view.getUint32(0);
      return;
    case 4:
      if ((content[0] ?? 0) === 0) throw unsupported('signature with non-exportable certification');
      return;
    case 6:
      if (content.length === 0) throw structural('regexp subpacket with bad length');
      if (content.at(-1) !== 0) throw structural('expected regular expression to be null-terminated');
      return;
    case 16:
      fields.issuer = Buffer.from(content).toString('hex');
      return;
    case 20: {
      if (content.length < 8) throw structural('notation data subpacket with bad length');
      const nameLength = view.getUint16(4);
      if (content.length !== 8 + nameLength + view.getUint16(6)) throw structural('notation data subpacket with bad length');
      if (critical) fields.criticalNotation ??= Buffer.from(content.subarray(8, 8 + nameLength)).toString('utf8');
      return;
    }
    case 29:
      if (content.length === 0) throw structural('empty revocation reason subpacket');
      return;
    case 32:
      readEmbedded(content, fields);
      return;
    case 33: {
      const [version] = content;
      if (version === undefined) throw structural('empty issuer fingerprint subpacket');
      if (content.length - 1 !== (version >= 5 ? 32 : 20)) throw structural('bad fingerprint length');
      fields.issuer = Buffer.from(version >= 5 ? content.subarray(1, 9) : content.subarray(13, 21)).toString('hex');
      return;
    }
    case 35:
      if (content.length - 1 !== ((content[0] ?? 0) >= 5 ? 32 : 20)) throw structural('invalid fingerprint length');
      return;
    case 39:
      if (content.length % 2 !== 0) throw structural('invalid aead cipher suite length');
      return;
    default:
      if (critical && !passedOver.has(type) && !exactLengths.has(type))
        throw unsupported(`unknown critical signature subpacket type ${type}`);
  }
}

function readEmbedded(content: Uint8Array, fields: Fields): void {
  if (fields.embedded) throw structural('Cannot have multiple embedded signatures');
  fields.embedded = true;
  const { type } = signatureBody(new Bytes(content));
  if (type !== 0x19) throw structural(`cross-signature has unexpected type ${type}`);
}
