import { createHash } from 'node:crypto';
import fs from 'node:fs';
import promises from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { CacheLocation } from '../../../server/src/cache/find';
import type { EntryName } from '../../../server/src/cache/names';
import { putIntoCache } from '../../../server/src/cache/put';
import { putImageIntoCache } from '../../../server/src/cache/putLayout';
import { noKeys } from '../../../server/src/signature/keyMaterial';
import { verifiedFile } from '../../../server/src/verify/verifiedFile';
import type { VerifiedFile } from '../../../server/src/verify/verifiedFile';
import { verifyImage } from '../../../server/src/verify/verifyImage';
import { corpus, describeCorpus } from '../corpus';

const images = path.resolve(import.meta.dirname, '../../hub/images');
let folder: string;
let cache: CacheLocation;

beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'cache-put-'));
  const parent = path.join(folder, 'parent');
  cache = { engine: 'apptainer', parent, root: path.join(parent, 'cache'), source: 'setting', shared: false };
});
afterEach(() => {
  vi.restoreAllMocks();
  fs.rmSync(folder, { recursive: true, force: true });
});

const sha256 = (file: string) => createHash('sha256').update(fs.readFileSync(file)).digest('hex');

/** A copy of a real image, verified. */
async function verified(name = 'tool-1.4.sif', type = 'sha-256'): Promise<VerifiedFile> {
  return verify(path.isAbsolute(name) ? name : path.join(images, name), type);
}

async function verify(image: string, type: string): Promise<VerifiedFile> {
  const file = path.join(folder, path.basename(image));
  fs.copyFileSync(image, file);
  const value = createHash(type.replace('-', '')).update(fs.readFileSync(file)).digest('hex');
  const found = verifiedFile(
    await verifyImage(file, [{ kind: 'hash', type, value, source: 'test' }], { keys: noKeys, signal: new AbortController().signal }),
  );
  if (!found) throw new Error(`${image} is not verified`);
  return found;
}

const oras = (file: VerifiedFile): EntryName => ({ kind: 'oras', name: `sha256:${sha256(file.path)}` });
const modeOf = (file: string) => (fs.statSync(file).mode & 0o777).toString(8);
const entriesIn = (kind: string) => fs.readdirSync(path.join(cache.root, kind));

