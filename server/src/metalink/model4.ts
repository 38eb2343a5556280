import { findXmlSignatures } from './checks/xmlSignature';
import { dateFault } from './dates';
import type {
  Locate,
  MetalinkFile,
  MetalinkHash,
  MetalinkMetaurl,
  MetalinkModel,
  MetalinkPieces,
  MetalinkSignature,
  MetalinkUrl,
} from './metalinkModel';
import { isSafePath } from './paths';
import { childrenNamed } from './parse';
import { hashFunction, hashFunctionOfAlias } from './registries';
import { integerOf, isIri, isLowerHex, isMediaType, isPositiveInteger, isPriority, lowestPriority, schemeOf, trimSpace } from './values';
import { attributeOf } from './xml/tree';
import type { XmlDocument, XmlElement } from './xml/tree';
import { textOf } from './xml/value';

/** Reads a Metalink 4 document element. */
export function readMetalink4(document: XmlDocument, root: XmlElement, locate: Locate): MetalinkModel {
  const origin = childrenNamed(root, 'origin')[0];
  const originUrl = origin === undefined ? '' : trimSpace(textOf(document, origin));
  return {
    version: 4,
    generator: leafOf(document, root, 'generator'),
    origin:
      origin !== undefined && isIri(originUrl) ? { url: originUrl, dynamic: attributeOf(origin, 'dynamic')?.value === 'true' } : undefined,
    published: dateOf(document, root, 'published'),
    updated: dateOf(document, root, 'updated'),
    signed: findXmlSignatures(root).length > 0,
    files: childrenNamed(root, 'file').map((file) => readFile(document, file, locate)),
  };
}

/** Reads a `file` element of Metalink 4. */
export function readFile(document: XmlDocument, file: XmlElement, locate: Locate): MetalinkFile {
  const writtenName = attributeOf(file, 'name')?.value ?? '';
  const sizeElement = childrenNamed(file, 'size')[0];
  const size = sizeElement === undefined ? undefined : sizeOf(textOf(document, sizeElement));
  const publisher = childrenNamed(file, 'publisher')[0];
  const publisherName = publisher === undefined ? undefined : attributeOf(publisher, 'name')?.value;
  return {
    ...locate({ start: file.start, end: file.end }),
    name: isSafePath(writtenName) ? writtenName : undefined,
    writtenName,
    size,
    sizeLine: sizeElement === undefined ? undefined : locate({ start: sizeElement.start, end: sizeElement.end }).line,
    hashes: childrenNamed(file, 'hash').flatMap((hash) => readHash(document, hash, attributeOf(hash, 'type')?.value, locate)),
    pieces: childrenNamed(file, 'pieces').flatMap((pieces) => readPieces(document, pieces, childrenNamed(pieces, 'hash'), size, locate)),
    urls: childrenNamed(file, 'url').flatMap((url) => readUrl(document, url, locate)),
    metaurls: childrenNamed(file, 'metaurl').flatMap((metaurl) => readMetaurl(document, metaurl, locate)),
    signatures: childrenNamed(file, 'signature').flatMap((signature) => readSignature(document, signature, locate)),
    identity: leafOf(document, file, 'identity'),
    version: leafOf(document, file, 'version'),
    description: leafOf(document, file, 'description'),
    copyright: leafOf(document, file, 'copyright'),
    logo: leafOf(document, file, 'logo'),
    publisher:
      publisher === undefined || publisherName === undefined || publisherName === ''
        ? undefined
        : { name: publisherName, url: attributeOf(publisher, 'url')?.value },
    languages: childrenNamed(file, 'language').map((language) => trimSpace(textOf(document, language))),
    operatingSystems: childrenNamed(file, 'os').map((system) => trimSpace(textOf(document, system))),
  };
}

/** The text of the first child of that name, white space around it dropped; undefined when it is empty. */
export function leafOf(document: XmlDocument, parent: XmlElement, name: string): string | undefined {
  const child = childrenNamed(parent, name)[0];
  const value = child === undefined ? '' : trimSpace(textOf(document, child));
  return value === '' ? undefined : value;
}

/** Bytes; undefined when the value is none. */
export function sizeOf(value: string): bigint | undefined {
  return integerOf(trimSpace(value));
}

