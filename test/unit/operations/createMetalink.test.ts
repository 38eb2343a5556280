import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { checkMetalink } from '../../../server/src/metalink/diagnostics';
import { metalinkModel } from '../../../server/src/metalink/model';
import { parseMetalink } from '../../../server/src/metalink/parse';
import { createMetalink } from '../../../server/src/operations/createMetalink';
import type { CreateOptions } from '../../../server/src/operations/createOptions';
import type { World } from '../../../server/src/operations/world';
import type { Target } from '../../../server/src/protocol';
import { createSourceText } from '../../../server/src/text/sourceText';
import { startHubWorld, unwatched } from './hubWorld';
import type { HubWorld } from './hubWorld';

let started: HubWorld;
beforeAll(async () => {
  started = await startHubWorld();
});
afterEach(() => started.hub.behave());
afterAll(() => started.close());

const host = () => `127.0.0.1:${started.hub.port}`;
const reference = (text: string): Target => ({ kind: 'reference', reference: text });

async function create(targets: Target[], options: Partial<CreateOptions> = {}, world: World = started.world) {
  const { text, report } = await createMetalink(world, targets, { mirrors: [], ...unwatched, ...options });
  const parsed = parseMetalink(text);
  const findings = checkMetalink(createSourceText(text), parsed).filter(({ severity }) => severity === 'error' || severity === 'warning');
  return {
    text,
    report: report.join('\n'),
    files: metalinkModel(parsed).files,
    findings: findings.map(({ code, message }) => `${code} ${message}`),
  };
}

/** An image of the hub as a file of its own. */
function localImage(name = 'tool-1.4.sif', as = name): string {
  const file = path.join(started.folder, as);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.copyFileSync(path.join(started.hub.images.folder, name), file);
  return file;
}

describe('references', () => {
  test('oras: the SIF with the digest of the registry, and what its labels say', async () => {
    const { files, findings, report, text } = await create([reference(`oras://${host()}/open/tool:1.4`)]);
    expect(findings).toEqual([]);
    const tool = started.hub.images.image('tool-1.4.sif');
    expect(files).toMatchObject([
      { size: BigInt(tool.size), hashes: [{ type: 'sha-256', value: tool.sha256 }], operatingSystems: ['LINUX'] },
    ]);
    expect(files[0]?.urls[0]?.url).toBe(`http://${host()}/v2/open/tool/blobs/sha256:${tool.sha256}`);
    expect(report).toContain('no piece hashes');
    expect(report).toContain('ask for a token');
    expect(text).toMatch(/<generator>container-metalink\/\S+<\/generator>\n {2}<published>(.*)<\/published>\n {2}<updated>\1<\/updated>/);
  });

  test('library', async () => {
    const { files, findings } = await create([reference('library://demo/tools/tool:1.4')]);
    expect(findings).toEqual([]);
    expect(files).toMatchObject([
      { name: 'tool_1.4.sif', hashes: [{ type: 'sha-256', value: started.hub.images.image('tool-1.4.sif').sha256 }] },
    ]);
  });

  test('a URL with its checksum beside it', async () => {
    const { files, findings } = await create([reference(`${started.hub.origin}/mirror/a/tool-1.3.sif`)]);
    expect(findings).toEqual([]);
    const tool = started.hub.images.image('tool-1.3.sif');
    expect(files).toMatchObject([{ name: 'tool-1.3.sif', size: BigInt(tool.size), hashes: [{ value: tool.sha256 }] }]);
  });

  test('a URL whose server names mirrors', async () => {
    const { files, findings } = await create([reference(`${started.hub.origin}/metalink/tool-1.4.sif`)]);
    expect(findings).toEqual([]);
    expect(files[0]?.urls.map(({ url, priority, location }) => [new URL(url).pathname, priority, location])).toEqual([
      ['/metalink/tool-1.4.sif', 1, undefined],
      ['/mirror/a/tool-1.4.sif', 2, 'de'],
      ['/mirror/b/tool-1.4.sif', 3, 'gb'],
      ['/mirror/c/tool-1.4.sif', 4, undefined],
    ]);
  });

  test('a URL of which nothing is known: said, and nothing invented', async () => {
    const { files, report } = await create([reference(`${started.hub.origin}/metalink-no-digest/tool-1.3.sif`)]);
    expect(files[0]?.hashes).toEqual([]);
    expect(report).toContain('declares no hash');
  });

  test('docker: manifest, config and layers by the paths of an OCI layout', async () => {
    const { files, findings, report } = await create([reference(`docker://${host()}/open/base:1.0`)]);
    expect(findings).toEqual([]);
    expect(files.length).toBeGreaterThan(2);
    for (const { name, hashes, urls } of files) {
      expect(name).toBe(`blobs/sha256/${hashes[0]?.value ?? ''}`);
      const response = await fetch(urls[0]?.url ?? '');
      expect(response.status, urls[0]?.url).toBe(200);
      await response.arrayBuffer();
    }
    expect(report).toContain('oci-layout');
  });

  test('equal blobs of two images are one file', async () => {
    const one = await create([reference(`docker://${host()}/open/base:1.0`)]);
    const two = await create([reference(`docker://${host()}/open/base:1.0`), reference(`docker://${host()}/open/base:1.0`)]);
    expect(two.files.length).toBe(one.files.length);
    expect(two.findings).toEqual([]);
  });

  test.each<[string, RegExp]>([
    ['oras://HOST/open/nothing:1', /not found|does not|no /i],
    ['docker-archive:image.tar', /on this machine only/],
    ['docker://', /./],
  ])('%s cannot be described', async (text, message) => expect(create([reference(text.replace('HOST', host()))])).rejects.toThrow(message));
});