describe('putting a verified image into a cache', () => {
  test('under its name, with the modes of the engines, nothing else left', async () => {
    const file = await verified();
    const put = await putIntoCache(file, cache, oras(file));
    expect(put).toEqual({ outcome: 'put', path: path.join(cache.root, 'oras', oras(file).name) });
    expect(sha256(put.path)).toBe(sha256(file.path));
    expect([cache.parent, cache.root, path.dirname(put.path), put.path].map(modeOf)).toEqual(['700', '700', '700', '700']);
    expect(entriesIn('oras')).toEqual([oras(file).name]);
  });

  test('converted images are 0755 less the umask', async () => {
    const { path: entry } = await putIntoCache(await verified(), cache, { kind: 'oci-tmp', name: 'a'.repeat(64) });
    const probe = path.join(folder, 'probe');
    fs.closeSync(fs.openSync(probe, 'w', 0o755));
    expect(modeOf(entry)).toBe(modeOf(probe));
  });

  test('moved when it may be, and again: it is there already', async () => {
    const file = await verified();
    expect((await putIntoCache(file, cache, oras(file), { move: true })).outcome).toBe('put');
    expect(fs.existsSync(file.path)).toBe(false);
    const again = await verified();
    expect((await putIntoCache(again, cache, oras(again), { move: true })).outcome).toBe('already-there');
  });

  test('an entry that differs is left alone, and replaced when asked to', async () => {
    const file = await verified();
    const entry: EntryName = { kind: 'shub', name: 'c'.repeat(40) };
    const { path: place } = await putIntoCache(await verified('tool-1.3.sif'), cache, entry);
    const before = fs.readFileSync(place);
    expect((await putIntoCache(file, cache, entry)).outcome).toBe('differs');
    expect(fs.readFileSync(place).equals(before)).toBe(true);
    expect((await putIntoCache(file, cache, entry, { overwrite: true })).outcome).toBe('put');
    expect(sha256(place)).toBe(sha256(file.path));
  });

  test('a folder of 3.5 in the way is removed, as the engine does', async () => {
    const file = await verified();
    const name = `sha256.${sha256(file.path)}`;
    fs.mkdirSync(path.join(cache.root, 'library', name), { recursive: true });
    fs.writeFileSync(path.join(cache.root, 'library', name, 'alpine_latest.sif'), 'old');
    expect((await putIntoCache(file, cache, { kind: 'library', name })).outcome).toBe('put');
    expect(fs.statSync(path.join(cache.root, 'library', name)).isFile()).toBe(true);
  });

  test('links: to the same image it is there, to another it differs, to nothing it is replaced', async () => {
    const file = await verified();
    const place = path.join(cache.root, 'oras', oras(file).name);
    fs.mkdirSync(path.dirname(place), { recursive: true });
    fs.symlinkSync(path.join(images, 'tool-1.4.sif'), place);
    expect((await putIntoCache(file, cache, oras(file))).outcome).toBe('already-there');
    fs.unlinkSync(place);
    fs.symlinkSync(path.join(images, 'tool-1.3.sif'), place);
    expect((await putIntoCache(file, cache, oras(file))).outcome).toBe('differs');
    fs.unlinkSync(place);
    fs.symlinkSync(path.join(folder, 'nowhere'), place);
    expect((await putIntoCache(file, cache, oras(file))).outcome).toBe('put');
    expect(fs.lstatSync(place).isFile()).toBe(true);
  });

  test('a file that changed after it was verified goes nowhere', async () => {
    const file = await verified();
    const entry = oras(file);
    fs.appendFileSync(file.path, 'x');
    await expect(putIntoCache(file, cache, entry)).rejects.toThrow(/changed after it was verified|not the image/);
    expect(entriesIn('oras')).toEqual([]);
  });

  test('a name that promises another content is refused, whatever was verified', async () => {
    const file = await verified('tool-1.4.sif', 'sha-512');
    await expect(putIntoCache(file, cache, { kind: 'oras', name: `sha256:${'0'.repeat(64)}` })).rejects.toThrow(
      /not the image that its name/,
    );
    expect((await putIntoCache(file, cache, oras(file))).outcome).toBe('put');
  });

  test.each(['', '.', '..', '../x', 'a/b', 'tmp_1', '.hidden', 'a\0b', 'a\nb'])('the name %j is refused', async (name) => {
    await expect(putIntoCache(await verified(), cache, { kind: 'shub', name })).rejects.toThrow(/no name of a cache entry/);
  });

  test('an aborted put leaves nothing', async () => {
    const file = await verified();
    await expect(putIntoCache(file, cache, oras(file), { signal: AbortSignal.abort() })).rejects.toThrow();
    expect(entriesIn('oras')).toEqual([]);
  });
});

