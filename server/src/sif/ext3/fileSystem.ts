import type { RootFileSystem } from '../rootFileSystem';
import type { FileSystemRange } from '../squashfs/metadata';
import { walkPath } from '../walkPath';
import { damagedExt3, ext3SuperblockEnd, groupDescriptorPlace, readExt3Superblock } from './superblock';
import type { Ext3Superblock } from './superblock';

/** Bytes of a folder that are looked at. */
const maximumFolder = 4 << 20;
/** Bytes that one reader fetches in its life: a damaged table cannot keep it busy. */
const maximumRead = 256 << 20;
/** Folders whose names are kept. */
const keptFolders = 64;
const rootInode = 2;

interface Inode {
  readonly kind: 'folder' | 'file' | 'link' | 'other';
  readonly number: number;
  readonly size: number;
  /** The 60 bytes of block numbers, or of a short link's target. */
  readonly blocks: DataView;
  /** A link whose target stands in `blocks`. */
  readonly isShortLink: boolean;
}

interface Volume {
  readonly superblock: Ext3Superblock;
  /** Bytes of the file system from `offset` on; throws when they lie outside or too much was read. */
  readonly read: (offset: number, length: number) => Promise<DataView>;
  readonly folders: Map<number, ReadonlyMap<string, number>>;
}

/**
 * Opens an ext2 or ext3 file system for reading single files by their paths: the root of containers of Singularity 2.0–2.3. Nothing of
 * the journal is replayed. Throws `ImageFormatError`.
 */
export async function openExt3(range: FileSystemRange, signal?: AbortSignal): Promise<RootFileSystem> {
  const superblock = readExt3Superblock(await range.source.read(range.start, Math.min(ext3SuperblockEnd, range.length), signal));
  let left = maximumRead;
  const volume: Volume = {
    superblock,
    folders: new Map(),
    async read(offset, length) {
      left -= length;
      if (offset < 0 || offset + length > range.length || left < 0) throw damagedExt3();
      const bytes = await range.source.read(range.start + offset, length, signal);
      if (bytes.length < length) throw damagedExt3();
      return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    },
  };
  const find = (path: string): Promise<Inode | undefined> =>
    walkPath<Inode>(
      {
        root: () => readInode(volume, rootInode),
        async child(folder, name) {
          const number = folder.kind === 'folder' ? (await entries(volume, folder)).get(name) : undefined;
          return number === undefined ? undefined : readInode(volume, number);
        },
        target: (inode) => (inode.kind === 'link' ? linkTarget(volume, inode) : Promise.resolve(undefined)),
      },
      path,
    );
  return {
    async readFile(path, limit) {
      const inode = await find(path);
      return inode?.kind === 'file' && inode.size <= limit ? readData(volume, inode) : undefined;
    },
    async list(path) {
      const inode = await find(path);
      return inode?.kind === 'folder' ? [...(await entries(volume, inode)).keys()] : [];
    },
  };
}

const kinds: Readonly<Record<number, Inode['kind']>> = { 0x4000: 'folder', 0x8000: 'file', 0xa000: 'link' };

async function readInode({ superblock, read }: Volume, number: number): Promise<Inode> {
  const { inodeCount, inodesPerGroup, inodeSize, blockSize } = superblock;
  if (number < 1 || number > inodeCount) throw damagedExt3();
  const { block, offset } = groupDescriptorPlace(superblock, Math.floor((number - 1) / inodesPerGroup));
  const table = (await read(block * blockSize + offset + 8, 4)).getUint32(0, true);
  const view = await read(table * blockSize + ((number - 1) % inodesPerGroup) * inodeSize, 128);
  const kind = kinds[view.getUint16(0, true) & 0xf000] ?? 'other';
  const high = kind === 'file' ? view.getUint32(108, true) : 0;
  // A block of extended attributes counts among the 512-byte sectors and holds nothing of the link.
  const attributes = view.getUint32(104, true) === 0 ? 0 : blockSize / 512;
  const size = high * 2 ** 32 + view.getUint32(4, true);
  return {
    kind,
    number,
    size,
    blocks: new DataView(view.buffer, view.byteOffset + 40, 60),
    isShortLink: kind === 'link' && size < 60 && view.getUint32(28, true) - attributes === 0,
  };
}

