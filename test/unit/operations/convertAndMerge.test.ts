import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { metalinkModel } from '../../../server/src/metalink/model';
import { parseMetalink } from '../../../server/src/metalink/parse';
import { convertMetalinkFile, convertMetalinkText } from '../../../server/src/operations/convertMetalink';
import { mergeMetalinkFiles, mergeMetalinkTexts } from '../../../server/src/operations/mergeMetalinks';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'convert-'));
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

const metalink3 = `<metalink version="3.0" xmlns="http://www.metalinker.org/"><license><name>MIT</name></license>
<files><file name="f"><size>5</size><resources><url type="http" preference="100">http://a.example.org/f</url></resources></file></files></metalink>`;
const digest = (digit: string) => digit.repeat(64);
const one = (name: string, inner: string) =>
  `<metalink xmlns="urn:ietf:params:xml:ns:metalink"><file name="${name}">${inner}</file></metalink>`;

describe('convert', () => {
  test('with a report by lines of what has no counterpart', () => {
    const { text, report } = convertMetalinkText(metalink3);
    expect(metalinkModel(parseMetalink(text)).files).toMatchObject([
      { name: 'f', size: 5n, urls: [{ url: 'http://a.example.org/f', priority: 1 }] },
    ]);
    expect(report.join('\n')).toMatch(/line 1: .*license/);
  });
  test('a file in UTF-16', async () => {
    const file = path.join(folder, 'a.metalink');
    fs.writeFileSync(file, Buffer.from(`\ufeff${metalink3}`, 'utf16le'));
    expect((await convertMetalinkFile(file)).text).toContain('<size>5</size>');
  });
  test.each([
    [one('f', '<url>http://a.example.org/f</url>'), 'Metalink 4 already'],
    ['<html/>', 'no Metalink 3'],
    ['', 'no Metalink 3'],
  ])('%s', (text, message) => expect(() => convertMetalinkText(text)).toThrow(message));
  test('a file that is not there', async () => expect(convertMetalinkFile(path.join(folder, 'none'))).rejects.toThrow('There is no file'));
});

describe('merge', () => {
  const hash = (digit: string) => `<hash type="sha-256">${digest(digit)}</hash>`;
  const first = one('f', `${hash('a')}<url priority="2">http://a.example.org/f</url>`);
  test('mirrors of the same file are joined in order', () => {
    const { text, report } = mergeMetalinkTexts([
      first,
      one('f', `${hash('a')}<size>5</size><url priority="1">http://b.example.org/f</url>`),
    ]);
    const [file] = metalinkModel(parseMetalink(text)).files;
    expect(file?.urls.map(({ url }) => url)).toEqual(['http://b.example.org/f', 'http://a.example.org/f']);
    expect(file?.size).toBe(5n);
    expect(report).toEqual([]);
  });
  test('a contradiction is told and not joined', () => {
    const { text, report } = mergeMetalinkTexts([first, one('f', `${hash('b')}<url>http://b.example.org/f</url>`)]);
    expect(text).not.toContain('http://b.example.org/f');
    expect(report.join()).toContain('different bytes');
  });
  test('three files at once, and Metalink 3 among them', () => {
    const { text } = mergeMetalinkTexts([first, one('g', '<url>http://g.example.org/</url>'), metalink3.replaceAll('"f"', '"h"')]);
    expect(metalinkModel(parseMetalink(text)).files.map(({ name }) => name)).toEqual(['f', 'g', 'h']);
  });
  test.each([[[first]], [[first, '<html/>']]])('what cannot be merged: %#', (texts) => expect(() => mergeMetalinkTexts(texts)).toThrow());
  test('files', async () => {
    const files = ['a.meta4', 'b.meta4'].map((name) => path.join(folder, name));
    for (const file of files) fs.writeFileSync(file, first);
    expect((await mergeMetalinkFiles(files[0] ?? '', files[1] ?? '')).report).toEqual([]);
  });
});
