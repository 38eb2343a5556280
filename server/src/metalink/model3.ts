import { repairDate } from './dates';
import { leafOf, readHash, readPieces, sizeOf } from './model4';
import type { Locate, MetalinkFile, MetalinkMetaurl, MetalinkModel, MetalinkSignature, MetalinkUrl } from './metalinkModel';
import { isSafePath } from './paths';
import { childrenNamed } from './parse';
import { operatingSystems } from './registries';
import { encodeIri, isIri, lowestPriority, schemeOf, suggestAgent, trimSpace } from './values';
import { attributeOf } from './xml/tree';
import type { XmlDocument, XmlElement } from './xml/tree';
import { textOf } from './xml/value';

/** Reads a Metalink 3 document element in the terms of Metalink 4 (the mapping: docs/metalink-3.md). */
export function readMetalink3(document: XmlDocument, root: XmlElement, locate: Locate): MetalinkModel {
  const origin = trimSpace(attributeOf(root, 'origin')?.value ?? '');
  return {
    version: 3,
    generator: suggestAgent(attributeOf(root, 'generator')?.value ?? ''),
    origin: isIri(origin) ? { url: origin, dynamic: attributeOf(root, 'type')?.value === 'dynamic' } : undefined,
    published: repairDate(attributeOf(root, 'pubdate')?.value ?? ''),
    updated: repairDate(attributeOf(root, 'refreshdate')?.value ?? ''),
    signed: false,
    files: filesOf(root).map((file) => readFile(document, file, root, locate)),
  };
}

/** The files of a Metalink 3 document. */
export function filesOf(root: XmlElement): XmlElement[] {
  return childrenNamed(root, 'files').flatMap((files) => childrenNamed(files, 'file'));
}

/** The `hash`, `pieces` and `signature` of a file stand in `verification`. */
export function verificationOf(file: XmlElement, name: string): XmlElement[] {
  return childrenNamed(file, 'verification').flatMap((verification) => childrenNamed(verification, name));
}

/** The `url`s of a file stand in `resources`. */
export function resourcesOf(file: XmlElement): XmlElement[] {
  return childrenNamed(file, 'resources').flatMap((resources) => childrenNamed(resources, 'url'));
}

/** Hash elements of a piece list in the order of their `piece` numbers; undefined when the numbers are not 0, 1, 2 …. */
export function orderedPieces(pieces: XmlElement): XmlElement[] | undefined {
  const ordered: XmlElement[] = [];
  const hashes = childrenNamed(pieces, 'hash');
  for (const hash of hashes) {
    const number = trimSpace(attributeOf(hash, 'piece')?.value ?? '');
    const index = /^\d{1,9}$/.test(number) ? Number(number) : -1;
    if (index < 0 || index >= hashes.length || ordered[index] !== undefined) return undefined;
    ordered[index] = hash;
  }
  return ordered;
}

