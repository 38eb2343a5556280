declare module 'lz4js' {
  /** Unpacks one LZ4 block into `destination`; returns the index behind the last byte written, which may lie beyond a too small destination. */
  export function decompressBlock(
    source: Uint8Array,
    destination: Uint8Array,
    sourceIndex: number,
    sourceLength: number,
    destinationIndex: number,
  ): number;
}