describe('files on this disk', () => {
  test('an image with mirrors: size, hashes, pieces, labels', async () => {
    const tool = started.hub.images.image('tool-1.4.sif');
    const { files, findings } = await create([{ kind: 'path', path: localImage() }], {
      mirrors: ['https://mirror.example.org/images/', 'https://user:secret@other.example.org/{digest}/{name}'],
      pieceLength: 65_536,
      sha512: true,
    });
    expect(findings).toEqual([]);
    expect(files).toMatchObject([
      { name: 'tool-1.4.sif', size: BigInt(tool.size), hashes: [{ type: 'sha-256', value: tool.sha256 }, { type: 'sha-512' }] },
    ]);
    expect(files[0]?.pieces).toMatchObject([{ type: 'sha-256', length: 65_536, complete: true }]);
    expect(files[0]?.pieces[0]?.hashes).toHaveLength(Math.ceil(tool.size / 65_536));
    expect(files[0]?.urls.map(({ url, priority }) => [url, priority])).toEqual([
      ['https://mirror.example.org/images/tool-1.4.sif', 1],
      [`https://other.example.org/${tool.sha256}/tool-1.4.sif`, 2],
    ]);
  });

  test('without a mirror the URL is missing, and that is said', async () => {
    const { findings, report } = await create([{ kind: 'path', path: localImage() }]);
    expect(findings).toEqual([expect.stringContaining('M4-045')]);
    expect(report).toContain('no URL yet: add where it can be fetched');
  });

  test('a folder: every image in it, by name', async () => {
    const folder = path.dirname(localImage('tool-1.4.sif', 'images/b.sif'));
    localImage('tool-1.3.sif', 'images/a.sif');
    fs.writeFileSync(path.join(folder, 'README'), 'no image');
    const { files, findings } = await create([{ kind: 'path', path: folder }], { mirrors: [`${started.hub.origin}/mirror/a/`] });
    expect(files.map(({ name }) => name)).toEqual(['a.sif', 'b.sif']);
    expect(findings).toEqual([]);
  });

  test('a sandbox is not one file', async () => {
    fs.mkdirSync(path.join(started.folder, 'sandbox/.singularity.d'), { recursive: true });
    await expect(create([{ kind: 'path', path: path.join(started.folder, 'sandbox') }])).rejects.toThrow('sandbox');
  });

  test.each(['nothing.sif', 'empty'])('%s', async (name) => {
    fs.mkdirSync(path.join(started.folder, 'empty'), { recursive: true });
    await expect(create([{ kind: 'path', path: path.join(started.folder, name) }])).rejects.toThrow(/There is no file|holds no image/);
  });

  test('an entry of a cache has a name for people', async () => {
    const { sha256 } = started.hub.images.image('tool-1.4.sif');
    const entry = localImage('tool-1.4.sif', `cache/cache/oras/sha256:${sha256}`);
    const { files } = await create([{ kind: 'path', path: entry }], { mirrors: ['https://mirror.example.org/'] });
    expect(files[0]?.name).toMatch(/^[\w.+-]+\.sif$/);
    expect(files[0]?.hashes[0]?.value).toBe(sha256);
  });

  test('equal names of different files get a number', async () => {
    const one = localImage('tool-1.4.sif', 'one/tool.sif');
    const two = localImage('tool-1.3.sif', 'two/tool.sif');
    const { files, report } = await create([one, two, one].map((file) => ({ kind: 'path', path: file })));
    expect(files.map(({ name }) => name)).toEqual(['tool.sif', 'tool-2.sif']);
    expect(report).toContain('tool-2.sif');
  });

  test('a signature, and what is none', async () => {
    const image = localImage();
    const signature = path.join(started.folder, 'tool.asc');
    fs.writeFileSync(signature, started.hub.images.text('tool-1.4.sif.asc'));
    const mirrors = ['https://mirror.example.org/'];
    const { files, findings } = await create([{ kind: 'path', path: image }], { signature, mirrors });
    expect(findings).toEqual([]);
    expect(files[0]?.signatures).toMatchObject([
      { mediatype: 'application/pgp-signature', value: expect.stringContaining('BEGIN PGP SIGNATURE') as string },
    ]);
    await expect(create([{ kind: 'path', path: image }], { signature: image })).rejects.toThrow('no armored OpenPGP signature');
    await expect(create([{ kind: 'path', path: image }], { signature: `${signature}.x` })).rejects.toThrow('There is no file');
    const two = [image, localImage('tool-1.3.sif')].map((file): Target => ({ kind: 'path', path: file }));
    await expect(create(two, { signature })).rejects.toThrow('one file');
  });
});

