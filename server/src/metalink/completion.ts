import type { CompletionItem } from 'vscode-languageserver-types';
import { completionKind, insertTextFormat } from '../text/kinds';
import { t } from '../text/l10n';
import type { TextRange } from '../text/range';
import { completeValue } from './completionValues';
import type { ValueCandidate } from './completionValues';
import type { MetalinkContext } from './context';
import { attributeDocumentation, elementDocumentation } from './documentation';
import { placeAt } from './place';
import { metalinkNamespace, vocabulary } from './vocabulary';
import type { ElementDefinition } from './vocabulary';
import { contentRange } from './xml/tree';
import type { XmlElement } from './xml/tree';

/** What completion depends on besides the document. */
export interface CompletionOptions {
  /** Milliseconds since the epoch, for dates. */
  readonly now: number;
  /** `container-metalink/0.1.0`. */
  readonly generator: string;
}

/** Elements that are allowed here and still missing, attributes that the element lacks, values by their kind. */
export function completeMetalink(context: MetalinkContext, offset: number, options: CompletionOptions): CompletionItem[] {
  const { parsed, source } = context;
  const place = placeAt(parsed, offset);
  switch (place.kind) {
    case 'name': {
      // In an end tag there is one name that fits, and linked editing sees to it.
      if (place.range.start !== place.element.start + 1) return [];
      return elementItems(context, place.element.parent, { start: place.element.start, end: place.range.end }, place.element);
    }
    case 'tag':
    case 'attribute-name':
      return attributeItems(
        context,
        place.element,
        place.kind === 'attribute-name' ? place.attribute.nameRange : wordBefore(source.text, offset),
        place.kind === 'attribute-name' ? place.attribute.name : undefined,
      );
    case 'attribute-value': {
      const definition = vocabulary.get(place.element.local)?.attributes.find((attribute) => attribute.name === place.attribute.name);
      return definition === undefined
        ? []
        : valueItems(context, completeValue(definition.value, place.element, context, options), place.attribute.valueRange);
    }
    case 'content': {
      const { element } = place;
      const open = openAngle(source.text, offset);
      const content = element && vocabulary.get(element.local)?.content;
      if (open === undefined && element !== undefined && content !== undefined && element.children.length === 0) {
        return valueItems(context, completeValue(content, element, context, options), trimmed(source.text, contentRange(element)));
      }
      return elementItems(context, element, open ?? { start: offset, end: offset }, undefined);
    }
  }
}

/** `replaced` covers what was typed from `<` on. */
function elementItems(
  context: MetalinkContext,
  parent: XmlElement | undefined,
  replaced: TextRange,
  typed: XmlElement | undefined,
): CompletionItem[] {
  const { source, parsed } = context;
  const prefix = parsed.root !== undefined && parsed.root.prefix !== '' ? `${parsed.root.prefix}:` : '';
  const range = source.rangeOf(replaced);
  const closesItself = typed?.closed === true && typed.openEnd > replaced.end;
  return allowedChildren(parsed.root, parent, typed).map((definition, index) => {
    const name = `${prefix}${definition.name}`;
    const documentation = elementDocumentation(definition.name);
    return {
      label: name,
      kind: completionKind.property,
      filterText: `<${name}`,
      sortText: String(index).padStart(3, '0'),
      insertTextFormat: insertTextFormat.snippet,
      textEdit: { range, newText: closesItself ? `<${name}` : elementSnippet(definition, name, prefix, parent === undefined) },
      ...(documentation !== undefined && { documentation: { kind: 'markdown' as const, value: documentation } }),
    };
  });
}

