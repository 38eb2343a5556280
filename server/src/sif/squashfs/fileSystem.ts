import type { RootFileSystem } from '../rootFileSystem';
import { walkPath } from '../walkPath';
import { decompress } from './decompress';
import { readInode } from './inode';
import type { Inode } from './inode';
import { createMetadataReader, damaged } from './metadata';
import type { FileSystemRange, MetadataReader } from './metadata';
import { readSuperblock, superblockLength } from './superblock';
import type { Superblock } from './superblock';

/** Entries of one folder that are looked at. */
const maximumEntries = 100_000;

/** Opens a SquashFS 4.0 file system for reading single files by their paths. Throws `ImageFormatError`. */
export async function openSquashfs(range: FileSystemRange, signal?: AbortSignal): Promise<RootFileSystem> {
  const superblock = readSuperblock(await range.source.read(range.start, superblockLength, signal), range.length);
  const metadata = createMetadataReader(range, superblock.compression);
  const system: System = { range, superblock, metadata, signal };
  return {
    async readFile(path, limit) {
      const inode = await find(system, path);
      return inode?.kind === 'file' && inode.size <= limit ? readData(system, inode) : undefined;
    },
    async list(path) {
      const inode = await find(system, path);
      return inode?.kind === 'folder' ? [...(await entries(system, inode)).keys()] : [];
    },
  };
}

interface System {
  readonly range: FileSystemRange;
  readonly superblock: Superblock;
  readonly metadata: MetadataReader;
  readonly signal: AbortSignal | undefined;
}
type Folder = Extract<Inode, { kind: 'folder' }>;
type File = Extract<Inode, { kind: 'file' }>;

function find(system: System, path: string): Promise<Inode | undefined> {
  const { metadata, superblock, signal } = system;
  return walkPath<Inode>(
    {
      root: () => readInode(metadata, superblock, superblock.rootInode, signal),
      async child(folder, name) {
        const reference = folder.kind === 'folder' ? (await entries(system, folder)).get(name) : undefined;
        return reference === undefined ? undefined : readInode(metadata, superblock, reference, signal);
      },
      target: (inode) => Promise.resolve(inode.kind === 'link' ? inode.target : undefined),
    },
    path,
  );
}

/** Names of a folder with the references of their inodes. */
async function entries(system: System, folder: Folder): Promise<ReadonlyMap<string, bigint>> {
  const found = new Map<string, bigint>();
  if (folder.size === 0) return found;
  const bytes = await system.metadata.read(system.superblock.directoryTable + folder.block, folder.offset, folder.size, system.signal);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  while (at + 12 <= bytes.length) {
    const count = view.getUint32(at, true) + 1;
    const block = BigInt(view.getUint32(at + 4, true));
    at += 12;
    for (let i = 0; i < count; i++) {
      if (at + 8 > bytes.length || found.size > maximumEntries) throw damaged();
      const offset = BigInt(view.getUint16(at, true));
      const length = view.getUint16(at + 6, true) + 1;
      at += 8;
      if (at + length > bytes.length) throw damaged();
      found.set(Buffer.from(bytes.subarray(at, at + length)).toString('utf8'), (block << 16n) | offset);
      at += length;
    }
  }
  return found;
}

async function readData(system: System, file: File): Promise<Uint8Array> {
  const { blockSize } = system.superblock;
  const output = new Uint8Array(file.size);
  let to = 0;
  let from = file.start;
  for (const stored of file.blockSizes) {
    const expected = Math.min(blockSize, file.size - to);
    if (stored !== 0) {
      const block = await readBlock(system, from, stored, blockSize);
      if (block.length < expected) throw damaged();
      output.set(block.subarray(0, expected), to);
      from += stored & 0xffffff;
    }
    to += expected;
  }
  if (file.fragment !== undefined && to < file.size) {
    const block = await readFragment(system, file.fragment);
    const tail = block.subarray(file.fragmentOffset, file.fragmentOffset + file.size - to);
    if (tail.length < file.size - to) throw damaged();
    output.set(tail, to);
  }
  return output;
}

/** The block that holds the tails of several files. */
async function readFragment(system: System, index: number): Promise<Uint8Array> {
  const { superblock, range, metadata, signal } = system;
  if (index >= superblock.fragmentCount) throw damaged();
  const pointerAt = superblock.fragmentTable + Math.floor(index / 512) * 8;
  if (pointerAt + 8 > range.length) throw damaged();
  const pointer = await range.source.read(range.start + pointerAt, 8, signal);
  if (pointer.length < 8) throw damaged();
  const block = new DataView(pointer.buffer, pointer.byteOffset, 8).getBigUint64(0, true);
  if (block >= BigInt(range.length)) throw damaged();
  const bytes = await metadata.read(Number(block), (index % 512) * 16, 16, signal);
  const entry = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const start = entry.getBigUint64(0, true);
  if (start >= BigInt(range.length)) throw damaged();
  return readBlock(system, Number(start), entry.getUint32(8, true), superblock.blockSize);
}

async function readBlock(system: System, position: number, stored: number, limit: number): Promise<Uint8Array> {
  const size = stored & 0xffffff;
  if (size > limit || position + size > system.range.length) throw damaged();
  const bytes = await system.range.source.read(system.range.start + position, size, system.signal);
  if (bytes.length < size) throw damaged();
  return (stored & (1 << 24)) !== 0 ? bytes : decompress(system.superblock.compression, bytes, limit);
}
