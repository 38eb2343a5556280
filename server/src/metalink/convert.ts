import { t } from '../text/l10n';
import { extensionsOf } from './extensions';
import { metalinkModel } from './model';
import type { MetalinkFile, MetalinkModel } from './metalinkModel';
import { filesOf, kindOfUrl, orderedPieces, priorityOfPreference, registeredSystem, resourcesOf, urlOf, verificationOf } from './model3';
import { childrenNamed } from './parse';
import type { ParsedMetalink } from './parse';
import { hashFunctionOfAlias } from './registries';
import { trimSpace } from './values';
import { writeMetalink } from './write';
import type { FileEntry, MetalinkDocument } from './write';
import { attributeOf, nameRange } from './xml/tree';
import type { XmlDocument, XmlElement } from './xml/tree';
import { textOf } from './xml/value';
import type { TextRange } from '../text/range';

/** Something that Metalink 4 cannot say, or says otherwise. */
export interface ConversionNote {
  readonly kind: 'dropped' | 'changed';
  readonly message: string;
  readonly range: TextRange;
}

export interface Conversion {
  /** The Metalink 4 text; undefined when the document is no Metalink 3, or no file of it can be kept. */
  readonly text: string | undefined;
  readonly document: MetalinkDocument | undefined;
  readonly notes: readonly ConversionNote[];
}

/** Converts Metalink 3, also with a misspelt namespace (the mapping: docs/metalink-3.md). Notes say what was dropped or changed. */
export function convertMetalink(parsed: ParsedMetalink): Conversion {
  const { root, document } = parsed;
  if (root?.local !== 'metalink' || childrenNamed(root, 'files').length === 0) return { text: undefined, document: undefined, notes: [] };
  const model = metalinkModel({ ...parsed, dialect: 'metalink3' });
  const notes = createNotes();
  reportRoot(document, root, model, notes);
  const elements = filesOf(root);
  // Names, and the number that the last further file of each got.
  const taken = new Map<string, number>();
  const files = model.files.flatMap((file, index) => {
    const element = elements[index];
    return element === undefined ? [] : convertFile(document, file, element, notes).map((entry) => renamed(entry, element, taken, notes));
  });
  const converted: MetalinkDocument = {
    generator: model.generator,
    origin: model.origin,
    published: model.published,
    updated: model.updated,
    files,
  };
  return { text: converted.files.length === 0 ? undefined : writeMetalink(converted), document: converted, notes: notes.list };
}

/** The entry that says about a file what the model says. */
export function entryOf(file: MetalinkFile, name: string): FileEntry {
  return {
    name,
    identity: file.identity,
    version: file.version,
    description: file.description,
    publisher: file.publisher,
    copyright: file.copyright,
    logo: file.logo,
    languages: file.languages,
    operatingSystems: file.operatingSystems,
    size: file.size,
    hashes: file.hashes,
    pieces: file.pieces,
    signatures: file.signatures,
    urls: file.urls,
    metaurls: file.metaurls,
  };
}

interface Notes {
  dropped(element: XmlElement, message: string): void;
  changed(element: XmlElement, message: string): void;
  readonly list: ConversionNote[];
}

function createNotes(): Notes {
  const list: ConversionNote[] = [];
  return {
    list,
    dropped: (element, message) => void list.push({ kind: 'dropped', message, range: nameRange(element) }),
    changed: (element, message) => void list.push({ kind: 'changed', message, range: nameRange(element) }),
  };
}

/** Elements of Metalink 3 that Metalink 4 has no place for. */
export const withoutCounterpart: ReadonlySet<string> = new Set(
  'license tags changelog mimetype relations releasedate screenshot upgrade multimedia'.split(' '),
);

function reportRoot(document: XmlDocument, root: XmlElement, model: MetalinkModel, notes: Notes): void {
  const generator = attributeOf(root, 'generator')?.value;
  if (generator !== undefined && generator !== model.generator) {
    notes.changed(
      root,
      model.generator === undefined
        ? t('The generator `{0}` cannot be written as an agent; it is dropped.', generator)
        : t('The generator `{0}` becomes `{1}`.', generator, model.generator),
    );
  }
  for (const [name, value] of [
    ['pubdate', model.published],
    ['refreshdate', model.updated],
  ] as const) {
    // prettier-ignore
    const written = attributeOf(root, name)?.value;
    if (written !== undefined && value === undefined) notes.dropped(root, t('The date `{0}` is not readable; it is dropped.', written));
  }
  reportWithoutCounterpart(root, notes);
  reportInventedPublisher(document, root, notes);
  for (const element of extensionsOf(root))
    notes.dropped(element, t('`{0}` of another vocabulary stands under the root; it is dropped.', element.name));
}

function reportWithoutCounterpart(parent: XmlElement, notes: Notes): void {
  for (const child of parent.children) {
    if (child.namespace === parent.namespace && withoutCounterpart.has(child.local)) {
      notes.dropped(child, t('Metalink 4 has no `{0}`; it is dropped.', child.local));
    }
  }
}

