import { createHash } from 'node:crypto';
import { askHub, hostOf, networkError, wrongAnswer } from './askHub';
import type { ExpectedDigest, FilePieces, Hub, HubOptions, HubWorld, OpenedImage } from './hub';
import { HubError } from './hub';
import type { Cid, FilePart, UnixFsNode } from './ipfsBlocks';
import { formatCid, readUnixFs } from './ipfsBlocks';
import { formatReference } from '../image/reference';
import type { ImageReference, IpfsReference } from '../image/reference';
import { suggestedFileName } from '../image/referenceNames';
import type { ImageSummary } from '../image/summary';
import { percentDecoded } from '../platform/userinfo';
import { t } from '../text/l10n';

export interface IpfsOptions {
  /** The gateway that the engine would ask, without a slash at its end (ipfsGateway.ts). */
  gateway?(): Promise<string | undefined>;
}

/** Bytes of a block: none that peers exchange is larger. */
const longestBlock = 2 * 1024 * 1024;
/** Nodes of one file: with the usual 174 links each enough for more than 100 GB. */
const mostNodes = 4096;
const deepestFile = 8;
const deepestFolder = 32;
/** Nodes that are asked for at the same time. */
const together = 4;

/** What the blocks below a CID say about a file; every block has the hash that its CID names. */
interface IpfsFile {
  readonly gateway: string;
  readonly cid: Cid;
  readonly size: number;
  /** Who vouches for the bytes: the CID that the user wrote. */
  readonly expected: readonly ExpectedDigest[];
  readonly pieces?: FilePieces;
  /** The folder of the reference holds nothing else: the engine then keeps the file under the folder's CID. */
  readonly isAlone: boolean;
  readonly notes: readonly string[];
}

/**
 * `ipfs://` through the gateway that the engine asks. The gateway is trusted with nothing: it is asked for the blocks that describe the
 * file (`?format=raw`, specs.ipfs.tech "Trustless Gateway"), each is compared with its CID, and what they say about the file's chunks
 * are the pieces that a download must match.
 */
export function createIpfsHub(world: HubWorld, ipfsOptions: IpfsOptions = {}): Hub {
  const look = (reference: ImageReference, options: HubOptions) => lookUp(world, ipfsOptions, ipfsReference(reference), options);
  return {
    accepts: (reference) => reference.kind === 'ipfs',
    resolve: async (reference, options) => {
      const { size, expected } = await look(reference, options);
      return { size, fetchedAt: world.now(), ...(expected[0] && { digest: expected[0].digest }) };
    },
    manifest: async (reference, options) => summary(world, reference, await look(reference, options)),
    tags: () => Promise.reject(new HubError('unsupported', t('What a CID names never changes: it has no tags.'), undefined)),
    search: () => Promise.resolve({ hits: [], fetchedAt: world.now() }),
    open: async (reference, options) => opened(ipfsReference(reference), await look(reference, options)),
  };
}

function ipfsReference(reference: ImageReference): IpfsReference {
  if (reference.kind === 'ipfs') return reference;
  throw new HubError('unsupported', t('{0} is not in IPFS.', formatReference(reference)), undefined);
}

