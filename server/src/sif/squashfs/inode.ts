import type { MetadataReader } from './metadata';
import { damaged } from './metadata';
import type { Superblock } from './superblock';

/** What an inode tells, as far as files are read here. */
export type Inode =
  | { readonly kind: 'folder'; readonly block: number; readonly offset: number; readonly size: number }
  | {
      readonly kind: 'file';
      /** Bytes from the start of the file system. */
      readonly start: number;
      readonly size: number;
      readonly fragment: number | undefined;
      readonly fragmentOffset: number;
      /** Packed sizes of the data blocks; bit 24: not packed; 0: a hole. */
      readonly blockSizes: readonly number[];
    }
  | { readonly kind: 'link'; readonly target: string }
  | { readonly kind: 'other' };

const noFragment = 0xffffffff;
/** Files with more blocks than this are not read: 64 Ki blocks. */
const maximumBlocks = 65_536;

/** Reads the inode at `reference` (block << 16 | offset, in the inode table). */
export async function readInode(metadata: MetadataReader, superblock: Superblock, reference: bigint, signal?: AbortSignal): Promise<Inode> {
  const block = superblock.inodeTable + Number(reference >> 16n);
  const offset = Number(reference & 0xffffn);
  const view = async (length: number): Promise<DataView> => {
    const bytes = await metadata.read(block, offset, length, signal);
    return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  };
  const type = (await view(2)).getUint16(0, true);
  switch (type) {
    case 1: {
      const inode = await view(32);
      return folder(inode.getUint32(16, true), inode.getUint16(24, true), inode.getUint16(26, true));
    }
    case 8: {
      const inode = await view(40);
      return folder(inode.getUint32(24, true), inode.getUint32(20, true), inode.getUint16(34, true));
    }
    case 2: {
      const inode = await view(32);
      return file(view, 32, {
        start: inode.getUint32(16, true),
        fragment: inode.getUint32(20, true),
        fragmentOffset: inode.getUint32(24, true),
        size: inode.getUint32(28, true),
        blockSize: superblock.blockSize,
      });
    }
    case 9: {
      const inode = await view(56);
      return file(view, 56, {
        start: bounded(inode.getBigUint64(16, true)),
        size: bounded(inode.getBigUint64(24, true)),
        fragment: inode.getUint32(44, true),
        fragmentOffset: inode.getUint32(48, true),
        blockSize: superblock.blockSize,
      });
    }
    case 3:
    case 10: {
      const length = (await view(24)).getUint32(20, true);
      if (length > 65_536) throw damaged();
      const inode = await view(24 + length);
      return { kind: 'link', target: Buffer.from(inode.buffer, inode.byteOffset + 24, length).toString('utf8') };
    }
    default:
      return { kind: 'other' };
  }
}

function folder(block: number, storedSize: number, offset: number): Inode {
  return { kind: 'folder', block, offset, size: Math.max(0, storedSize - 3) }; // the stored size counts "." and ".." as 3 bytes
}

interface FileFields {
  readonly start: number;
  readonly size: number;
  readonly fragment: number;
  readonly fragmentOffset: number;
  readonly blockSize: number;
}

async function file(view: (length: number) => Promise<DataView>, listAt: number, fields: FileFields): Promise<Inode> {
  const fragment = fields.fragment === noFragment ? undefined : fields.fragment;
  const whole = Math.floor(fields.size / fields.blockSize);
  const count = whole + (fragment === undefined && fields.size % fields.blockSize !== 0 ? 1 : 0);
  if (count > maximumBlocks) return { kind: 'other' };
  const list = await view(listAt + count * 4);
  const blockSizes = Array.from({ length: count }, (_, index) => list.getUint32(listAt + index * 4, true));
  return { kind: 'file', start: fields.start, size: fields.size, fragment, fragmentOffset: fields.fragmentOffset, blockSizes };
}

function bounded(value: bigint): number {
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw damaged();
  return Number(value);
}