describe('places that are not written', () => {
  const folderAt = (...parts: readonly string[]) => void fs.mkdirSync(path.join(cache.parent, ...parts), { recursive: true });
  const fileAt = (file: string) => fs.writeFileSync(file, '');
  const refusals: [string, (() => void)[], RegExp][] = [
    ['a shared cache', [() => void (cache = { ...cache, shared: true })], /shared cache/],
    ['a disabled cache', [() => void (cache = { ...cache, disabled: 'It is off.' })], /It is off/],
    ['a file for the parent', [() => fileAt(cache.parent)], /a file is in the way/],
    ['a file for the cache', [() => folderAt(), () => fileAt(cache.root)], /is in the way/],
    ['a linked kind', [() => folderAt('cache'), () => fs.symlinkSync(folder, path.join(cache.root, 'oras'))], /is a link/],
    ['a cache that links to itself', [() => folderAt(), () => fs.symlinkSync(cache.root, cache.root)], /leads nowhere/],
    ['a file for the kind', [() => folderAt('cache'), () => fileAt(path.join(cache.root, 'oras'))], /is in the way/],
  ];
  test.each(refusals)('%s', async (_, prepare, message) => {
    for (const step of prepare) step();
    const file = await verified();
    await expect(putIntoCache(file, cache, oras(file))).rejects.toThrow(message);
  });

  test('a cache that is a link to another disk is written through', async () => {
    fs.mkdirSync(cache.parent);
    fs.mkdirSync(path.join(folder, 'scratch'));
    fs.symlinkSync(path.join(folder, 'scratch'), cache.root);
    const file = await verified();
    await putIntoCache(file, cache, oras(file));
    expect(fs.readdirSync(path.join(folder, 'scratch', 'oras'))).toEqual([oras(file).name]);
  });

  // What no file system does on demand; the same happens for real in test/faults/cache.mjs as far as the machine allows.
  const failures: [string, RegExp][] = [
    ['ENOSPC', /no space left/],
    ['EDQUOT', /quota is used up/],
    ['EROFS', /can only be read/],
    ['EACCES', /may not write/],
    ['EIO', /input\/output error/],
  ];
  test.each(failures)('%s while it is written', async (code, message) => {
    const file = await verified();
    vi.spyOn(promises, 'rename').mockRejectedValueOnce(Object.assign(new Error(code), { code }));
    vi.spyOn(promises, 'copyFile').mockRejectedValueOnce(Object.assign(new Error(code), { code }));
    await expect(putIntoCache(file, cache, oras(file), { move: true })).rejects.toThrow(message);
    expect(entriesIn('oras')).toEqual([]);
    expect(fs.existsSync(file.path)).toBe(true);
  });

  test('across file systems a move becomes a copy', async () => {
    const file = await verified();
    vi.spyOn(promises, 'rename').mockRejectedValueOnce(Object.assign(new Error('EXDEV'), { code: 'EXDEV' }));
    const entry = oras(file);
    const put = await putIntoCache(file, cache, entry, { move: true });
    expect(sha256(put.path)).toBe(entry.name.slice(7));
    expect(fs.existsSync(file.path)).toBe(false);
    expect(entriesIn('oras')).toEqual([entry.name]);
  });

  test('somebody is quicker with the same image, or with another', async () => {
    const file = await verified();
    const entry: EntryName = { kind: 'shub', name: 'c'.repeat(40) };
    const link = promises.link.bind(promises);
    const quicker = (image: string) =>
      vi.spyOn(promises, 'link').mockImplementationOnce(async (from, to) => {
        fs.copyFileSync(path.join(images, image), to);
        await link(from, to);
      });
    quicker('tool-1.4.sif');
    expect((await putIntoCache(file, cache, entry)).outcome).toBe('already-there');
    fs.unlinkSync(path.join(cache.root, 'shub', entry.name));
    quicker('tool-1.3.sif');
    expect((await putIntoCache(file, cache, entry)).outcome).toBe('differs');
    expect(entriesIn('shub')).toEqual([entry.name]);
  });

  test('an engine that cleans at this moment takes the temporary file: it begins anew', async () => {
    const file = await verified();
    vi.spyOn(promises, 'link').mockImplementationOnce((from) => {
      fs.unlinkSync(from);
      return Promise.reject(Object.assign(new Error('ENOENT'), { code: 'ENOENT' }));
    });
    expect((await putIntoCache(file, cache, oras(file))).outcome).toBe('put');
  });
});

