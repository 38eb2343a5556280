import { XMLBuilder } from 'fast-xml-parser';
import { metalinkNamespace } from './vocabulary';
import { lowestPriority } from './values';
import { escapeAttribute, escapeText } from './xml/value';

/** A foreign element that is carried along. */
export interface ExtensionElement {
  /** Name with prefix; its declaration is among the attributes. */
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly content: readonly (ExtensionElement | string)[];
}

/** One `file` to be written. Values are plain text: escaping is the writer's work. */
export interface FileEntry {
  /** A safe relative path, `/` between folders. */
  readonly name: string;
  readonly identity?: string | undefined;
  readonly version?: string | undefined;
  readonly description?: string | undefined;
  readonly publisher?: { readonly name: string; readonly url?: string | undefined } | undefined;
  readonly copyright?: string | undefined;
  readonly logo?: string | undefined;
  readonly languages?: readonly string[];
  readonly operatingSystems?: readonly string[];
  /** Bytes. */
  readonly size?: bigint | number | undefined;
  readonly hashes?: readonly { readonly type: string; readonly value: string }[];
  readonly pieces?: readonly { readonly type: string; readonly length: number; readonly hashes: readonly string[] }[];
  readonly signatures?: readonly { readonly mediatype: string; readonly value: string }[];
  /** Without priority, or with 999999, none is written. */
  readonly urls?: readonly { readonly url: string; readonly priority?: number | undefined; readonly location?: string | undefined }[];
  readonly metaurls?: readonly {
    readonly url: string;
    readonly mediatype: string;
    readonly priority?: number | undefined;
    readonly name?: string | undefined;
  }[];
  readonly extensions?: readonly ExtensionElement[];
}

/** A Metalink 4 document to be written. */
export interface MetalinkDocument {
  /** `name/version` (RFC 5854, section 4.2.3). */
  readonly generator?: string | undefined;
  readonly origin?: { readonly url: string; readonly dynamic?: boolean } | undefined;
  /** RFC 3339. */
  readonly published?: string | undefined;
  readonly updated?: string | undefined;
  readonly files: readonly FileEntry[];
}

/** The text of a Metalink 4 document, two spaces a level, LF, UTF-8 declared. Values are written as they are: check the result. */
export function writeMetalink(document: MetalinkDocument): string {
  const { generator, origin, published, updated, files } = document;
  const root = node('metalink', { xmlns: metalinkNamespace }, [
    ...leaf('generator', generator),
    ...(origin === undefined ? [] : [node('origin', origin.dynamic === true ? { dynamic: 'true' } : {}, [text(origin.url)])]),
    ...leaf('published', published),
    ...leaf('updated', updated),
    ...files.map(fileNode),
  ]);
  return `<?xml version="1.0" encoding="UTF-8"?>\n${builder.build([root]).trim()}\n`;
}

// fast-xml-parser's ordered form: an element is { name: children, ':@': attributes }, text is { '#text': value }. Values are escaped
// before they get there, because the builder leaves control of white space and `>` to others.
type Attributes = Readonly<Record<string, string>>;
type OrderedNode = Readonly<Record<string, unknown>>;

// eslint-disable-next-line @typescript-eslint/no-deprecated -- fast-xml-parser is the agreed library; the successor's name holds the same code.
const builder = new XMLBuilder({
  preserveOrder: true,
  format: true,
  indentBy: '  ',
  ignoreAttributes: false,
  attributeNamePrefix: '',
  processEntities: false,
  suppressEmptyNode: true,
  suppressBooleanAttributes: false,
});

function node(name: string, attributes: Attributes, children: readonly OrderedNode[]): OrderedNode {
  const escaped = Object.fromEntries(Object.entries(attributes).map(([key, value]) => [key, escapeAttribute(legal(value))]));
  return { [name]: children, ':@': escaped };
}

function text(value: string): OrderedNode {
  return { '#text': escapeText(legal(value)).replace(/\r/g, '&#13;') };
}

function leaf(name: string, value: string | undefined): OrderedNode[] {
  return value === undefined || value === '' ? [] : [node(name, {}, [text(value)])];
}

function fileNode(file: FileEntry): OrderedNode {
  const { publisher } = file;
  return node('file', { name: file.name }, [
    ...leaf('identity', file.identity),
    ...leaf('version', file.version),
    ...leaf('description', file.description),
    ...(publisher === undefined ? [] : [node('publisher', given({ name: publisher.name, url: publisher.url }), [])]),
    ...leaf('copyright', file.copyright),
    ...leaf('logo', file.logo),
    ...(file.languages ?? []).flatMap((language) => leaf('language', language)),
    ...(file.operatingSystems ?? []).flatMap((system) => leaf('os', system)),
    ...leaf('size', file.size?.toString()),
    ...(file.hashes ?? []).map(({ type, value }) => node('hash', { type }, [text(value)])),
    ...(file.pieces ?? []).map(({ type, length, hashes }) => node('pieces', { length: String(length), type }, hashes.map((hash) => node('hash', {}, [text(hash)])))), // prettier-ignore
    ...(file.signatures ?? []).map(({ mediatype, value }) => node('signature', { mediatype }, [text(value)])),
    ...(file.urls ?? []).map(({ url, priority, location }) =>
      node('url', given({ priority: priorityText(priority), location }), [text(url)]),
    ),
    ...(file.metaurls ?? []).map(({ url, mediatype, priority, name }) => node('metaurl', given({ mediatype, priority: priorityText(priority), name }), [text(url)])), // prettier-ignore
    ...(file.extensions ?? []).map(extensionNode),
  ]);
}

function extensionNode(extension: ExtensionElement): OrderedNode {
  const children = extension.content.map((part) => (typeof part === 'string' ? text(part) : extensionNode(part)));
  return node(extension.name, extension.attributes, children);
}

function priorityText(priority: number | undefined): string | undefined {
  return priority === undefined || priority === lowestPriority ? undefined : String(priority);
}

function given(attributes: Readonly<Record<string, string | undefined>>): Attributes {
  return Object.fromEntries(Object.entries(attributes).filter((entry): entry is [string, string] => entry[1] !== undefined));
}

/** Without the characters that XML 1.0 cannot hold in any spelling. */
function legal(value: string): string {
  return value.replace(
    /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g,
    '',
  );
}
