import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checksumOf, findChecksum, parseChecksums } from '../../../server/src/hub/checksumFiles';
import { useEmbeddedHub } from './embeddedWorld';

const a = 'a'.repeat(64);
const b = 'b'.repeat(64);
const md5 = 'c'.repeat(32);

describe('reading', () => {
  test.each<[string, string, string | undefined]>([
    ['coreutils', `${a}  tool.sif\n${b}  other.sif\n`, a],
    ['binary mark', `${a} *tool.sif\n`, a],
    ['with a folder', `${a}  ./out/tool.sif\n`, a],
    ['CRLF', `${a}  tool.sif\r\n`, a],
    ['upper case', `${a.toUpperCase()}  tool.sif\n`, a],
    ['BSD', `SHA256 (tool.sif) = ${a}\n`, a],
    ['a bare digest', `${a}\n`, a],
    ['another file only', `${a}  other.sif\n`, undefined],
    ['two bare digests', `${a}\n${b}\n`, undefined],
    ['two for one name', `${a}  tool.sif\n${b}  tool.sif\n`, undefined],
    ['the stronger of two', `${md5}  tool.sif\n${a}  tool.sif\n`, a],
    ['comments and blank lines', `# sums\n\n${a}  tool.sif\n`, a],
    ['a name that is escaped', `\\${a}  a\\\\tool.sif\n`, a],
    ['a length of no algorithm', `${a}ab  tool.sif\n`, undefined],
    ['a page', '<html>not found</html>', undefined],
  ])('%s', (_, text, expected) => {
    expect(checksumOf('tool.sif', parseChecksums(text))?.hex).toBe(expected);
  });

  test('never throws', () => {
    fc.assert(fc.property(fc.string(), (text) => void checksumOf('x', parseChecksums(text))));
  });
});

describe('looking beside a file', () => {
  const underTest = useEmbeddedHub();

  test('its own file first', async () => {
    const { hub, world } = underTest();
    const found = await findChecksum(world, `${hub.origin}/mirror/a/tool-1.4.sif`, {});
    expect(found).toEqual({
      digest: { algorithm: 'sha256', hex: hub.images.image('tool-1.4.sif').sha256 },
      source: 'tool-1.4.sif.sha256 beside the file',
      channel: 'http',
    });
    expect(hub.requests).toHaveLength(1);
  });

  test.each([
    [['/mirror/a/tool-1.4.sif.sha256'], 'SHA256SUMS beside the file'],
    [['/mirror/a/tool-1.4.sif.sha256', '/mirror/a/SHA256SUMS'], 'tool-1.4.sif.sha512 beside the file'],
  ])('without %j: %s', async (missing, source) => {
    const { hub, world } = underTest();
    for (const path of missing) hub.misbehave(path, { kind: 'status', status: 404 });
    expect((await findChecksum(world, `${hub.origin}/mirror/a/tool-1.4.sif?x=1`, {}))?.source).toBe(source);
  });

  test('a web page is no checksum file, an endless one is left', async () => {
    const { hub, world } = underTest();
    hub.misbehave('/mirror/a/tool-1.4.sif.sha256', { kind: 'html' });
    hub.misbehave('/mirror/a/SHA256SUMS', { kind: 'endless' });
    expect((await findChecksum(world, `${hub.origin}/mirror/a/tool-1.4.sif`, {}))?.source).toBe('tool-1.4.sif.sha512 beside the file');
  });

  test('none', async () => {
    const { hub, world } = underTest();
    expect(await findChecksum(world, `${hub.origin}/metalink/tool-1.4.sif`, {})).toBeUndefined();
    expect(hub.requests.length).toBeLessThanOrEqual(6);
  });
});
