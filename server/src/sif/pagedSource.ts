import type { ByteSource } from '../image/byteSource';

const pageLength = 4096;
/** Reads longer than this go straight to the source and are not kept. */
const largestKept = 64 * 1024;
const keptPages = 256;

/**
 * The same bytes, read in whole pages of 4 KiB that are kept (1 MiB at most): neighbouring small reads of a remote image cost one
 * request. Closing it closes `source`.
 */
export function createPagedSource(source: ByteSource): ByteSource {
  const pages = new Map<number, Uint8Array>();

  async function load(first: number, last: number, signal?: AbortSignal): Promise<void> {
    const start = first * pageLength;
    const bytes = await source.read(start, Math.min((last + 1) * pageLength, source.size) - start, signal);
    for (let page = first; page <= last; page++) {
      if (pages.size >= keptPages) pages.delete(pages.keys().next().value ?? -1);
      pages.set(page, bytes.subarray((page - first) * pageLength, (page - first + 1) * pageLength));
    }
  }

  return {
    size: source.size,
    name: source.name,
    close: () => source.close(),
    async read(offset, length, signal) {
      const end = Math.min(offset + length, source.size);
      if (end <= offset) return new Uint8Array(0);
      if (end - offset > largestKept) return source.read(offset, end - offset, signal);
      const first = Math.floor(offset / pageLength);
      const last = Math.floor((end - 1) / pageLength);
      for (let page = first; page <= last; page++) {
        if (pages.has(page)) continue;
        await load(first, last, signal);
        break;
      }
      const output = new Uint8Array(end - offset);
      for (let page = first; page <= last; page++) {
        const bytes = pages.get(page) ?? new Uint8Array(0);
        const from = Math.max(0, offset - page * pageLength);
        output.set(bytes.subarray(from, end - page * pageLength), page * pageLength + from - offset);
      }
      return output;
    },
  };
}
