import type { CompletionItem } from 'vscode-languageserver-types';
import { completionKind, insertTextFormat } from '../text/kinds';
import { t } from '../text/l10n';
import type { TextRange } from '../text/range';
import { completeValue, priorityBehind } from './completionValues';
import type { ValueCandidate } from './completionValues';
import type { MetalinkContext } from './context';
import { definitionOf } from './definition';
import { attributeDocumentation, elementDocumentation } from './documentation';
import { elementTemplate, plainTemplate } from './elementTemplate';
import { placeAt } from './place';
import { metalinkNamespace, vocabulary } from './vocabulary';
import type { AttributeDefinition, ElementDefinition } from './vocabulary';
import { contentRange } from './xml/tree';
import type { XmlElement } from './xml/tree';
import type { CompletionOptions } from './completionOptions';

/** Elements that are allowed here and still missing, attributes that the element lacks, values by their kind, the end tag behind `</`. */
export function completeMetalink(context: MetalinkContext, offset: number, options: CompletionOptions): CompletionItem[] {
  const { parsed, source } = context;
  if (parsed.dialect === 'metalink3') return [];
  const ending = wordBefore(source.text, offset, /<\/[\w:.-]*$/);
  if (ending !== undefined) return endTagItems(context, ending);
  const place = placeAt(parsed, offset);
  switch (place.kind) {
    case 'name':
      if (place.range.start !== place.element.start + 1) return [];
      return elementItems(context, place.element.parent, { start: place.element.start, end: place.range.end }, place.element, options);
    case 'tag':
      return attributeItems(context, place.element, wordBefore(source.text, offset, /[\w:.-]*$/), undefined, options);
    case 'attribute-name':
      return attributeItems(context, place.element, place.attribute.nameRange, place.attribute.name, options);
    case 'attribute-value': {
      if (place.attribute.name === 'xmlns' && lacksNamespace(place.element))
        return valueItems(context, [{ value: metalinkNamespace }], place.attribute.valueRange);
      const definition = attributesOf(place.element).find((attribute) => attribute.name === place.attribute.name);
      return definition === undefined
        ? []
        : valueItems(context, completeValue(definition.value, place.element, context, options), place.attribute.valueRange);
    }
    case 'content':
      return contentItems(context, place.element, offset, options);
    case 'markup':
      return [];
  }
}

/** Between tags: the value of an element that holds one, else elements, whether or not their `<` is there. */
function contentItems(
  context: MetalinkContext,
  element: XmlElement | undefined,
  offset: number,
  options: CompletionOptions,
): CompletionItem[] {
  const { text } = context.source;
  const content = element && definitionOf(element)?.content;
  const open = wordBefore(text, offset, /<[\w:.-]*$/);
  if (open !== undefined) return elementItems(context, element, open, undefined, options);
  if (element !== undefined && content !== undefined)
    return element.children.length > 0
      ? []
      : valueItems(context, completeValue(content, element, context, options), trimmed(text, contentRange(element)));
  return elementItems(context, element, wordBefore(text, offset, /(?<![&\w:.-])[\w:.-]*$/), undefined, options);
}

/** `replaced` covers what was typed, the `<` included. */
function elementItems(
  context: MetalinkContext,
  parent: XmlElement | undefined,
  replaced: TextRange | undefined,
  typed: XmlElement | undefined,
  options: CompletionOptions,
): CompletionItem[] {
  const { source, parsed } = context;
  if (replaced === undefined) return [];
  const owner = parent ?? parsed.root;
  const prefix = owner === undefined || owner === typed || owner.prefix === '' ? '' : `${owner.prefix}:`;
  const range = source.rangeOf(replaced);
  const hasAngle = source.text[replaced.start] === '<';
  // A start tag that is complete already only gets another name.
  const onlyName = typed !== undefined && typed.openEnd > typed.nameEnd && source.text[typed.openEnd - 1] === '>';
  const priority = parent?.local === 'file' ? priorityBehind(parent.children.filter((child) => child !== typed)) : undefined;
  return allowedChildren(parsed.root, parent, typed).map(({ definition, need }, index) => {
    const name = `${prefix}${definition.name}`;
    const documentation = elementDocumentation(definition.name);
    const template = elementTemplate(definition, { name, prefix, parent: parent?.local, priority });
    return {
      label: name,
      kind: completionKind.property,
      filterText: hasAngle ? `<${name}` : name,
      sortText: String(index).padStart(3, '0'),
      ...(need !== undefined && { detail: need === 'required' ? t('required') : t('recommended') }),
      insertTextFormat: options.snippets && !onlyName ? insertTextFormat.snippet : insertTextFormat.plainText,
      textEdit: { range, newText: onlyName ? `<${name}` : options.snippets ? template : plainTemplate(template) },
      ...(documentation !== undefined && { documentation: { kind: 'markdown' as const, value: documentation } }),
    };
  });
}

/** Children that the vocabulary allows and that may come once more: required ones first, then those that should be there. */
function allowedChildren(
  root: XmlElement | undefined,
  parent: XmlElement | undefined,
  typed: XmlElement | undefined,
): { definition: ElementDefinition; need: 'required' | 'recommended' | undefined }[] {
  if (parent === undefined) {
    const metalink = vocabulary.get('metalink');
    return (root !== undefined && root !== typed) || metalink === undefined ? [] : [{ definition: metalink, need: 'required' }];
  }
  const children = definitionOf(parent)?.children ?? [];
  const counted = (name: string) =>
    parent.children.filter((child) => child !== typed && child.local === name && child.namespace === parent.namespace).length;
  return children
    .filter(({ name, most }) => most === undefined || counted(name) < most)
    .map(({ name, least }) => {
      if (least > counted(name) || (parent.local === 'file' && isSourceMissing(name, counted))) return { name, need: 'required' as const };
      return { name, need: counted(name) === 0 && recommended.has(`${parent.local} ${name}`) ? ('recommended' as const) : undefined };
    })
    .sort((a, b) => rank(a.need) - rank(b.need))
    .flatMap(({ name, need }) => {
      const definition = vocabulary.get(name);
      return definition === undefined ? [] : [{ definition, need }];
    });
}

