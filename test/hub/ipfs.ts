// An IPFS gateway (specs.ipfs.tech "Path Gateway" and "Trustless Gateway"): files by their CID, and single blocks by `?format=raw`.
import { createHash } from 'node:crypto';
import type { Content } from './content';
import { contentOf } from './content';
import type { StoredImages } from './images';
import type { Protocol } from './reply';
import { notFound } from './reply';

/** Something that has a CID. */
export interface IpfsBlock {
  /** Version 1, base32. */
  readonly cid: string;
  /** The CID as it stands in a link. */
  readonly binary: Uint8Array;
  readonly bytes: Uint8Array;
  /** Bytes of the file below it. */
  readonly size: number;
}

/** Makes blocks as `ipfs add --cid-version=1` does, and keeps them. Written apart from the reader that it judges: dag-pb and UnixFS by hand. */
export function createIpfsBlocks() {
  const blocks = new Map<string, IpfsBlock>();

  function add(codec: number, bytes: Uint8Array, size: number): IpfsBlock {
    const binary = Uint8Array.from([1, codec, 0x12, 32, ...createHash('sha256').update(bytes).digest()]);
    const block = { cid: `b${base32(binary)}`, binary, bytes, size };
    blocks.set(block.cid, block);
    return block;
  }
  const raw = (bytes: Uint8Array): IpfsBlock => add(0x55, bytes, bytes.length);
  /** `sizes`: what the node claims about its parts. */
  function node(
    type: number,
    links: readonly (IpfsBlock & { readonly name?: string })[],
    { data, sizes = links.map(({ size }) => size) }: { readonly data?: Uint8Array; readonly sizes?: readonly number[] } = {},
  ): IpfsBlock {
    const size = (data?.length ?? 0) + sizes.reduce((sum, part) => sum + part, 0);
    const isFile = type === 2;
    const meaning = [
      ...field(1, type),
      ...(data ? field(2, data) : []),
      ...(isFile ? field(3, size) : []),
      ...(isFile ? sizes.flatMap((part) => field(4, part)) : []),
    ];
    const written = links.flatMap(({ binary, name = '', size: total }) =>
      field(2, Uint8Array.from([...field(1, binary), ...field(2, Buffer.from(name)), ...field(3, total)])),
    );
    return add(0x70, Uint8Array.from([...written, ...field(1, Uint8Array.from(meaning))]), size);
  }
  return {
    blocks,
    raw,
    node,
    file: (parts: readonly IpfsBlock[], data?: Uint8Array): IpfsBlock => node(2, parts, data && { data }),
    folder: (entries: Readonly<Record<string, IpfsBlock>>): IpfsBlock =>
      node(
        1,
        Object.entries(entries).map(([name, block]) => ({ ...block, name })),
      ),
  };
}

const chunkLength = 64 * 1024;

/** CID of one of the hub's images, as a file of its own. */
export function imageCid(images: StoredImages, name: string): string {
  return imageBlocks(images, name).root.cid;
}

function imageBlocks(images: StoredImages, name: string) {
  const made = createIpfsBlocks();
  const { content } = images.image(name);
  const chunks: IpfsBlock[] = [];
  for (let at = 0; at < content.size; at += chunkLength) chunks.push(made.raw(content.read(at, chunkLength)));
  return { root: made.file(chunks), blocks: made.blocks, content };
}

const served = ['tool-1.4.sif', 'tool-1.3.sif'];

export function ipfsGateway(images: StoredImages): Protocol {
  let files: ReturnType<typeof imageBlocks>[] | undefined;
  return (request) => {
    const cid = /^\/ipfs\/(b[a-z2-7]+)$/.exec(request.path)?.[1];
    if (cid === undefined) return undefined;
    files ??= served.map((name) => imageBlocks(images, name));
    const isRaw = request.query.get('format') === 'raw';
    const block = files.flatMap(({ blocks }) => blocks.get(cid) ?? [])[0];
    const content: Content | undefined = isRaw ? block && contentOf(block.bytes) : files.find(({ root }) => root.cid === cid)?.content;
    if (content === undefined) return notFound();
    const type = isRaw ? 'application/vnd.ipld.raw' : 'application/octet-stream';
    const headers = { 'content-type': type, etag: `"${cid}${isRaw ? '.raw' : ''}"`, 'x-ipfs-path': request.path };
    return { status: 200, headers, content, ranges: !isRaw };
  };
}

/** Protocol buffers: a number or bytes under a number. */
function field(number: number, value: number | Uint8Array): number[] {
  return typeof value === 'number' ? [number << 3, ...varint(value)] : [(number << 3) | 2, ...varint(value.length), ...value];
}

function varint(value: number): number[] {
  return value < 128 ? [value] : [(value % 128) + 128, ...varint(Math.floor(value / 128))];
}

/** RFC 4648 §6, lower case, without padding. */
function base32(bytes: Uint8Array): string {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  const groups = bits.match(/.{1,5}/g) ?? [];
  return groups.map((group) => 'abcdefghijklmnopqrstuvwxyz234567'.charAt(Number.parseInt(group.padEnd(5, '0'), 2))).join('');
}
