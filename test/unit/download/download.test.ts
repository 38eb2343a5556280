import { describe, expect, test } from 'vitest';
import { honest, randomBytes } from '../../faults/servers';
import { attempt, pieces } from './world';

const mebibyte = 1024 * 1024;

describe('a download from good sources', () => {
  const lengths = [0, 1, mebibyte - 1, mebibyte, mebibyte + 1, 5 * mebibyte + 7];
  test.each(lengths.flatMap((length) => [false, true].map((hasPieces) => [length, hasPieces] as const)))(
    'of %i bytes, with pieces: %s',
    async (length, hasPieces) => {
      const data = randomBytes(length);
      const { result, error, bytes, left } = await attempt({
        data,
        behaviours: [honest(), honest()],
        request: hasPieces ? { pieces: pieces(data, mebibyte) } : {},
      });
      expect(error).toBeUndefined();
      expect(bytes?.equals(data)).toBe(true);
      expect(left).toEqual(['file.sif']);
      expect(result?.piecesVerified).toBe(hasPieces ? Math.ceil(length / mebibyte) : 0);
    },
  );
});