/** How a Metalink 3 URL is fetched: as a mirror, by BitTorrent, or not at all. */
export function kindOfUrl(url: string, type: string | undefined): 'url' | 'torrent' | 'none' {
  const named = type?.trim().toLowerCase();
  const scheme = schemeOf(url);
  if (scheme === undefined || !isIri(url) || scheme === 'ed2k' || named === 'ed2k') return 'none';
  if (named === 'bittorrent' || named === 'magnet' || scheme === 'magnet' || /^[^?#]*\.torrent$/i.test(url)) return 'torrent';
  return 'url';
}

/** A preference of 0 to 100, 100 the best, as a priority: 101 minus it. Undefined when it is malformed or missing. */
export function priorityOfPreference(preference: string | undefined): number | undefined {
  const written = trimSpace(preference ?? '');
  return /^\d{1,6}$/.test(written) ? Math.max(1, 101 - Number(written)) : undefined;
}

/** The registered operating system that a Metalink 3 name such as `Linux-x86` means; undefined when there is none. */
export function registeredSystem(name: string): string | undefined {
  const upper = trimSpace(name).toUpperCase();
  if (operatingSystems.has(upper)) return upper;
  const family = upper.split('-')[0] ?? '';
  const known: Readonly<Record<string, string>> = {
    LINUX: 'LINUX',
    MACOSX: 'OSX',
    MACOS: 'MACOS',
    WINDOWS: 'WIN32',
    BSD: 'UNIX-BSD',
    SOLARIS: 'SUN',
  };
  return known[family] ?? (operatingSystems.has(family) ? family : undefined);
}

function readFile(document: XmlDocument, file: XmlElement, root: XmlElement, locate: Locate): MetalinkFile {
  const writtenName = attributeOf(file, 'name')?.value ?? '';
  const sizeElement = childrenNamed(file, 'size')[0];
  const size = sizeElement === undefined ? undefined : sizeOf(textOf(document, sizeElement));
  const inherited = (name: string): string | undefined => leafOf(document, file, name) ?? leafOf(document, root, name);
  const system = leafOf(document, file, 'os');
  const language = leafOf(document, file, 'language');
  return {
    ...locate({ start: file.start, end: file.end }),
    name: isSafePath(writtenName) ? writtenName : undefined,
    writtenName,
    size,
    sizeLine: sizeElement === undefined ? undefined : locate({ start: sizeElement.start, end: sizeElement.end }).line,
    hashes: verificationOf(file, 'hash').flatMap((hash) => readHash(document, hash, attributeOf(hash, 'type')?.value ?? 'sha-1', locate)),
    pieces: verificationOf(file, 'pieces').flatMap((pieces) => {
      const hashes = orderedPieces(pieces);
      return hashes === undefined ? [] : readPieces(document, pieces, hashes, size, locate);
    }),
    urls: resourcesOf(file).flatMap((url) => readUrl(document, url, locate)),
    metaurls: resourcesOf(file).flatMap((url) => readTorrent(document, url, locate)),
    signatures: verificationOf(file, 'signature').flatMap((signature) => readSignature(document, signature, locate)),
    identity: inherited('identity'),
    version: inherited('version'),
    description: inherited('description'),
    copyright: inherited('copyright'),
    logo: inherited('logo'),
    publisher: publisherOf(document, file) ?? publisherOf(document, root),
    languages: language === undefined ? [] : [language],
    operatingSystems: system === undefined ? [] : [registeredSystem(system) ?? system],
  };
}

function publisherOf(document: XmlDocument, parent: XmlElement): MetalinkFile['publisher'] {
  const publisher = childrenNamed(parent, 'publisher')[0];
  if (publisher === undefined) return undefined;
  const url = leafOf(document, publisher, 'url');
  const host = url === undefined ? undefined : /^[a-z][a-z0-9+.-]*:\/\/(?:[^/?#@]*@)?([^/?#]+)/i.exec(url)?.[1];
  const name = leafOf(document, publisher, 'name') ?? host;
  return name === undefined ? undefined : { name, url };
}

function readUrl(document: XmlDocument, element: XmlElement, locate: Locate): MetalinkUrl[] {
  const url = urlOf(document, element);
  if (kindOfUrl(url, attributeOf(element, 'type')?.value) !== 'url') return [];
  const location = trimSpace(attributeOf(element, 'location')?.value ?? '').toLowerCase();
  return [{ ...source(element, url, locate), location: /^[a-z]{2}$/.test(location) ? location : undefined }];
}

function readTorrent(document: XmlDocument, element: XmlElement, locate: Locate): MetalinkMetaurl[] {
  const url = urlOf(document, element);
  if (kindOfUrl(url, attributeOf(element, 'type')?.value) !== 'torrent') return [];
  return [{ ...source(element, url, locate), mediatype: 'torrent', name: undefined }];
}

/** The URL of an element, with what a URL cannot hold percent-encoded: readers of Metalink 3 were never strict about it. */
export function urlOf(document: XmlDocument, element: XmlElement): string {
  return encodeIri(trimSpace(textOf(document, element)));
}

function source(element: XmlElement, url: string, locate: Locate): Omit<MetalinkUrl, 'location'> {
  const priority = priorityOfPreference(attributeOf(element, 'preference')?.value) ?? lowestPriority;
  return { ...locate({ start: element.start, end: element.end }), url, scheme: schemeOf(url) ?? '', priority };
}

function readSignature(document: XmlDocument, element: XmlElement, locate: Locate): MetalinkSignature[] {
  const value = textOf(document, element).trim();
  const type = attributeOf(element, 'type')?.value.trim().toLowerCase() ?? 'pgp';
  const mediatype = type === 'pgp' ? 'application/pgp-signature' : type.includes('/') ? type : undefined;
  return value === '' || mediatype === undefined ? [] : [{ ...locate({ start: element.start, end: element.end }), mediatype, value }];
}
