import type { Fix, OffsetEdit } from '../../text/finding';
import type { TextRange } from '../../text/range';
import { t } from '../../text/l10n';
import { convertMetalink } from '../convert';
import { childrenNamed } from '../parse';
import type { ParsedMetalink } from '../parse';
import { metalink3Namespace, metalinkNamespace } from '../vocabulary';
import { nameRange } from '../xml/tree';
import type { XmlDocument, XmlElement } from '../xml/tree';
import { escapeAttribute } from '../xml/value';
import { removeMarkup, setAttribute } from '../edits';
import { fixBy, fixWith, mostEditsOfOneFix } from './context';
import type { CheckContext } from './context';

/** M4-001: what the reader found, and what decoding the bytes found before it. */
export function checkWellFormed(context: CheckContext, parsed: ParsedMetalink): void {
  for (const { range, message, fixes, related } of parsed.document.problems) {
    context.report('M4-001', range, message, { ...(fixes === undefined ? {} : { fixes }), ...(related === undefined ? {} : { related }) });
  }
}

/** M4-004: a DOCTYPE is legal and useless, and entities are never expanded. */
export function checkDoctype(context: CheckContext): void {
  const { document } = context;
  for (const markup of document.markup) {
    if (markup.kind !== 'doctype') continue;
    const range = { start: markup.start, end: markup.end };
    const entities = document.text.slice(markup.start, markup.end).includes('<!ENTITY');
    const message = entities
      ? t(
          'RFC 5854 defines no DTD. The entities declared here are not expanded, and a document with a DOCTYPE is refused for downloads. Remove it.',
        )
      : t('RFC 5854 defines no DTD, so a DOCTYPE says nothing, and a document with one is refused for downloads. Remove it.');
    const written = entities ? writtenOut(document, range) : [];
    const title = written?.length === 0 ? t('Remove the DOCTYPE') : t('Remove the DOCTYPE and write out its entities');
    context.report('M4-004', range, message, {
      fixes: written === undefined ? [] : [fixWith(title, [removeMarkup(document, range), ...written], { safe: !entities })],
    });
  }
}

/** References to entities of the DOCTYPE, replaced by what they stand for; undefined where one stands for more than plain text. */
function writtenOut({ text, markup }: XmlDocument, doctype: TextRange): OffsetEdit[] | undefined {
  const values = new Map<string, string>();
  const declarations = /<!ENTITY[ \t\r\n]+([\w:.-]+)[ \t\r\n]+(?:"([^"%<&]*)"|'([^'%<&]*)')[ \t\r\n]*>/g;
  for (const [, name = '', quoted, apostrophed] of text.slice(doctype.start, doctype.end).matchAll(declarations))
    if (!values.has(name)) values.set(name, quoted ?? apostrophed ?? '');
  const edits: OffsetEdit[] = [];
  const passedOver = markup.filter(({ kind }) => kind !== 'doctype');
  let next = 0;
  for (const reference of text.slice(doctype.end).matchAll(/&(?!#|(?:amp|lt|gt|quot|apos);)([\w:.-]+);/g)) {
    const start = doctype.end + reference.index;
    while ((passedOver[next]?.end ?? Infinity) <= start) next++;
    if ((passedOver[next]?.start ?? Infinity) < start) continue;
    const value = values.get(reference[1] ?? '');
    if (value === undefined || edits.length === mostEditsOfOneFix) return undefined;
    edits.push({ range: { start, end: start + reference[0].length }, newText: escapeAttribute(value) });
  }
  return edits;
}

/** M4-005: `.meta4` is Metalink 4, `.metalink` is Metalink 3 (section 6.2). */
export function checkExtension(context: CheckContext, parsed: ParsedMetalink, fileName: string): void {
  const { root, dialect } = parsed;
  if (root === undefined) return;
  const extension = /\.(meta4|metalink)$/i.exec(fileName)?.[1]?.toLowerCase();
  if (extension === 'meta4' && dialect === 'metalink3') {
    context.report(
      'M4-005',
      nameRange(root),
      t('This is Metalink 3, but `.meta4` promises Metalink 4. Convert the document, or name it `.metalink`.'),
      { fixes: [{ ...renameTo('.metalink'), preferred: false }] },
    );
  } else if (extension === 'metalink' && dialect === 'metalink4') {
    context.report(
      'M4-005',
      nameRange(root),
      t('This is Metalink 4. Its extension is `.meta4`; readers of `.metalink` expect Metalink 3.'),
      { severity: 'hint', fixes: [renameTo('.meta4')] },
    );
  }
}

/** The conversion, the other way to mend it, is offered at the same place by M3-001. */
function renameTo(extension: string): Fix {
  return { title: t('Rename the file to end in `{0}`', extension), edits: [], extension, preferred: true };
}

/** M4-002: the document element decides what a document is. */
export function checkRoot(context: CheckContext, parsed: ParsedMetalink): void {
  const { root } = parsed;
  if (root === undefined) return;
  const range = nameRange(root);
  if (root.local !== 'metalink') {
    const message = t('The document element of a Metalink is `metalink` in the namespace `{0}`, not `{1}`.', metalinkNamespace, root.name);
    context.report('M4-002', range, message);
  } else if (looksLikeMetalink3(root)) reportMisspeltMetalink3(context, root, parsed);
  else {
    const message =
      root.namespace === ''
        ? t('`metalink` is in no namespace, so no reader knows its elements. Add `xmlns="{0}"`.', metalinkNamespace)
        : t(
            '`metalink` is in the namespace `{0}`, which readers of Metalink 4 do not know. It must be `{1}`.',
            root.namespace,
            metalinkNamespace,
          );
    context.report('M4-002', namespaceRange(root), message, { fixes: namespaceFix(root, metalinkNamespace) });
  }
}

/** `files` around the files is Metalink 3, whatever the namespace says: `https://www.metalinker.org/` is a usual misspelling. */
function looksLikeMetalink3(root: XmlElement): boolean {
  return childrenNamed(root, 'files').length > 0;
}

function reportMisspeltMetalink3(context: CheckContext, root: XmlElement, parsed: ParsedMetalink): void {
  const message =
    root.namespace === ''
      ? t('This has the structure of Metalink 3, but is in no namespace. Readers know only `{0}`.', metalink3Namespace)
      : t('This has the structure of Metalink 3, but its namespace is `{0}`. Readers know only `{1}`.', root.namespace, metalink3Namespace);
  const converted = convertMetalink(parsed);
  const whole = { start: 0, end: context.document.text.length };
  const conversion = converted.text === undefined ? [] : [fixBy(t('Convert to Metalink 4'), whole, converted.text)];
  const correction = namespaceFix(root, metalink3Namespace).map((fix) => ({ ...fix, preferred: false }));
  context.report('M4-002', namespaceRange(root), message, { fixes: [...conversion, ...correction] });
}

function namespaceRange(root: XmlElement): { readonly start: number; readonly end: number } {
  return declarationOf(root)?.valueRange ?? nameRange(root);
}

function namespaceFix(root: XmlElement, namespace: string): ReturnType<typeof fixWith>[] {
  const name = root.prefix === '' ? 'xmlns' : `xmlns:${root.prefix}`;
  return [fixWith(t('Set the namespace to `{0}`', namespace), [setAttribute(root, name, namespace)])];
}

function declarationOf(root: XmlElement): XmlElement['attributes'][number] | undefined {
  const name = root.prefix === '' ? 'xmlns' : `xmlns:${root.prefix}`;
  return root.attributes.find((attribute) => attribute.name === name && attribute.hasValue);
}
