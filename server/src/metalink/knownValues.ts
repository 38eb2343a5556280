import type { MetalinkContext } from './context';
import { childrenNamed } from './parse';
import { trimSpace, userinfoOf } from './values';
import { attributeOf } from './xml/tree';
import type { XmlDocument, XmlElement } from './xml/tree';
import { textOf } from './xml/value';

// What the rest of a document tells about a value that is not there yet.

/** Values are few in a document that people write; one with thousands of files was made by a program. */
const mostValues = 20;

/** What elements of that name hold in the other files, or their attribute; the first ones, each once. */
export function valuesElsewhere({ parsed }: MetalinkContext, element: XmlElement, attribute?: string): string[] {
  const { root, document } = parsed;
  const found = new Set<string>();
  for (const file of root?.children ?? []) {
    for (const other of file.children) {
      if (other === element || other.local !== element.local || other.namespace !== element.namespace) continue;
      const value = attribute === undefined ? textOf(document, other) : (attributeOf(other, attribute)?.value ?? '');
      if (trimSpace(value) !== '' && !/[\r\n]/.test(value)) found.add(trimSpace(value));
    }
    if (found.size >= mostValues) break;
  }
  return [...found].slice(0, mostValues);
}

/** What siblings of the same name hold, or their attribute: values that need not be offered again. */
export function valuesBeside({ parsed }: MetalinkContext, element: XmlElement, attribute?: string): ReadonlySet<string> {
  const siblings = element.parent === undefined ? [] : childrenNamed(element.parent, element.local);
  return new Set(
    siblings
      .filter((other) => other !== element)
      .map((other) => trimSpace(attribute === undefined ? textOf(parsed.document, other) : (attributeOf(other, attribute)?.value ?? ''))),
  );
}

/** Name and version out of the file's name: `tool` and `1.4` of `images/tool-1.4.sif`. */
export function partsOfName(file: XmlElement | undefined): { readonly identity?: string; readonly version?: string } {
  const name = file === undefined ? '' : (attributeOf(file, 'name')?.value ?? '');
  const last = name.slice(name.lastIndexOf('/') + 1, name.lastIndexOf('/') + 1 + 255);
  const [, identity, version] = /^([A-Za-z].*?)[-_]v?(\d.*?)(?:\.[A-Za-z][A-Za-z0-9]*)?$/.exec(last) ?? [];
  return { ...(identity !== undefined && { identity }), ...(version !== undefined && { version }) };
}

/** Where a document most likely is published: beside the file that it describes, under its own name. Undefined where nothing tells. */
export function likelyOrigin(document: XmlDocument, root: XmlElement | undefined, fileName: string | undefined): string | undefined {
  const [file] = root === undefined ? [] : childrenNamed(root, 'file');
  const [first] = file === undefined ? [] : childrenNamed(file, 'url').map((url) => trimSpace(textOf(document, url)));
  const name = fileName?.split(/[/\\]/).at(-1);
  if (first === undefined || name === undefined || !/^https?:/i.test(first) || userinfoOf(first) !== undefined) return undefined;
  if (!URL.canParse(name, first)) return undefined;
  const origin = new URL(name, first);
  origin.search = '';
  return origin.href;
}