describe('recipes', () => {
  test('every image of every stage, from the text in the editor', async () => {
    const text = `Bootstrap: oras\nFrom: ${host()}/open/tool:1.4\nStage: one\n\nBootstrap: library\nFrom: demo/tools/tool:1.4\n\nBootstrap: localimage\nFrom: /tmp/x.sif\n`;
    const uri = pathToFileURL(path.join(started.folder, 'tool.def')).href;
    const { files } = await create([{ kind: 'document', uri }], { openText: () => text });
    expect(files.length).toBeGreaterThan(0);
    expect(files.flatMap(({ urls }) => urls.map(({ url }) => new URL(url).pathname)).join('\n')).toMatch(
      /open\/tool[^]*imagefile\/demo\/tools\/tool/,
    );
  });
  test('no image, and a metalink', async () => {
    const uri = pathToFileURL(path.join(started.folder, 'tool.def')).href;
    await expect(create([{ kind: 'document', uri }], { openText: () => 'Bootstrap: scratch\n' })).rejects.toThrow('built from no image');
    await expect(create([{ kind: 'document', uri: `${uri}.meta4` }], { openText: () => '<metalink/>' })).rejects.toThrow(
      'a metalink already',
    );
  });
});

test('mirrors and publisher of the settings', async () => {
  const world = started.worldWith({
    'metalink.mirrors': [
      { url: 'https://site.example.org/{path}', priority: 1, location: 'de' },
      { url: 'https://far.example.org/{name}', priority: 500 },
    ],
    'metalink.publisher': { name: 'Our "Lab" & Co', url: 'https://lab.example.org/' },
  });
  const { files, findings } = await create([reference(`${started.hub.origin}/mirror/a/tool-1.4.sif`)], {}, world);
  expect(findings).toEqual([]);
  expect(files[0]?.publisher).toEqual({ name: 'Our "Lab" & Co', url: 'https://lab.example.org/' });
  expect(files[0]?.urls.map(({ url, priority, location }) => [url, priority, location])).toEqual([
    ['https://site.example.org/mirror/a/tool-1.4.sif', 1, 'de'],
    [`${started.hub.origin}/mirror/a/tool-1.4.sif`, 1, undefined],
    ['https://far.example.org/tool-1.4.sif', 500, undefined],
  ]);
});

test('it can be cancelled', async () => {
  const controller = new AbortController();
  controller.abort();
  await expect(create([reference('library://demo/tools/tool:1.4')], { signal: controller.signal })).rejects.toThrow();
});
