import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { metalinkModel } from '../../../server/src/metalink/model';
import { parseMetalink } from '../../../server/src/metalink/parse';
import { resolveMetalinkText } from '../../../server/src/operations/resolveMetalink';
import type { ResolveOptions } from '../../../server/src/operations/resolveMetalink';
import { startHubWorld, unwatched } from './hubWorld';
import type { HubWorld } from './hubWorld';

let started: HubWorld;
beforeAll(async () => {
  started = await startHubWorld();
});
afterEach(() => started.hub.behave());
afterAll(() => started.close());

const tool = () => started.hub.images.image('tool-1.4.sif');
const document = (urls: readonly string[], inner = '') =>
  `<metalink xmlns="urn:ietf:params:xml:ns:metalink">\n  <file name="tool-1.4.sif">${inner}\n${urls
    .map((url, index) => `    <url priority="${index + 1}">${url.startsWith('/') ? started.hub.origin + url : url}</url>\n`)
    .join('')}  </file>\n</metalink>\n`;

async function resolve(text: string, options: Partial<ResolveOptions> = {}) {
  const resolved = await resolveMetalinkText(started.world, text, { download: false, ...unwatched, ...options });
  const [file] = metalinkModel(parseMetalink(resolved.text)).files;
  return {
    ...resolved,
    file,
    report: resolved.report.join('\n'),
    hashes: Object.fromEntries((file?.hashes ?? []).map(({ type, value }) => [type, value])),
  };
}

describe('where a value came from', () => {
  // URL path, words of the report, whether the size is told too
  const sources: [string, string, string][] = [
    ['header fields of RFC 6249 and RFC 9530', '/metalink/tool-1.4.sif', 'header of 127.0.0.1'],
    ['header fields on a redirect', '/metalink-redirect/tool-1.4.sif', 'header of 127.0.0.1'],
    ['SHA256SUMS', '/mirror/b/tool-1.4.sif', 'tool-1.4.sif.sha256 beside the file'],
    ['the metalink that the server describes', '/metalink-no-digest/tool-1.4.sif', 'the metalink http://127.0.0.1'],
    ['the library', '/v1/imagefile/demo/tools/tool:1.4?arch=amd64', 'the library at 127.0.0.1'],
  ];
  test.each(sources)('%s', async (_, url, words) => {
    const { hashes, file, report, applied, needDownload, conflicts } = await resolve(document([url]));
    expect(report).toContain(words);
    expect(hashes).toEqual({ 'sha-256': tool().sha256 });
    expect(file?.size).toBe(BigInt(tool().size));
    expect({ applied, needDownload, conflicts }).toEqual({ applied: 2, needDownload: [], conflicts: 0 });
  });

  test('SHA256SUMS where there is no file of its own', async () => {
    started.hub.misbehave('/mirror/a/tool-1.4.sif.sha256', { kind: 'status', status: 404 });
    const { report, hashes } = await resolve(document(['/mirror/a/tool-1.4.sif']));
    expect(report).toContain('SHA256SUMS');
    expect(hashes['sha-256']).toBe(tool().sha256);
  });

  test('NAME.sha256sum', async () => {
    started.hub.misbehave(/SUMS|CHECK|\.sha(256|512)$/, { kind: 'status', status: 404 });
    const body = `${tool().sha256}  tool-1.4.sif\n`;
    started.hub.misbehave('/mirror/a/tool-1.4.sif.sha256sum', { kind: 'body', body, type: 'text/plain' });
    const { report, hashes } = await resolve(document(['/mirror/a/tool-1.4.sif']));
    expect(report).toContain('tool-1.4.sif.sha256sum on 127.0.0.1');
    expect(hashes).toEqual({ 'sha-256': tool().sha256 });
  });

  test('NAME.md5 is written, and is not enough', async () => {
    started.hub.misbehave(/SUMS|CHECK|sha/, { kind: 'status', status: 404 });
    const { report, hashes, needDownload } = await resolve(document(['/mirror/a/tool-1.4.sif']));
    expect(report).toContain('tool-1.4.sif.md5 on 127.0.0.1');
    expect(Object.keys(hashes)).toEqual(['md5']);
    expect(needDownload).toEqual(['tool-1.4.sif']);
  });

  test('the digest in the address of a registry, without asking it for more', async () => {
    const { report, hashes } = await resolve(document([`/v2/open/tool/blobs/sha256:${tool().sha256}`]));
    expect(report).toContain('digest in the address of 127.0.0.1');
    expect(hashes['sha-256']).toBe(tool().sha256);
  });

  test('a full download, when that was agreed to: with pieces, and nothing left behind', async () => {
    started.hub.misbehave(/\/mirror\/a\/.*(sha|SUMS|CHECK|md5)/, { kind: 'status', status: 404 });
    const asked = await resolve(document(['/mirror/a/tool-1.4.sif']));
    expect(asked).toMatchObject({ needDownload: ['tool-1.4.sif'], hashes: {} });
    const { hashes, file, report } = await resolve(document(['/mirror/a/tool-1.4.sif']), { download: true });
    expect(report).toContain('told by the downloaded bytes');
    expect(hashes).toEqual({ 'sha-256': tool().sha256 });
    expect(file?.size).toBe(BigInt(tool().size));
  });
});

