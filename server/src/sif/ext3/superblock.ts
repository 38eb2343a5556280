import { t } from '../../text/l10n';
import { ImageFormatError } from '../formatError';

/** What the superblock of an ext2 or ext3 tells (Linux Documentation/filesystems/ext4/super.rst). Sizes in bytes. */
export interface Ext3Superblock {
  readonly inodeCount: number;
  readonly blockCount: number;
  /** Number of the block that holds the superblock: 1 where blocks are of 1 KiB, else 0. */
  readonly firstBlock: number;
  readonly blockSize: number;
  readonly blocksPerGroup: number;
  readonly inodesPerGroup: number;
  readonly inodeSize: number;
  /** Directory entries carry a type, so that names have at most 255 bytes. */
  readonly hasFileTypes: boolean;
  /** From this block of group descriptors on, each stands in its own groups; undefined when all stand behind the superblock. */
  readonly firstMetaGroup: number | undefined;
  /** Only some groups hold a copy of the superblock. */
  readonly sparseSuper: boolean;
}

/** Bytes from the start of the file system up to the end of the fields that are read. */
export const ext3SuperblockEnd = 1024 + 264;
const start = 1024;

/** Reads the superblock of what `isExt3` takes. Throws `ImageFormatError` for numbers that lead nowhere. */
export function readExt3Superblock(bytes: Uint8Array): Ext3Superblock {
  if (bytes.length < ext3SuperblockEnd) throw damagedExt3();
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const word = (offset: number): number => view.getUint32(start + offset, true);
  const isDynamic = word(76) > 0;
  const superblock: Ext3Superblock = {
    inodeCount: word(0),
    blockCount: word(4),
    firstBlock: word(20),
    blockSize: word(24) <= 6 ? 1024 << word(24) : 0,
    blocksPerGroup: word(32),
    inodesPerGroup: word(40),
    inodeSize: isDynamic ? view.getUint16(start + 88, true) : 128,
    hasFileTypes: (word(96) & 0x2) !== 0,
    firstMetaGroup: (word(96) & 0x10) !== 0 ? word(260) : undefined,
    sparseSuper: (word(100) & 0x1) !== 0,
  };
  const { blockSize, blocksPerGroup, inodesPerGroup, inodeSize, firstBlock } = superblock;
  if (blockSize === 0 || blocksPerGroup === 0 || inodesPerGroup === 0 || inodeSize < 128 || inodeSize > blockSize || firstBlock > 1)
    throw damagedExt3();
  return superblock;
}

/** The block with the descriptor of a group, and the descriptor's place in it. */
export function groupDescriptorPlace(superblock: Ext3Superblock, group: number): { readonly block: number; readonly offset: number } {
  const { blockSize, firstBlock, blocksPerGroup, firstMetaGroup } = superblock;
  const perBlock = blockSize / 32;
  const index = Math.floor(group / perBlock);
  const offset = (group % perBlock) * 32;
  if (firstMetaGroup === undefined || index < firstMetaGroup) return { block: firstBlock + 1 + index, offset };
  const first = index * perBlock;
  return { block: firstBlock + first * blocksPerGroup + (holdsSuperblock(superblock, first) ? 1 : 0), offset };
}

function holdsSuperblock({ sparseSuper }: Ext3Superblock, group: number): boolean {
  if (!sparseSuper || group <= 1) return true;
  return [3, 5, 7].some((base) => {
    let power = base;
    while (power < group) power *= base;
    return power === group;
  });
}

/** The error of every inconsistency. */
export function damagedExt3(): ImageFormatError {
  return new ImageFormatError(t('The ext3 file system is damaged: it points outside of itself.'));
}