async function lookUp(world: HubWorld, ipfsOptions: IpfsOptions, reference: IpfsReference, options: HubOptions): Promise<IpfsFile> {
  const gateway = await ipfsOptions.gateway?.();
  if (gateway === undefined) {
    const message = t(
      'No IPFS gateway is configured: the engine stops with "no IPFS gateway found". Set `IPFS_GATEWAY`, or write its address into `~/.ipfs/gateway`.',
    );
    throw new HubError('unsupported', message, undefined);
  }
  if (reference.digest === undefined) throw new HubError('malformed', t('`{0}` is not a CID.', reference.cid), undefined);
  const blocks = blockReader(world, gateway, options);

  let cid: Cid = { codec: 'dag-pb', hex: reference.digest.hex };
  let node = await blocks.node(cid);
  let siblings = 0;
  const names = pathNames(reference.path);
  for (const name of names) {
    if (node.kind !== 'folder') throw notFound(gateway, reference);
    const entry = node.entries.find((candidate) => candidate.name === name);
    if (entry === undefined) throw notFound(gateway, reference);
    siblings += node.entries.length - 1;
    ({ cid } = entry);
    // A chunk of its own (`raw`) is a whole small file.
    node = cid.codec === 'raw' ? await rawFile(blocks, cid) : await blocks.node(cid);
  }
  if (node.kind === 'folder') {
    const held = node.entries.map(({ name }) => `\`${name}\``).slice(0, 5);
    const message = t('{0} is a folder, not an image. It holds {1}.', formatReference(reference), held.join(', ') || t('nothing'));
    throw new HubError('not-found', message, hostOf(gateway));
  }
  if (node.kind === 'other')
    throw new HubError('unsupported', t('{0} is neither a file nor a plain folder.', formatReference(reference)), hostOf(gateway));
  return { gateway, cid, size: node.size, isAlone: names.length > 0 && siblings === 0, ...(await vouchedFor(blocks, cid, node)) };
}

