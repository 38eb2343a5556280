import { constants, gunzipSync } from 'node:zlib';

/** Largest beginning that is unpacked: a hostile file packs a thousand times as much. */
const limit = 8 << 20;

/** The beginning of what a gzip file (RFC 1952) holds, out of its own beginning; undefined for what is none, or is broken. Never throws. */
export function unpackBeginning(head: Uint8Array): Uint8Array | undefined {
  if (head[0] !== 0x1f || head[1] !== 0x8b) return undefined;
  try {
    // The packed bytes end in the middle of a block: what came out so far counts.
    return gunzipSync(head, { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: limit });
  } catch {
    return undefined; // broken, or it claims to hold more than any image begins with
  }
}