function reportInventedPublisher(document: XmlDocument, parent: XmlElement, notes: Notes): void {
  for (const publisher of childrenNamed(parent, 'publisher')) {
    const name = childrenNamed(publisher, 'name')[0];
    if (name === undefined || trimSpace(textOf(document, name)) === '') {
      notes.changed(publisher, t('The publisher has no name; the host of its URL is taken.'));
    }
  }
}

function convertFile(document: XmlDocument, file: MetalinkFile, element: XmlElement, notes: Notes): FileEntry[] {
  if (file.name === undefined) {
    notes.dropped(element, t('The file `{0}` has no safe name; it is dropped.', file.writtenName));
    return [];
  }
  if (file.urls.length + file.metaurls.length === 0) {
    notes.dropped(element, t('The file `{0}` has no usable URL; it is dropped.', file.writtenName));
    return [];
  }
  reportWithoutCounterpart(element, notes);
  reportInventedPublisher(document, element, notes);
  reportSystem(document, element, notes);
  reportHashes(document, file, element, notes);
  reportUrls(document, element, notes);
  const extensions = extensionsOf(element);
  for (const { local } of extensions) notes.changed(element, t('`{0}` of another vocabulary is kept as an extension.', local));
  return [
    {
      ...entryOf(file, file.name),
      pieces: file.pieces.filter(({ hashes }) => !hashes.includes('')),
      extensions: extensions.map((extension) => extension.carry(document)),
    },
  ];
}

function reportSystem(document: XmlDocument, element: XmlElement, notes: Notes): void {
  for (const system of childrenNamed(element, 'os')) {
    const written = trimSpace(textOf(document, system));
    const registered = registeredSystem(written);
    if (registered === undefined) notes.changed(system, t('`{0}` has no registered name; it is kept as it is.', written));
    else if (registered !== written) notes.changed(system, t('The operating system `{0}` becomes `{1}`.', written, registered));
  }
}

function reportHashes(document: XmlDocument, file: MetalinkFile, element: XmlElement, notes: Notes): void {
  const kept = new Set(file.hashes.map(({ range }) => range.start));
  for (const hash of verificationOf(element, 'hash')) {
    const type = attributeOf(hash, 'type')?.value ?? 'sha1';
    if (!kept.has(hash.start))
      notes.dropped(hash, t('`{0}` is no {1} digest; it is dropped.', trimSpace(textOf(document, hash)).slice(0, 40), type));
    else if (hashFunctionOfAlias(type) === undefined)
      notes.changed(hash, t('`{0}` is no registered hash function; it is kept as it is.', type));
  }
  for (const pieces of verificationOf(element, 'pieces')) {
    const read = file.pieces.find(({ range }) => range.start === pieces.start);
    if (read === undefined || read.hashes.includes('')) notes.dropped(pieces, t('The pieces are not usable; they are dropped.'));
    else {
      const written = childrenNamed(pieces, 'hash');
      if (orderedPieces(pieces)?.some((hash, index) => hash !== written[index]) === true)
        notes.changed(pieces, t('The pieces are put into the order of their numbers.'));
    }
  }
  for (const signature of verificationOf(element, 'signature')) {
    if (!file.signatures.some(({ range }) => range.start === signature.start))
      notes.dropped(signature, t('The signature is empty or of an unknown type; it is dropped.'));
  }
}

function reportUrls(document: XmlDocument, element: XmlElement, notes: Notes): void {
  for (const url of resourcesOf(element)) {
    const value = urlOf(document, url);
    if (value !== trimSpace(textOf(document, url))) notes.changed(url, t('Characters that a URL cannot hold are percent-encoded.'));
    const type = attributeOf(url, 'type')?.value;
    const kind = kindOfUrl(value, type);
    if (kind === 'none') notes.dropped(url, t('`{0}` is no URL that Metalink 4 can hold; it is dropped.', value.slice(0, 80)));
    else if (kind === 'torrent' && attributeOf(url, 'location') !== undefined)
      notes.dropped(url, t('A `metaurl` has no location; it is dropped.'));
    else if (kind === 'url' && type !== undefined && !value.toLowerCase().startsWith(`${type.toLowerCase()}:`)) {
      notes.changed(url, t('The type `{0}` does not fit the URL; the URL counts.', type));
    }
    if (attributeOf(url, 'maxconnections') !== undefined) notes.dropped(url, t('`maxconnections` has no counterpart; it is dropped.'));
    const preference = attributeOf(url, 'preference')?.value;
    if (preference !== undefined && priorityOfPreference(preference) === undefined)
      notes.dropped(url, t('The preference `{0}` is not readable; it is dropped.', preference));
  }
}

/** Names are unique in Metalink 4: a second file of a name gets a number. */
function renamed(file: FileEntry, element: XmlElement, taken: Map<string, number>, notes: Notes): FileEntry {
  let name = file.name;
  let number = taken.get(name) ?? 1;
  while (taken.has(name)) name = file.name.replace(/(\.[^./]*)?$/, `-${String(++number)}$1`);
  taken.set(file.name, number);
  taken.set(name, taken.get(name) ?? 1);
  if (name === file.name) return file;
  notes.changed(element, t('The second file `{0}` becomes `{1}`.', file.name, name));
  return { ...file, name };
}
