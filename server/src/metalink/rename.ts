import type { Range, TextEdit } from 'vscode-languageserver-types';
import { t } from '../text/l10n';
import type { MetalinkContext } from './context';
import { isSafePath, suggestPath } from './paths';
import { placeAt } from './place';
import { childrenNamed } from './parse';
import { attributeOf } from './xml/tree';
import type { XmlAttribute, XmlElement } from './xml/tree';
import { escapeAttribute } from './xml/value';

/** The name of a file entry, when the caret is in it: what can be renamed. */
export function prepareRenameMetalink(context: MetalinkContext, offset: number): { range: Range; placeholder: string } | undefined {
  const attribute = fileNameAt(context, offset);
  return attribute && { range: context.source.rangeOf(attribute.valueRange), placeholder: attribute.value };
}

/** The edit that renames a file entry, or why the new name cannot be (unsafe path, taken by another entry); undefined off a name. */
export function renameMetalink(
  context: MetalinkContext,
  offset: number,
  newName: string,
): { edits: TextEdit[] } | { problem: string } | undefined {
  const attribute = fileNameAt(context, offset);
  if (attribute === undefined) return undefined;
  if (!isSafePath(newName)) {
    const suggestion = suggestPath(newName);
    return {
      problem:
        suggestion === undefined
          ? t('{0} is no safe relative path (M4-033).', newName)
          : t('{0} is no safe relative path (M4-033). {1} would be.', newName, suggestion),
    };
  }
  const { root } = context.parsed;
  const names = root === undefined ? [] : entriesOf(root).map((file) => attributeOf(file, 'name'));
  if (names.some((other) => other !== attribute && other?.value === newName))
    return { problem: t('Another file of this metalink is called {0} (M4-032).', newName) };
  return { edits: [{ range: context.source.rangeOf(attribute.valueRange), newText: escapeAttribute(newName).replaceAll("'", '&apos;') }] };
}

/** The file entries of either version. */
function entriesOf(root: XmlElement): XmlElement[] {
  return [root, ...childrenNamed(root, 'files')].flatMap((parent) => childrenNamed(parent, 'file'));
}

function fileNameAt({ parsed }: MetalinkContext, offset: number): XmlAttribute | undefined {
  const place = placeAt(parsed, offset);
  if (place.kind !== 'attribute-value' || place.element.local !== 'file' || place.attribute.name !== 'name') return undefined;
  if (place.element.namespace !== parsed.root?.namespace) return undefined;
  return place.attribute;
}
