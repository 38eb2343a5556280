/** A content identifier with a sha2-256 multihash, the only kind that Apptainer takes and UnixFS tools make by default. */
export interface Cid {
  /** `dag-pb`: a node of a file or folder; `raw`: bytes of a file as they are. */
  readonly codec: 'dag-pb' | 'raw';
  /** The sha-256 of the block, in hexadecimal. */
  readonly hex: string;
}

/** One node of UnixFS (specs.ipfs.tech UNIXFS; ipld.io/specs/codecs/dag-pb): a file or part of one, or a folder. */
export type UnixFsNode =
  | { readonly kind: 'file'; readonly size: number; readonly data: Uint8Array; readonly parts: readonly FilePart[] }
  | { readonly kind: 'folder'; readonly entries: readonly FolderEntry[] }
  /** A sharded folder, a symbolic link: nothing that an image is in. */
  | { readonly kind: 'other' };

export interface FilePart {
  readonly cid: Cid;
  /** Bytes of the file in it. */
  readonly size: number;
}

export interface FolderEntry {
  readonly name: string;
  readonly cid: Cid;
}

/** Codes of multicodec. */
const codes = { version1: 0x01, dagPb: 0x70, raw: 0x55, sha256: 0x12 } as const;
const base32Letters = 'abcdefghijklmnopqrstuvwxyz234567';

/** A CID of version 1 in base32, as it stands in references and gateways' URLs. */
export function formatCid({ codec, hex }: Cid): string {
  const bytes = [codes.version1, codec === 'raw' ? codes.raw : codes.dagPb, codes.sha256, 32, ...Buffer.from(hex, 'hex')];
  let text = 'b';
  let buffer = 0;
  let bits = 0;
  for (const byte of bytes) {
    buffer = ((buffer << 8) | byte) & 0xffff;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += base32Letters.charAt((buffer >> bits) & 31);
    }
  }
  return bits > 0 ? text + base32Letters.charAt((buffer << (5 - bits)) & 31) : text;
}

/** Reads a dag-pb block as a node of UnixFS; undefined when it is malformed. */
export function readUnixFs(block: Uint8Array): UnixFsNode | undefined {
  const node = fieldsOf(block);
  const meaning = fieldsOf(bytesOf(node, 1)[0] ?? new Uint8Array());
  if (node === undefined || meaning === undefined) return undefined;
  const links = bytesOf(node, 2).map(readLink);
  if (links.some((link) => link === undefined)) return undefined;
  const entries = links.filter((link) => link !== undefined);

  const type = numbersOf(meaning, 1)[0];
  if (type === types.folder) return { kind: 'folder', entries };
  if (type !== types.file && type !== types.raw) return { kind: 'other' };
  const data = bytesOf(meaning, 2)[0] ?? new Uint8Array();
  const sizes = numbersOf(meaning, 4);
  const size = data.length + sizes.reduce((sum, part) => sum + part, 0);
  // A node that contradicts itself would let bytes in that nothing vouches for.
  if (sizes.length !== entries.length || (numbersOf(meaning, 3)[0] ?? size) !== size || !Number.isSafeInteger(size)) return undefined;
  return { kind: 'file', size, data, parts: entries.map(({ cid }, index) => ({ cid, size: sizes[index] ?? 0 })) };
}

/** UnixFS `DataType`. */
const types = { raw: 0, folder: 1, file: 2 } as const;

function readLink(bytes: Uint8Array): FolderEntry | undefined {
  const fields = fieldsOf(bytes);
  const cid = readCid(bytesOf(fields, 1)[0] ?? new Uint8Array());
  if (cid === undefined) return undefined;
  return { name: new TextDecoder().decode(bytesOf(fields, 2)[0] ?? new Uint8Array()), cid };
}

/** A CID in binary: version 1, or version 0, which is a bare multihash of dag-pb. */
function readCid(bytes: Uint8Array): Cid | undefined {
  const isVersion1 = bytes[0] === codes.version1;
  const codec = isVersion1 ? bytes[1] : codes.dagPb;
  const hash = isVersion1 ? bytes.subarray(2) : bytes;
  if (hash.length !== 34 || hash[0] !== codes.sha256 || hash[1] !== 32 || (codec !== codes.dagPb && codec !== codes.raw)) return undefined;
  return { codec: codec === codes.raw ? 'raw' : 'dag-pb', hex: Buffer.from(hash.subarray(2)).toString('hex') };
}

/** A field of a protocol-buffers message: its number, and a number or bytes. */
interface Field {
  readonly number: number;
  readonly value: number | Uint8Array;
}

/** The fields of a message (protobuf.dev/programming-guides/encoding); undefined when it is malformed. */
function fieldsOf(bytes: Uint8Array): readonly Field[] | undefined {
  const fields: Field[] = [];
  let at = 0;
  const number = (): number | undefined => {
    let value = 0;
    for (let shift = 0; shift < 56 && at < bytes.length; shift += 7) {
      const byte = bytes[at++] ?? 0;
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
    return undefined;
  };
  while (at < bytes.length) {
    const key = number();
    const value = number();
    if (key === undefined || value === undefined) return undefined;
    if ((key & 7) === 0) fields.push({ number: key >>> 3, value });
    else if ((key & 7) === 2 && at + value <= bytes.length) {
      fields.push({ number: key >>> 3, value: bytes.subarray(at, at + value) });
      at += value;
    } else return undefined;
  }
  return fields;
}

function bytesOf(fields: readonly Field[] | undefined, number: number): Uint8Array[] {
  return (fields ?? []).flatMap((field) => (field.number === number && typeof field.value !== 'number' ? [field.value] : []));
}

function numbersOf(fields: readonly Field[], number: number): number[] {
  return fields.flatMap((field) => (field.number === number && typeof field.value === 'number' ? [field.value] : []));
}