function pathNames(path: string): string[] {
  const names = path
    .replace(/[?#].*$/s, '')
    .split('/')
    .filter((name) => name !== '');
  return names.slice(0, deepestFolder).map(percentDecoded);
}

function notFound(gateway: string, reference: IpfsReference): HubError {
  return new HubError('not-found', t('There is no {0} in the folder that the CID names.', `\`${reference.path}\``), hostOf(gateway));
}

type FileNode = Extract<UnixFsNode, { kind: 'file' }>;

async function rawFile(blocks: BlockReader, cid: Cid): Promise<FileNode> {
  const data = await blocks.bytes(cid);
  return { kind: 'file', size: data.length, data, parts: [] };
}

/** What the bytes of a file must be, as far as its blocks tell without being the whole file. */
async function vouchedFor(blocks: BlockReader, cid: Cid, root: FileNode): Promise<Pick<IpfsFile, 'expected' | 'pieces' | 'notes'>> {
  const source = t('blocks of the CID {0}', formatCid(cid));
  if (root.parts.length === 0) {
    const hex = createHash('sha256').update(root.data).digest('hex');
    return { expected: [{ digest: { algorithm: 'sha256', hex }, source, channel: 'user' }], notes: [] };
  }
  const chunks = await chunksOf(blocks, root);
  const length = chunks[0]?.size ?? 0;
  const isEven = chunks.every(({ size }, index) => size === length || (index === chunks.length - 1 && size < length));
  if (!isEven || chunks.some(({ cid: chunk }) => chunk.codec !== 'raw')) {
    const note = t(
      'The chunks of this file are wrapped or of different lengths: their hashes cannot be compared with the file. Added with `ipfs add --raw-leaves`, it can be verified.',
    );
    return { expected: [], notes: [note] };
  }
  const hashes = chunks.map(({ cid: chunk }) => chunk.hex);
  return { expected: [], pieces: { type: 'sha-256', length, hashes, source }, notes: [] };
}

/** The chunks of a file in their order, without fetching any that is nothing but data. */
async function chunksOf(blocks: BlockReader, root: FileNode): Promise<FilePart[]> {
  let level: FilePart[] = [...root.parts];
  for (let depth = 0; level.some(({ cid }) => cid.codec === 'dag-pb'); depth++) {
    const nodes = await mapSome(level, (part) => (part.cid.codec === 'raw' ? Promise.resolve(undefined) : blocks.fileNode(part)));
    // A wrapped chunk has no parts: it stays, and stands for what cannot be compared.
    if (depth === deepestFile || nodes.every((node) => node === undefined || node.parts.length === 0)) return level;
    level = level.flatMap((part, index) => {
      const node = nodes[index];
      return node === undefined || node.parts.length === 0 ? [part] : node.parts;
    });
  }
  return level;
}

async function mapSome<Item, Result>(items: readonly Item[], work: (item: Item) => Promise<Result>): Promise<Result[]> {
  const results: Result[] = [];
  for (let next = 0; next < items.length; next += together)
    results.push(...(await Promise.all(items.slice(next, next + together).map(work))));
  return results;
}

interface BlockReader {
  /** A block, compared with its CID. Rejects with `HubError`. */
  bytes(cid: Cid): Promise<Uint8Array>;
  node(cid: Cid): Promise<UnixFsNode>;
  /** A node that a part of a file is: it must be as long as its parent says. */
  fileNode(part: FilePart): Promise<FileNode>;
}

function blockReader(world: HubWorld, gateway: string, options: HubOptions): BlockReader {
  const host = hostOf(gateway);
  let nodes = 0;

  async function bytes(cid: Cid): Promise<Uint8Array> {
    if (++nodes > mostNodes) throw wrongAnswer(host, t('the file has more than {0} nodes', mostNodes));
    const name = formatCid(cid);
    const headers = { accept: 'application/vnd.ipld.raw' };
    const response = await askHub(world, { url: `${gateway}/ipfs/${name}?format=raw`, headers, subject: name, options });
    const block = await response.bytes(longestBlock).catch((error: unknown) => {
      throw networkError(error, host);
    });
    if (createHash('sha256').update(block).digest('hex') === cid.hex) return block;
    throw wrongAnswer(host, t('it sent something else for {0}: it has changed it, or sends no raw blocks', name));
  }

  async function node(cid: Cid): Promise<UnixFsNode> {
    const found = readUnixFs(await bytes(cid));
    if (found === undefined) throw wrongAnswer(host, t('the block {0} is no node of a file or folder', formatCid(cid)));
    return found;
  }

  return {
    bytes,
    node,
    fileNode: async (part) => {
      const found = await node(part.cid);
      const isWhole = found.kind === 'file' && found.size === part.size && (found.parts.length === 0 || found.data.length === 0);
      if (found.kind !== 'file' || !isWhole)
        throw wrongAnswer(host, t('the block {0} is no node of a file or folder', formatCid(part.cid)));
      return found;
    },
  };
}

function summary(world: HubWorld, reference: ImageReference, file: IpfsFile): ImageSummary {
  const [expected] = file.expected;
  const verified =
    file.pieces === undefined
      ? []
      : [
          t(
            'Each of the {0} chunks has a hash that the CID vouches for: a pull through any gateway is verified.',
            file.pieces.hashes.length,
          ),
        ];
  return {
    reference: formatReference(reference),
    kind: 'file',
    size: file.size,
    fetchedAt: world.now(),
    notes: [...verified, ...file.notes],
    ...(expected && { digest: expected.digest }),
  };
}

function opened(reference: IpfsReference, file: IpfsFile): OpenedImage {
  // As the engine writes it (A `internal/pkg/client/ipfs/pull.go` DownloadImage), so that a gateway sees the same request.
  const url = `${file.gateway}/ipfs/${reference.cid}${reference.path}`;
  const asWritten = reference.path === '' || file.isAlone ? reference.digest : undefined;
  const own = file.cid.codec === 'dag-pb' ? { algorithm: 'sha256', hex: file.cid.hex } : undefined;
  // All files of a folder share one entry of the engine's cache, so only an only one may have it.
  const digest = asWritten ?? own;
  return {
    reference: formatReference(reference),
    kind: 'file',
    files: [
      {
        name: suggestedFileName(reference),
        role: 'image',
        size: file.size,
        expected: file.expected,
        sources: [{ url, priority: 1 }],
        ...(file.pieces && { pieces: file.pieces }),
      },
    ],
    notes: file.notes,
    ...(digest && { identity: { kind: 'ipfs', digest } }),
  };
}