describe('putting an OCI image into the layout', () => {
  function manifestOf(files: readonly VerifiedFile[]) {
    const layers = files.map((file) => ({ digest: `sha256:${sha256(file.path)}`, size: 1, mediaType: 'application/octet-stream' }));
    const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, layers }));
    const hex = createHash('sha256').update(bytes).digest('hex');
    return { hex, bytes, mediaType: 'application/vnd.oci.image.manifest.v1+json' };
  }
  const index = () => JSON.parse(fs.readFileSync(path.join(cache.root, 'blob/index.json'), 'utf8')) as { manifests: { digest: string }[] };

  test('blobs, manifest, index; twice changes nothing; a layer that is named twice is one blob', async () => {
    const file = await verified();
    const manifest = manifestOf([file, file]);
    const blob = { hex: sha256(file.path), file };
    await putImageIntoCache(cache, manifest, [blob, { ...blob }]);
    await putImageIntoCache(cache, manifest, [blob]);
    expect(index().manifests.map((m) => m.digest)).toEqual([`sha256:${manifest.hex}`]);
    expect(fs.readdirSync(path.join(cache.root, 'blob/blobs/sha256')).sort()).toEqual([blob.hex, manifest.hex].sort());
    expect(fs.readFileSync(path.join(cache.root, 'blob/oci-layout'), 'utf8')).toBe('{"imageLayoutVersion":"1.0.0"}');
    expect(fs.readdirSync(path.join(cache.root, 'blob')).sort()).toEqual(['blobs', 'index.json', 'oci-layout']);
  });

  test('a damaged blob gives way to the verified one', async () => {
    const file = await verified();
    const hex = sha256(file.path);
    fs.mkdirSync(path.join(cache.root, 'blob/blobs/sha256'), { recursive: true });
    fs.writeFileSync(path.join(cache.root, 'blob/blobs/sha256', hex), 'damaged');
    await putImageIntoCache(cache, manifestOf([file]), [{ hex, file }]);
    expect(sha256(path.join(cache.root, 'blob/blobs/sha256', hex))).toBe(hex);
  });

  test('a broken index is left as it is, with what to do', async () => {
    const file = await verified();
    fs.mkdirSync(path.join(cache.root, 'blob'), { recursive: true });
    fs.writeFileSync(path.join(cache.root, 'blob/index.json'), '{"half');
    await expect(putImageIntoCache(cache, manifestOf([file]), [{ hex: sha256(file.path), file }])).rejects.toThrow(
      /no index of an OCI layout/,
    );
    expect(fs.readFileSync(path.join(cache.root, 'blob/index.json'), 'utf8')).toBe('{"half');
  });

  test('a blob or manifest that is not what its digest says is refused', async () => {
    const file = await verified('tool-1.4.sif', 'sha-512');
    const manifest = manifestOf([file]);
    await expect(putImageIntoCache(cache, manifest, [{ hex: '0'.repeat(64), file }])).rejects.toThrow(/not the image|not what its/);
    await expect(putImageIntoCache(cache, { ...manifest, hex: '0'.repeat(64) }, [])).rejects.toThrow(/not what its digest says/);
  });

  test('ten at once in one process: none is lost from the index', async () => {
    const file = await verified();
    const manifests = Array.from({ length: 10 }, (_, i) => {
      const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, layers: [], annotations: { number: String(i) } }));
      return { hex: createHash('sha256').update(bytes).digest('hex'), bytes, mediaType: 'application/vnd.oci.image.manifest.v1+json' };
    });
    await Promise.all(manifests.map((manifest) => putImageIntoCache(cache, manifest, [{ hex: sha256(file.path), file }])));
    expect(new Set(index().manifests.map((m) => m.digest))).toEqual(new Set(manifests.map((m) => `sha256:${m.hex}`)));
  });
});

describeCorpus('real images of every format go in and come out as they are', 'sif/made', (made) => {
  const files = fs.readdirSync(made).filter((name) => /\.(sif|squashfs)$/.test(name));
  test.each(files)('%s', async (name) => {
    const file = await verified(path.join(corpus('sif/made') ?? '', name));
    const put = await putIntoCache(file, cache, oras(file));
    expect(put.outcome).toBe('put');
    expect(`sha256:${sha256(put.path)}`).toBe(oras(file).name);
  });
});
