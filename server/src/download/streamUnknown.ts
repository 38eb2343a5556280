import { blockLength, blockPool } from '../platform/partialFile';
import type { PartialFile } from '../platform/partialFile';
import type { TransportReply } from '../platform/transport';
import type { RateLimit } from './rateLimit';

/** Writes a body of unknown length to the start of a file; returns its length in bytes. Such a reply cannot be resumed. */
export async function streamUnknown(
  file: PartialFile,
  reply: TransportReply,
  limit: RateLimit,
  signal: AbortSignal,
  onBytes: (bytes: number) => void,
): Promise<number> {
  await file.truncate(0);
  let block = blockPool.take();
  let fill = 0;
  let written = 0;
  const flush = (): void => {
    const full = block;
    block = blockPool.take();
    file.write(full, fill, written, () => {
      blockPool.give(full);
      if (file.pendingWrites < 8) reply.resume();
    });
    written += fill;
    fill = 0;
  };
  const stop = (): void => reply.destroy();
  signal.addEventListener('abort', stop, { once: true });
  try {
    await reply.stream({
      buffer: () => block.subarray(fill),
      filled: (length) => {
        fill += length;
        onBytes(written + fill);
        if (fill === blockLength) flush();
        const pause = limit.take(length, Date.now());
        if (pause > 0) setTimeout(() => reply.resume(), pause);
        return pause === 0 && file.pendingWrites < 8;
      },
    });
  } finally {
    signal.removeEventListener('abort', stop);
  }
  if (fill > 0) flush();
  await file.settled();
  return written;
}