describe('piece lists that do not fit', () => {
  const declared = () => `<size>${tool().size}</size><hash type="sha-256">${tool().sha256}</hash>`;
  const short = `\n    <pieces length="65536" type="sha-1">\n      <hash>${'0'.repeat(40)}</hash>\n    </pieces>`;
  const bytes = () => readFileSync(path.join(started.hub.images.folder, 'tool-1.4.sif'));
  const pieces = () =>
    Array.from({ length: Math.ceil(tool().size / 65536) }, (_, index) =>
      createHash('sha1')
        .update(bytes().subarray(index * 65536, (index + 1) * 65536))
        .digest('hex'),
    );

  test.each([
    ['too few', short],
    ['no digest', short.replace('0'.repeat(40), '00')],
    ['none', short.replace(/<hash>.*<\/hash>/, '')],
  ])('%s: computed anew from a download, of the same type and length', async (_name, list) => {
    const before = document(['/metalink/tool-1.4.sif'], declared() + list);
    expect(await resolve(before)).toMatchObject({ needDownload: ['tool-1.4.sif'], text: before });
    const { file, applied, needDownload, report } = await resolve(before, { download: true });
    expect({ applied, needDownload }).toEqual({ applied: 1, needDownload: [] });
    expect(report).toContain(`${pieces().length} piece hashes of 66 kB each`);
    expect(file?.pieces).toMatchObject([{ type: 'sha-1', length: 65536, hashes: pieces(), complete: true }]);
  });

  test('a list that fits stays as it is', async () => {
    const list = `<pieces length="65536" type="sha-1">${pieces().map((hash) => `<hash>${hash}</hash>`).join('')}</pieces>`; // prettier-ignore
    expect(await resolve(document(['/metalink/tool-1.4.sif'], declared() + list))).toMatchObject({ edits: [], needDownload: [] });
  });
});

describe('several digests of one type', () => {
  const two = () => `<size>${tool().size}</size><hash type="sha-256">${'0'.repeat(64)}</hash><hash type="sha-256">${tool().sha256}</hash>`;

  test('the one that is told stays', async () => {
    const { hashes, file, report, applied, conflicts } = await resolve(document(['/metalink/tool-1.4.sif'], two()));
    expect({ applied, conflicts, count: file?.hashes.length }).toEqual({ applied: 1, conflicts: 0, count: 1 });
    expect(hashes).toEqual({ 'sha-256': tool().sha256 });
    expect(report).toContain(`of several sha-256 digests ${tool().sha256.slice(0, 12)}… stays, told by`);
  });

  test('both stay where nobody tells one of them', async () => {
    started.hub.misbehave(/SUMS|CHECK|sha|md5/, { kind: 'status', status: 404 });
    const before = document(['/mirror/a/tool-1.4.sif'], two());
    const { text, report } = await resolve(before);
    expect(text).toBe(before);
    expect(report).toContain('nobody tells which one is right');
  });
});

