import fs from 'node:fs/promises';

const blockSize = 1 << 20;

/** Whether two files hold the same bytes. Rejects when one cannot be read, or when aborted. */
export async function sameContent(one: string, other: string, signal?: AbortSignal): Promise<boolean> {
  const a = await fs.open(one, 'r');
  try {
    const b = await fs.open(other, 'r');
    try {
      const [statA, statB] = await Promise.all([a.stat(), b.stat()]);
      if (statA.size !== statB.size) return false;
      if (statA.ino === statB.ino && statA.dev === statB.dev) return true;
      const bufferA = Buffer.allocUnsafe(blockSize);
      const bufferB = Buffer.allocUnsafe(blockSize);
      for (let position = 0; position < statA.size;) {
        signal?.throwIfAborted();
        const [readA, readB] = await Promise.all([a.read(bufferA, 0, blockSize, position), b.read(bufferB, 0, blockSize, position)]);
        const length = Math.min(readA.bytesRead, readB.bytesRead);
        if (length === 0 || !bufferA.subarray(0, length).equals(bufferB.subarray(0, length))) return false;
        position += length;
      }
      return true;
    } finally {
      await b.close();
    }
  } finally {
    await a.close();
  }
}