/** Children that the vocabulary allows and that may come once more, required ones first. */
function allowedChildren(root: XmlElement | undefined, parent: XmlElement | undefined, typed: XmlElement | undefined): ElementDefinition[] {
  if (parent === undefined) {
    const metalink = vocabulary.get('metalink');
    return root !== undefined && root !== typed ? [] : metalink ? [metalink] : [];
  }
  const children = vocabulary.get(parent.local)?.children ?? [];
  const counted = (name: string) => parent.children.filter((child) => child !== typed && child.local === name).length;
  return children
    .filter(({ name, most }) => most === undefined || counted(name) < most)
    .sort((a, b) => Number(b.least > counted(b.name)) - Number(a.least > counted(a.name)))
    .flatMap(({ name }) => vocabulary.get(name) ?? []);
}

function elementSnippet(definition: ElementDefinition, name: string, prefix: string, isRoot: boolean): string {
  if (isRoot) return `<${name} xmlns${prefix === '' ? '' : `:${prefix.slice(0, -1)}`}="${metalinkNamespace}">\n  $0\n</${name}>`;
  let stop = 0;
  const attributes = definition.attributes
    .filter(({ required, name: attribute }) => required || (definition.name === 'hash' && attribute === 'type'))
    .map(
      (attribute) =>
        ` ${attribute.name}="\${${++stop}${attribute.value === 'hash-type' ? ':sha-256' : attribute.value === 'media-type' ? ':application/pgp-signature' : ''}}"`,
    )
    .join('');
  if (definition.content !== undefined) return `<${name}${attributes}>\${${++stop}}</${name}>$0`;
  if (definition.children.length === 0) return `<${name}${attributes}/>$0`;
  return `<${name}${attributes}>\n  $0\n</${name}>`;
}

function attributeItems({ source }: MetalinkContext, element: XmlElement, replaced: TextRange, own: string | undefined): CompletionItem[] {
  const present = new Set(element.attributes.map((attribute) => attribute.name).filter((name) => name !== own));
  const definitions = vocabulary.get(element.local)?.attributes ?? [];
  const insidePieces = element.local === 'hash' && element.parent?.local === 'pieces';
  const hasValue = source.text[replaced.end] === '=';
  return definitions
    .filter(({ name }) => !present.has(name) && !(insidePieces && name === 'type'))
    .map((definition, index) => {
      const documentation = attributeDocumentation(element.local, definition.name);
      return {
        label: definition.name,
        kind: completionKind.field,
        sortText: `${definition.required ? '0' : '1'}${index}`,
        ...(definition.required && { detail: t('required') }),
        insertTextFormat: insertTextFormat.snippet,
        textEdit: { range: source.rangeOf(replaced), newText: hasValue ? definition.name : `${definition.name}="$1"$0` },
        ...(hasValue ? {} : { command: { title: '', command: 'editor.action.triggerSuggest' } }),
        ...(documentation !== undefined && { documentation: { kind: 'markdown' as const, value: documentation } }),
      };
    });
}

function valueItems({ source }: MetalinkContext, candidates: readonly ValueCandidate[], replaced: TextRange): CompletionItem[] {
  const range = source.rangeOf(replaced);
  return candidates.map(({ value, detail }, index) => ({
    label: value,
    kind: completionKind.value,
    sortText: String(index).padStart(4, '0'),
    textEdit: { range, newText: value },
    ...(detail !== undefined && { detail }),
  }));
}

/** From a `<` just before the caret, with the name that was begun. */
function openAngle(text: string, offset: number): TextRange | undefined {
  const match = /<[\w:.-]*$/.exec(text.slice(Math.max(0, offset - 100), offset));
  return match === null ? undefined : { start: offset - match[0].length, end: offset };
}

function wordBefore(text: string, offset: number): TextRange {
  const match = /[\w:.-]*$/.exec(text.slice(Math.max(0, offset - 100), offset));
  return { start: offset - (match?.[0].length ?? 0), end: offset };
}

function trimmed(text: string, { start, end }: TextRange): TextRange {
  const content = text.slice(start, end);
  const lead = content.length - content.trimStart().length;
  return content.trim() === '' ? { start, end } : { start: start + lead, end: start + content.trimEnd().length };
}