/** A usable hash, in a list of one; an empty list for a malformed one. */
export function readHash(document: XmlDocument, hash: XmlElement, typeName: string | undefined, locate: Locate): MetalinkHash[] {
  const type = hashName(typeName ?? '');
  const value = digestOf(document, hash, type);
  return type === '' || value === '' ? [] : [{ ...locate({ start: hash.start, end: hash.end }), type, value }];
}

/** Usable pieces, in a list of one. `hashes` are the elements in file order. */
export function readPieces(
  document: XmlDocument,
  pieces: XmlElement,
  hashes: readonly XmlElement[],
  size: bigint | undefined,
  locate: Locate,
): MetalinkPieces[] {
  const type = hashName(attributeOf(pieces, 'type')?.value ?? '');
  const written = trimSpace(attributeOf(pieces, 'length')?.value ?? '');
  const length = isPositiveInteger(written) ? Number(written) : 0;
  if (type === '' || length === 0 || !Number.isSafeInteger(length)) return [];
  const values = hashes.map((hash) => digestOf(document, hash, type));
  const expected = size === undefined ? undefined : (size + BigInt(length) - 1n) / BigInt(length);
  const complete = expected === BigInt(values.length) && values.every((value) => value !== '');
  return [{ ...locate({ start: pieces.start, end: pieces.end }), type, length, hashes: values, complete }];
}

function hashName(written: string): string {
  return hashFunctionOfAlias(written)?.name ?? trimSpace(written).toLowerCase();
}

/** Lower-case digest of the right length; empty when it is malformed. */
function digestOf(document: XmlDocument, hash: XmlElement, type: string): string {
  const digits = hashFunction(type)?.digits;
  const { openEnd, closeStart } = hash;
  if (hash.plain && closeStart - openEnd === digits && isLowerHex(document.text, openEnd, closeStart))
    return document.text.slice(openEnd, closeStart);
  const value = trimSpace(textOf(document, hash)).toLowerCase();
  const fits = digits === undefined ? value.length % 2 === 0 : value.length === digits;
  return fits && /^[0-9a-f]+$/.test(value) ? value : '';
}

function readUrl(document: XmlDocument, element: XmlElement, locate: Locate): MetalinkUrl[] {
  const url = trimSpace(textOf(document, element));
  const scheme = schemeOf(url);
  if (scheme === undefined || !isIri(url)) return [];
  const location = trimSpace(attributeOf(element, 'location')?.value ?? '').toLowerCase();
  return [
    {
      ...locate({ start: element.start, end: element.end }),
      url,
      scheme,
      priority: priorityOf(element),
      location: /^[a-z]{2}$/.test(location) ? location : undefined,
    },
  ];
}

function readMetaurl(document: XmlDocument, element: XmlElement, locate: Locate): MetalinkMetaurl[] {
  const url = trimSpace(textOf(document, element));
  const scheme = schemeOf(url);
  const mediatype = trimSpace(attributeOf(element, 'mediatype')?.value ?? '');
  if (scheme === undefined || !isIri(url) || !(mediatype === 'torrent' || isMediaType(mediatype))) return [];
  const name = attributeOf(element, 'name')?.value;
  return [
    {
      ...locate({ start: element.start, end: element.end }),
      url,
      scheme,
      priority: priorityOf(element),
      mediatype,
      name: name !== undefined && isSafePath(name) ? name : undefined,
    },
  ];
}

function priorityOf(element: XmlElement): number {
  const written = trimSpace(attributeOf(element, 'priority')?.value ?? '');
  return isPriority(written) ? Number(written) : lowestPriority;
}

function readSignature(document: XmlDocument, element: XmlElement, locate: Locate): MetalinkSignature[] {
  const mediatype = trimSpace(attributeOf(element, 'mediatype')?.value ?? '');
  const value = textOf(document, element).trim();
  return mediatype === '' || value === '' ? [] : [{ ...locate({ start: element.start, end: element.end }), mediatype, value }];
}

function dateOf(document: XmlDocument, root: XmlElement, name: string): string | undefined {
  const value = leafOf(document, root, name);
  return value !== undefined && dateFault(value) === undefined ? value : undefined;
}
