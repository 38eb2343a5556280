import fs from 'node:fs';
import path from 'node:path';
import type { TextEdit } from 'vscode-languageserver-types';
import type { MetalinkContext } from '../../../server/src/metalink/context';
import { checkMetalink } from '../../../server/src/metalink/diagnostics';
import { parseMetalink } from '../../../server/src/metalink/parse';
import { decodeXml } from '../../../server/src/metalink/xml/decode';
import { createSourceText } from '../../../server/src/text/sourceText';
import { corpus } from '../corpus';
import { metalinkRows } from '../metalink/corpusIndex';

export function contextOf(text: string): MetalinkContext {
  return { source: createSourceText(text), parsed: parseMetalink(text), options: {} };
}

/** A text with its cursor `|` taken out. */
export function withCursor(marked: string): { text: string; offset: number } {
  const offset = marked.indexOf('|');
  if (offset < 0) throw new Error(`no cursor in ${marked}`);
  return { text: marked.slice(0, offset) + marked.slice(offset + 1), offset };
}

/** A Metalink 4 document around `inner`, on one line. */
export function meta4(inner: string): string {
  return `<metalink xmlns="urn:ietf:params:xml:ns:metalink">${inner}</metalink>`;
}

/** The same around the content of a file called `f`. */
export function inFile(inner: string): string {
  return meta4(`<file name="f">${inner}</file>`);
}

/** What `inFile` and `meta4` put around is taken away again, so that tables stay readable. */
export function inner(text: string): string {
  return text
    .replace(/^<metalink xmlns="urn:ietf:params:xml:ns:metalink">/, '')
    .replace(/<\/metalink>$/, '')
    .replace(/^<file name="f">(.*)<\/file>$/s, '$1');
}

export function applyEdits({ source }: MetalinkContext, edits: readonly TextEdit[]): string {
  return edits
    .map(({ range, newText }) => ({ start: source.offsetAt(range.start), end: source.offsetAt(range.end), newText }))
    .sort((a, b) => b.start - a.start || b.end - a.end)
    .reduce((text, { start, end, newText }) => text.slice(0, start) + newText + text.slice(end), source.text);
}

export function errorsOf(text: string): string[] {
  return checkMetalink(createSourceText(text), parseMetalink(text))
    .filter(({ severity }) => severity === 'error' || severity === 'warning')
    .map(({ code, message }) => `${code} ${message}`);
}

/** Texts of the corpus up to a size in bytes; without a corpus there are none. */
export function corpusTexts(limit = 20_000): { name: string; text: string }[] {
  const folder = corpus('metalink');
  if (folder === undefined) return [];
  return metalinkRows(folder)
    .map(({ file }) => file)
    .filter((file) => fs.statSync(path.join(folder, file)).size < limit)
    .map((name) => ({ name, text: decodeXml(fs.readFileSync(path.join(folder, name))).text }));
}

export const sample = `<?xml version="1.0" encoding="UTF-8"?>
<!-- two
     lines -->
<metalink xmlns="urn:ietf:params:xml:ns:metalink">
  <generator>container-metalink/1.0</generator>
  <origin dynamic="true">https://example.org/tool.meta4</origin>
  <published>2026-05-01T12:15:02Z</published>
  <file name="images/tool-1.4.sif">
    <identity>tool</identity>
    <version>1.4</version>
    <publisher name="Lab" url="https://lab.example.org/"/>
    <logo>https://lab.example.org/logo.png</logo>
    <language>en</language>
    <os>LINUX</os>
    <size>2621440</size>
    <hash type="sha-256">9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08</hash>
    <pieces length="1048576" type="sha-256">
      <hash>9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08</hash>
      <hash>9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08</hash>
      <hash>9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08</hash>
    </pieces>
    <signature mediatype="application/pgp-signature">-----BEGIN PGP SIGNATURE-----

abc=
-----END PGP SIGNATURE-----</signature>
    <url priority="1" location="de">https://a.example.org/tool-1.4.sif</url>
    <url priority="2">https://user:secret@b.example.org/tool-1.4.sif</url>
    <metaurl mediatype="torrent" priority="3">https://example.org/tool.torrent</metaurl>
  </file>
</metalink>
`;
