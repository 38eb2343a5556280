// The vocabulary of RFC 5854 as data: checks, completion, hover and the writer read it. Where the text and the informative grammar
// (Appendix B) differ, the text stands (section 1.3).

/** Namespace of Metalink 4 (RFC 5854, section 1.2). */
export const metalinkNamespace = 'urn:ietf:params:xml:ns:metalink';
/** Namespace of Metalink 3. */
export const metalink3Namespace = 'http://www.metalinker.org/';
/** XML signatures (section 7.1). */
export const signatureNamespace = 'http://www.w3.org/2000/09/xmldsig#';

/** What a value is made of. `text` is a Text construct (section 3.1): character data only. */
export type ValueKind =
  | 'text'
  | 'date'
  | 'iri'
  | 'iri-reference'
  | 'integer'
  | 'priority'
  | 'length'
  | 'agent'
  | 'language'
  | 'operating-system'
  | 'digest'
  | 'hash-type'
  | 'path'
  | 'country'
  | 'media-type'
  | 'metaurl-type'
  | 'boolean';

export interface AttributeDefinition {
  readonly name: string;
  readonly required: boolean;
  readonly value: ValueKind;
  /** Section of RFC 5854. */
  readonly section: string;
}

export interface ChildDefinition {
  readonly name: string;
  /** Fewest and most that may stand in one parent. */
  readonly least: 0 | 1;
  readonly most: 1 | undefined;
}

export interface ElementDefinition {
  readonly name: string;
  /** Section of RFC 5854. */
  readonly section: string;
  readonly parents: readonly string[];
  /** Kind of the character content; undefined where only elements, or nothing, may stand. */
  readonly content: ValueKind | undefined;
  /** A Text construct of section 3.1: child elements are forbidden outright. */
  readonly textConstruct: boolean;
  readonly attributes: readonly AttributeDefinition[];
  /** Allowed children in the order in which they are usually written; the order has no meaning. */
  readonly children: readonly ChildDefinition[];
  /** Elements of other namespaces are foreseen here (Appendix B). */
  readonly extensible: boolean;
  /** `xml:lang` says something here (section 2, "Language-Sensitive"). */
  readonly languageSensitive: boolean;
}

const required = (name: string, value: ValueKind, section: string): AttributeDefinition => ({ name, required: true, value, section });
const optional = (name: string, value: ValueKind, section: string): AttributeDefinition => ({ name, required: false, value, section });
const one = (name: string): ChildDefinition => ({ name, least: 0, most: 1 });
const many = (name: string): ChildDefinition => ({ name, least: 0, most: undefined });
const some = (name: string): ChildDefinition => ({ name, least: 1, most: undefined });

interface LeafOptions {
  readonly attributes?: readonly AttributeDefinition[];
  readonly textConstruct?: boolean;
  readonly languageSensitive?: boolean;
  readonly parents?: readonly string[];
}

function leaf(name: string, section: string, content: ValueKind | undefined, options: LeafOptions = {}): ElementDefinition {
  const { attributes = [], textConstruct = false, languageSensitive = false, parents = ['file'] } = options;
  return { name, section, parents, content, textConstruct, attributes, children: [], extensible: false, languageSensitive };
}

const definitions: readonly ElementDefinition[] = [
  {
    name: 'metalink',
    section: '4.1.1',
    parents: [],
    content: undefined,
    textConstruct: false,
    attributes: [],
    children: [one('generator'), one('origin'), one('published'), one('updated'), some('file')],
    extensible: true,
    languageSensitive: false,
  },
  {
    name: 'file',
    section: '4.1.2',
    parents: ['metalink'],
    content: undefined,
    textConstruct: false,
    attributes: [required('name', 'path', '4.1.2.1')],
    children: [
      ...[one('identity'), one('version'), one('description'), one('publisher'), one('copyright'), one('logo')],
      ...[many('language'), many('os'), one('size'), many('hash'), many('pieces'), many('signature'), many('url'), many('metaurl')],
    ],
    extensible: true,
    languageSensitive: false,
  },
  {
    name: 'pieces',
    section: '4.1.3',
    parents: ['file'],
    content: undefined,
    textConstruct: false,
    attributes: [required('length', 'length', '4.1.3.2'), required('type', 'hash-type', '4.1.3.3')],
    children: [some('hash')],
    extensible: false,
    languageSensitive: false,
  },
  leaf('copyright', '4.2.1', 'text', { textConstruct: true, languageSensitive: true }),
  leaf('description', '4.2.2', 'text', { textConstruct: true, languageSensitive: true }),
  leaf('generator', '4.2.3', 'agent', { textConstruct: true, parents: ['metalink'] }),
  leaf('hash', '4.2.4', 'digest', {
    textConstruct: true,
    parents: ['file', 'pieces'],
    attributes: [optional('type', 'hash-type', '4.2.4.1')],
  }),
  leaf('identity', '4.2.5', 'text', { textConstruct: true }),
  leaf('language', '4.2.6', 'language', { textConstruct: true }),
  leaf('logo', '4.2.7', 'iri-reference'),
  leaf('metaurl', '4.2.8', 'iri', {
    attributes: [
      required('mediatype', 'metaurl-type', '4.2.8.2'),
      optional('priority', 'priority', '4.2.8.1'),
      optional('name', 'path', '4.2.8.3'),
    ],
  }),
  leaf('origin', '4.2.9', 'iri', { parents: ['metalink'], attributes: [optional('dynamic', 'boolean', '4.2.9.1')] }),
  leaf('os', '4.2.10', 'operating-system', { textConstruct: true }),
  leaf('published', '4.2.11', 'date', { parents: ['metalink'] }),
  leaf('publisher', '4.2.12', undefined, {
    attributes: [required('name', 'text', '4.2.12.1'), optional('url', 'iri-reference', '4.2.12.2')],
  }),
  leaf('signature', '4.2.13', 'text', { textConstruct: true, attributes: [required('mediatype', 'media-type', '4.2.13.1')] }),
  leaf('size', '4.2.14', 'integer'),
  leaf('updated', '4.2.15', 'date', { parents: ['metalink'] }),
  leaf('url', '4.2.16', 'iri', { attributes: [optional('priority', 'priority', '4.2.16.1'), optional('location', 'country', '4.2.16.2')] }),
  leaf('version', '4.2.17', 'text', { textConstruct: true }),
];

/** The elements of Metalink 4 by local name. */
export const vocabulary: ReadonlyMap<string, ElementDefinition> = new Map(definitions.map((definition) => [definition.name, definition]));