/** Elements that should be there (RFC 5854, sections 4.1.1, 4.1.2, 7.4). */
const recommended: ReadonlySet<string> = new Set(['metalink origin', 'file size', 'file hash']);

function rank(need: 'required' | 'recommended' | undefined): number {
  return need === 'required' ? 0 : need === 'recommended' ? 1 : 2;
}

/** A file needs one `url` or `metaurl` (RFC 5854, section 4.1.2.2): of the two, `url` is offered as what is missing. */
function isSourceMissing(name: string, counted: (name: string) => number): boolean {
  return name === 'url' && counted('url') + counted('metaurl') === 0;
}

/** The document element in no namespace, or in one that is only begun: readers know its elements by nothing else. */
function lacksNamespace(element: XmlElement): boolean {
  return element.parent === undefined && element.name === 'metalink' && metalinkNamespace.startsWith(element.namespace);
}

function attributesOf(element: XmlElement): readonly AttributeDefinition[] {
  const definition = definitionOf(element);
  if (definition === undefined) return [];
  const own = element.local === 'hash' && element.parent?.local === 'pieces' ? [] : definition.attributes;
  return definition.languageSensitive ? [...own, { name: 'xml:lang', required: false, value: 'language', section: '2' }] : own;
}

function attributeItems(
  { source }: MetalinkContext,
  element: XmlElement,
  replaced: TextRange | undefined,
  own: string | undefined,
  { snippets }: CompletionOptions,
): CompletionItem[] {
  if (replaced === undefined) return [];
  // Right behind a value there is no room: `name="x"|`.
  const before = source.text[replaced.start - 1] ?? '';
  if (!/\s/.test(before)) return [];
  const present = new Set(element.attributes.map((attribute) => attribute.name).filter((name) => name !== own));
  const hasValue = source.text[replaced.end] === '=';
  const text = (name: string) => (hasValue ? name : snippets ? `${name}="$1"$0` : `${name}=""`);
  const namespace = `xmlns="${metalinkNamespace}"`;
  if (lacksNamespace(element) && !present.has('xmlns') && !hasValue)
    return [
      {
        label: 'xmlns',
        kind: completionKind.field,
        detail: t('required'),
        insertTextFormat: insertTextFormat.plainText,
        textEdit: { range: source.rangeOf(replaced), newText: namespace },
      },
    ];
  return attributesOf(element)
    .filter(({ name }) => !present.has(name))
    .map((definition, index) => {
      const documentation = attributeDocumentation(element.local, definition.name);
      const required = definition.required || (element.local === 'hash' && definition.name === 'type');
      return {
        label: definition.name,
        kind: completionKind.field,
        sortText: `${required ? '0' : '1'}${index}`,
        ...(required && { detail: t('required') }),
        insertTextFormat: snippets && !hasValue ? insertTextFormat.snippet : insertTextFormat.plainText,
        textEdit: { range: source.rangeOf(replaced), newText: text(definition.name) },
        ...(hasValue || !snippets ? {} : { command: { title: t('Suggest values'), command: 'editor.action.triggerSuggest' } }),
        ...(documentation !== undefined && { documentation: { kind: 'markdown' as const, value: documentation } }),
      };
    });
}

function valueItems({ source }: MetalinkContext, candidates: readonly ValueCandidate[], replaced: TextRange): CompletionItem[] {
  const range = source.rangeOf(replaced);
  // LSP asks for an edit on one line.
  if (range.start.line !== range.end.line) return [];
  return candidates.map(({ value, detail }, index) => ({
    label: value,
    kind: completionKind.value,
    sortText: String(index).padStart(4, '0'),
    // A country is found by its name too.
    filterText: detail === undefined ? value : `${value} ${detail}`,
    textEdit: { range, newText: value },
    ...(detail !== undefined && { detail }),
  }));
}

/** Behind `</`: the end tag of the innermost element that is open there. */
function endTagItems({ parsed, source }: MetalinkContext, typed: TextRange): CompletionItem[] {
  const place = placeAt(parsed, typed.start);
  if (place.kind !== 'content' || place.element === undefined) return [];
  const { name } = place.element;
  const end = source.text[typed.end] === '>' ? typed.end + 1 : typed.end;
  return [
    {
      label: `</${name}>`,
      kind: completionKind.property,
      filterText: `</${name}>`,
      textEdit: { range: source.rangeOf({ start: typed.start, end }), newText: `</${name}>` },
    },
  ];
}

/** What `pattern` finds right before the caret; names are not longer than what is looked at. */
function wordBefore(text: string, offset: number, pattern: RegExp): TextRange | undefined {
  const match = pattern.exec(text.slice(Math.max(0, offset - 100), offset));
  return match === null ? undefined : { start: offset - match[0].length, end: offset };
}

function trimmed(text: string, { start, end }: TextRange): TextRange {
  const content = text.slice(start, end);
  const lead = content.length - content.trimStart().length;
  return content.trim() === '' ? { start, end } : { start: start + lead, end: start + content.trimEnd().length };
}