async function linkTarget(volume: Volume, inode: Inode): Promise<string> {
  if (inode.size > 4096) throw damagedExt3();
  const { blocks, isShortLink, size } = inode;
  const bytes = isShortLink ? new Uint8Array(blocks.buffer, blocks.byteOffset, size) : await readData(volume, inode);
  return Buffer.from(bytes).toString('utf8');
}

/** Names of a folder with the numbers of their inodes. The blocks of a hashed index look like free entries. */
async function entries(volume: Volume, folder: Inode): Promise<ReadonlyMap<string, number>> {
  const kept = volume.folders.get(folder.number);
  if (kept) return kept;
  if (folder.size > maximumFolder) throw damagedExt3();
  const { blockSize, hasFileTypes } = volume.superblock;
  const bytes = await readData(volume, folder);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const found = new Map<string, number>();
  for (let at = 0; at + 8 <= bytes.length;) {
    const inode = view.getUint32(at, true);
    const length = view.getUint16(at + 4, true);
    const nameLength = hasFileTypes ? view.getUint8(at + 6) : view.getUint16(at + 6, true);
    const isInBlock = (at % blockSize) + (length === 0 ? 8 : length) <= blockSize;
    // The one length that 16 bits cannot hold: a block of 64 KiB.
    const step = blockSize === 65_536 && (length === 0 || length === 65_535) ? blockSize : length;
    if (step < 8 || (step !== blockSize && !isInBlock) || 8 + nameLength > step || at + 8 + nameLength > bytes.length) throw damagedExt3();
    const name = Buffer.from(bytes.subarray(at + 8, at + 8 + nameLength)).toString('utf8');
    if (inode !== 0 && name !== '.' && name !== '..') found.set(name, inode);
    at += step;
  }
  if (volume.folders.size >= keptFolders) volume.folders.delete(volume.folders.keys().next().value ?? 0);
  volume.folders.set(folder.number, found);
  return found;
}

/** All bytes of a file, neighbouring blocks in one read. Holes are zeros. */
async function readData(volume: Volume, inode: Inode): Promise<Uint8Array> {
  const { blockSize, blockCount } = volume.superblock;
  const output = new Uint8Array(inode.size);
  const numbers = await blockNumbers(volume, inode, Math.ceil(inode.size / blockSize));
  for (let first = 0; first < numbers.length;) {
    const block = numbers[first] ?? 0;
    let count = 1;
    while (block !== 0 && numbers[first + count] === block + count) count++;
    if (block + count > blockCount) throw damagedExt3();
    if (block !== 0) {
      const at = first * blockSize;
      const part = await volume.read(block * blockSize, Math.min(count * blockSize, inode.size - at));
      output.set(new Uint8Array(part.buffer, part.byteOffset, part.byteLength), at);
    }
    first += count;
  }
  return output;
}

/** The first `count` block numbers of a file: twelve in the inode, then by tables of one, two and three levels. */
async function blockNumbers(volume: Volume, { blocks }: Inode, count: number): Promise<number[]> {
  const numbers: number[] = [];
  for (let index = 0; index < 15 && numbers.length < count; index++)
    await collect(volume, blocks.getUint32(index * 4, true), Math.max(0, index - 11), count, numbers);
  return numbers;
}

async function collect(volume: Volume, block: number, level: number, count: number, numbers: number[]): Promise<void> {
  if (level === 0) {
    numbers.push(block);
    return;
  }
  const { blockSize } = volume.superblock;
  const perTable = blockSize / 4;
  if (block === 0) {
    const covered = Math.min(perTable ** level, count - numbers.length);
    for (let i = 0; i < covered; i++) numbers.push(0);
    return;
  }
  const table = await volume.read(block * blockSize, blockSize);
  for (let i = 0; i < perTable && numbers.length < count; i++)
    await collect(volume, table.getUint32(i * 4, true), level - 1, count, numbers);
}
