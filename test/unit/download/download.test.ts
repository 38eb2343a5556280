import fs from 'node:fs';
import { describe, expect, test } from 'vitest';
import { download } from '../../../server/src/download/download';
import { fileIdentity } from '../../../server/src/platform/file';
import { honest, randomBytes, serve } from '../../faults/servers';
import { attempt, pieces, requestFor, temporaryFolder, testWorld } from './world';

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

  test.each(['rename', 'hand-over'] as const)('tells which file has the digests (%s)', async (finish) => {
    const folder = temporaryFolder();
    const data = randomBytes(3 * mebibyte + 5);
    const server = await serve(data);
    const list = pieces(data, mebibyte);
    const result = await download(requestFor(data, [server.url], folder, { finish, pieces: list }), testWorld());
    expect(result.pieces).toMatchObject({ type: 'sha-256', length: mebibyte, hashes: list[0]?.hashes });
    expect(result.identity).toEqual(await fileIdentity(result.path));
    const again = await download(
      requestFor(data, [server.url], folder, { finish, candidates: () => Promise.resolve([result.path]), name: 'copy' }),
      testWorld(),
    );
    expect(again.outcome).toBe('copied');
    expect(again.identity).toEqual(await fileIdentity(again.path));
    await Promise.all([result.release(), again.release(), server.close()]);
    fs.rmSync(folder, { recursive: true });
  });
});
