import type { OffsetEdit } from '../text/finding';
import { endOfLine, indentOf, indentUnit, insertChild, qualified, removeElement } from './edits';
import type { MetalinkFile } from './metalinkModel';
import { childrenNamed } from './parse';
import type { ParsedMetalink } from './parse';
import { hashFunctionOfAlias } from './registries';
import { trimSpace } from './values';
import { attributeOf } from './xml/tree';
import type { XmlElement } from './xml/tree';
import { escapeAttribute, escapeText, textOf } from './xml/value';

/** What was found out about a file, to be written into an open document. What is undefined stays as it is. */
export interface ResolvedValues {
  /** Bytes. */
  readonly size?: bigint;
  /** Registered types; a hash of a type that is there gets the new digest. */
  readonly hashes?: readonly { readonly type: string; readonly value: string }[];
  /** A list of the same type is replaced. */
  readonly pieces?: readonly { readonly type: string; readonly length: number; readonly hashes: readonly string[] }[];
  /** Of several digests of one type this one is right: the others are taken away. */
  readonly settled?: readonly { readonly type: string; readonly value: string }[];
}

/**
 * Minimal edits that write `values` into the entry of `file`, a file of the model of `parsed` (Metalink 4): missing elements are put
 * where one usually finds them, present ones get another content. Indentation, line ends and prefix are the document's own. No edits
 * where nothing changes.
 */
export function resolveEdits(parsed: ParsedMetalink, file: MetalinkFile, values: ResolvedValues): OffsetEdit[] {
  const element = parsed.root?.children.find(({ start }) => start === file.range.start);
  if (parsed.dialect !== 'metalink4' || element === undefined) return [];
  const changes = new Changes(parsed, element);
  if (values.size !== undefined) changes.leaf('size', undefined, values.size.toString());
  for (const { type, value } of values.hashes ?? []) changes.leaf('hash', type, value);
  for (const list of values.pieces ?? []) changes.pieces(list);
  for (const { type, value } of values.settled ?? []) changes.settle(type, value);
  return changes.edits();
}

/** Elements that usually stand before the one to be inserted, nearest last. */
const before: Readonly<Record<string, readonly string[]>> = {
  size: ['identity', 'version', 'description', 'publisher', 'copyright', 'logo', 'language', 'os'],
  hash: ['identity', 'version', 'description', 'publisher', 'copyright', 'logo', 'language', 'os', 'size', 'hash'],
  pieces: ['identity', 'version', 'description', 'publisher', 'copyright', 'logo', 'language', 'os', 'size', 'hash', 'pieces'],
};

/** Collects edits; what goes to one place becomes one edit, in the order in which it was asked for. */
class Changes {
  private readonly replaced: OffsetEdit[] = [];
  private readonly inserted = new Map<XmlElement | undefined, string[]>();

  constructor(
    private readonly parsed: ParsedMetalink,
    private readonly file: XmlElement,
  ) {}

  leaf(name: 'size' | 'hash', type: string | undefined, value: string): void {
    const present = childrenNamed(this.file, name).find((child) => type === undefined || sameType(attributeOf(child, 'type')?.value, type));
    const attribute = type === undefined ? '' : ` type="${escapeAttribute(type)}"`;
    const tag = qualified(this.file, name);
    const text = `<${tag}${attribute}>${escapeText(value)}</${tag}>`;
    if (present === undefined) this.insert(name, [text]);
    else if (present.selfClosing) this.replaced.push({ range: { start: present.start, end: present.end }, newText: text });
    else this.setContent(present, value);
  }

  settle(type: string, value: string): void {
    const { document } = this.parsed;
    for (const hash of childrenNamed(this.file, 'hash')) {
      if (!sameType(attributeOf(hash, 'type')?.value, type) || trimSpace(textOf(document, hash)).toLowerCase() === value) continue;
      this.replaced.push(removeElement(document, hash));
    }
  }

  pieces({ type, length, hashes }: NonNullable<ResolvedValues['pieces']>[number]): void {
    const present = childrenNamed(this.file, 'pieces').find((child) => sameType(attributeOf(child, 'type')?.value, type));
    const tag = qualified(this.file, 'pieces');
    const hash = qualified(this.file, 'hash');
    const { document } = this.parsed;
    const unit = indentUnit(document);
    const lines = [
      `<${tag} length="${String(length)}" type="${escapeAttribute(type)}">`,
      ...hashes.map((value) => `${unit}<${hash}>${escapeText(value)}</${hash}>`),
      `</${tag}>`,
    ];
    if (present === undefined) {
      this.insert('pieces', lines);
      return;
    }
    const indent = indentOf(document.text, present.start);
    const newText = indent === undefined ? lines.map((line) => line.trimStart()).join('') : lines.join(endOfLine(document.text) + indent);
    const range = { start: present.start, end: present.end };
    if (document.text.slice(range.start, range.end) !== newText) this.replaced.push({ range, newText });
  }

  edits(): OffsetEdit[] {
    const { document } = this.parsed;
    const insertions = [...this.inserted].map(([after, lines]) => {
      const indented = indentOf(document.text, (after ?? this.file.children[0] ?? this.file).start) !== undefined;
      return insertChild(document, this.file, indented ? lines : lines.map((line) => line.trimStart()), after);
    });
    return [...this.replaced, ...insertions].sort((a, b) => a.range.start - b.range.start);
  }

  private insert(name: string, lines: string[]): void {
    const places = before[name] ?? [];
    const after = this.file.children.findLast((child) => child.namespace === this.file.namespace && places.includes(child.local));
    this.inserted.set(after, [...(this.inserted.get(after) ?? []), ...lines]);
  }

  private setContent(element: XmlElement, value: string): void {
    const range = { start: element.openEnd, end: element.closeStart };
    const newText = escapeText(value);
    if (this.parsed.document.text.slice(range.start, range.end) !== newText) this.replaced.push({ range, newText });
  }
}

function sameType(written: string | undefined, type: string): boolean {
  return written !== undefined && (written === type || hashFunctionOfAlias(written)?.name === type);
}