describe('what is refused', () => {
  test('sizes that differ', async () => {
    started.hub.misbehave('/mirror/b/tool-1.4.sif', { kind: 'short-file', size: 1000 });
    const before = document(['/mirror/a/tool-1.4.sif', '/mirror/b/tool-1.4.sif']);
    const { conflicts, text, report, applied } = await resolve(before);
    expect({ conflicts, text, applied }).toEqual({ conflicts: 1, text: before, applied: 0 });
    expect(report).toContain('the sources disagree');
    // Both are of one host: their addresses tell them apart.
    expect(report).toContain(`by ${started.hub.origin}/mirror/a/tool-1.4.sif, 1,000 by ${started.hub.origin}/mirror/b/tool-1.4.sif`);
  });

  test('digests that differ', async () => {
    const wrong = Buffer.alloc(32, 7).toString('base64');
    started.hub.misbehave('/mirror/b/tool-1.4.sif', { kind: 'headers', headers: { 'repr-digest': `sha-256=:${wrong}:` } });
    const { conflicts, report } = await resolve(document(['/metalink/tool-1.4.sif', '/mirror/b/tool-1.4.sif']));
    expect(conflicts).toBe(1);
    expect(report).toMatch(/sha-256: [0-9a-f]{12}… by .*, 0707.*… by /);
  });

  test('what the document itself declares', async () => {
    const { conflicts, report } = await resolve(document(['/metalink/tool-1.4.sif'], '<size>12</size>'));
    expect(conflicts).toBe(1);
    expect(report).toContain('the document');
  });

  test('downloaded bytes that are not what was told', async () => {
    started.hub.misbehave(/\/mirror\/a\/tool-1.4.sif.*(sha|SUMS|CHECK)/, { kind: 'status', status: 404 });
    started.hub.misbehave(/SUMS|CHECK|sha256|sha512|md5/, { kind: 'status', status: 404 });
    const weak = `<hash type="md5">${'0'.repeat(32)}</hash>`;
    const { hashes, text, needDownload } = await resolve(document(['/mirror/a/tool-1.4.sif'], weak), { download: true });
    expect(needDownload).toEqual(['tool-1.4.sif']);
    expect(hashes).toEqual({ md5: '0'.repeat(32) });
    expect(text).not.toContain('sha-256');
  });

  test.each([
    ['<metalink version="3.0" xmlns="http://www.metalinker.org/"><files><file name="a"/></files></metalink>', 'convert it first'],
    ['<html/>', 'no metalink'],
  ])('%s', async (text, message) => expect(resolve(text)).rejects.toThrow(message));
});

test('nothing is asked where nothing is missing', async () => {
  const asked = started.hub.requests.length;
  const inner = `<size>${tool().size}</size><hash type="sha-256">${tool().sha256}</hash>`;
  const { report, edits } = await resolve(document(['/metalink/tool-1.4.sif'], inner));
  expect(edits).toEqual([]);
  expect(report).toContain('nothing to fill in');
  expect(started.hub.requests.length).toBe(asked);
});

test('a dead mirror is named, the others are believed', async () => {
  started.hub.misbehave('/mirror/c/tool-1.4.sif', { kind: 'status', status: 404 });
  const { report, hashes } = await resolve(document(['/mirror/c/tool-1.4.sif', '/metalink/tool-1.4.sif']));
  expect(report).toContain('could not be asked');
  expect(hashes['sha-256']).toBe(tool().sha256);
});

test('only what is missing is written, everything else stays as it is', async () => {
  const before = document(['/metalink/tool-1.4.sif'], '\n    <!-- mine --><size>' + String(tool().size) + '</size>');
  const { text } = await resolve(before);
  expect(text.replace(/\s*<hash.*<\/hash>/, '')).toBe(before);
});

test('only the file that was asked for', async () => {
  const other = '<file name="other"><url>http://127.0.0.1:9/other</url></file></metalink>';
  const text = document(['/metalink/tool-1.4.sif']).replace('</metalink>', other);
  const { needDownload, report } = await resolve(text, { file: 'tool-1.4.sif' });
  expect(needDownload).toEqual([]);
  expect(report).not.toContain('other');
  expect((await resolve(text, { file: 'nothing' })).report).toContain('lists no file nothing');
});

test('a password in a URL is not told', async () => {
  const { report } = await resolve(document(['http://user:secret@127.0.0.1:9/tool.sif']));
  expect(report).toContain('127.0.0.1:9');
  expect(report).not.toContain('secret');
});
