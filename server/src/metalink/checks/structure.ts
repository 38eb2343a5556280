import { nearest } from '../../text/nearest';
import { t } from '../../text/l10n';
import { removeElement } from '../edits';
import { signatureNamespace, vocabulary } from '../vocabulary';
import type { ElementDefinition } from '../vocabulary';
import { trimSpace } from '../values';
import { nameRange } from '../xml/tree';
import type { XmlElement } from '../xml/tree';
import { textOf } from '../xml/value';
import { checkAttributes } from './attributes';
import { fixBy, fixWith, mostEditsOfOneFix } from './context';
import type { CheckContext } from './context';
import { checkFile, checkFiles } from './files';
import { checkLeaf } from './leaves';
import { checkMirrorBrainPublisher, checkPublisher, isMirrorBrainPublisher } from './publisher';
import { checkForeign } from './foreign';
import { checkXmlSignature } from './xmlSignature';

/** Walks the elements of a Metalink 4 document and lets each rule look at what it is about. */
export function checkStructure(context: CheckContext, root: XmlElement): void {
  const definition = vocabulary.get('metalink');
  if (definition === undefined) return;
  checkElement(context, root, definition);
  checkFiles(context, root);
}

function checkElement(context: CheckContext, element: XmlElement, definition: ElementDefinition): void {
  checkAttributes(context, element, definition);
  if (definition.content === undefined) checkNoText(context, element);
  else checkLeaf(context, element, definition);
  if (element.children.length > 0) {
    checkChildren(context, element, definition);
    checkCounts(context, element, definition);
  }
  if (definition.name === 'file') checkFile(context, element);
  else if (definition.name === 'publisher') checkPublisher(context, element);
}

function checkChildren(context: CheckContext, parent: XmlElement, definition: ElementDefinition): void {
  // Piece hashes, by far the most frequent element, are judged by the list that holds them.
  const ownHashes = definition.name === 'pieces';
  for (const child of parent.children) {
    if (ownHashes && child.local === 'hash' && child.namespace === parent.namespace) continue;
    checkChild(context, child, parent, definition);
  }
}

function checkChild(context: CheckContext, child: XmlElement, parent: XmlElement, definition: ElementDefinition): void {
  if (definition.textConstruct) {
    const message = t('`{0}` holds text only; an element inside it is forbidden. Write `<` as `&lt;` if text is meant.', definition.name);
    const range = { start: child.start, end: child.end };
    const isHash = definition.name === 'hash';
    // References in it keep their meaning; only the tags become text.
    const written = context.document.text.slice(child.start, child.end).replaceAll('<', '&lt;');
    const escape = isHash ? [] : [fixBy(t('Make `{0}` text', child.name), range, written)];
    context.report(isHash ? 'M4-088' : 'M4-090', nameRange(child), message, {
      fixes: [...escape, fixBy(t('Remove `{0}`', child.name), range, '', { preferred: isHash })],
    });
    return;
  }
  if (child.namespace === signatureNamespace && child.local === 'Signature') {
    checkXmlSignature(context, child, definition);
    return;
  }
  if (child.namespace !== parent.namespace) {
    checkForeign(context, child, definition);
    return;
  }
  const known = vocabulary.get(child.local);
  if (known === undefined) reportUnknown(context, child, definition);
  else if (known.parents.includes(definition.name)) checkElement(context, child, known);
  else reportMisplaced(context, child, known, definition);
}

function reportUnknown(context: CheckContext, child: XmlElement, parent: ElementDefinition): void {
  if (parent.name === 'metalink' && child.local === 'files') {
    const tags = [{ start: child.start, end: child.openEnd }, ...(child.selfClosing ? [] : [{ start: child.closeStart, end: child.end }])];
    context.report('M4-029', nameRange(child), t('`files` is Metalink 3. Here each `file` stands in `metalink` itself.'), {
      fixes: [
        fixWith(
          t('Remove the tags of `{0}`', child.name),
          tags.map((range) => ({ range, newText: '' })),
        ),
      ],
    });
    return;
  }
  if (context.isFull('M4-132')) return;
  const meant = nearest(
    child.local,
    parent.children.map(({ name }) => name),
  );
  const suggestion = meant === undefined ? '' : ` ${t('Did you mean `{0}`?', meant)}`;
  const message = t('Metalink 4 has no element `{0}`. Readers pass over it.', child.local) + suggestion;
  const rename =
    meant === undefined
      ? []
      : [
          fixWith(t('Change to `{0}`', meant), [
            { range: { start: child.nameEnd - child.local.length, end: child.nameEnd }, newText: meant },
            ...(child.selfClosing || !child.closed
              ? []
              : [{ range: endTagName(child), newText: child.prefix === '' ? meant : `${child.prefix}:${meant}` }]),
          ]),
        ];
  context.report('M4-132', nameRange(child), message, {
    fixes: [
      ...rename,
      fixWith(t('Remove `{0}`', child.name), [removeElement(context.document, child)], { preferred: rename.length === 0 }),
    ],
  });
}

function reportMisplaced(context: CheckContext, child: XmlElement, known: ElementDefinition, parent: ElementDefinition): void {
  if (context.isFull('M4-029')) return;
  const places = known.parents.map((name) => `\`${name}\``).join(t(' or '));
  const message =
    places === ''
      ? t('`{0}` is the document element and stands nowhere else.', child.name)
      : t('`{0}` has no place in `{1}`: it belongs in {2}.', child.name, parent.name, places);
  const mirrorBrain = isMirrorBrainPublisher(child, parent);
  context.report('M4-029', nameRange(child), message, mirrorBrain ? {} : { fixes: moveFixes(context, child, known, parent) });
  if (mirrorBrain) checkMirrorBrainPublisher(context, child);
}

/** Moves what describes a file from the root into every file that has none of it, and takes it away where it stood. */
function moveFixes(
  context: CheckContext,
  child: XmlElement,
  known: ElementDefinition,
  parent: ElementDefinition,
): ReturnType<typeof fixBy>[] {
  const { document } = context;
  const removal = removeElement(document, child);
  const root = child.parent;
  if (parent.name !== 'metalink' || !known.parents.includes('file') || root === undefined) {
    return [fixWith(t('Remove `{0}`', child.name), [removal], { preferred: false })];
  }
  const text = document.text.slice(child.start, child.end);
  const files = root.children.filter((file) => file.local === 'file' && file.namespace === root.namespace && !file.selfClosing);
  const lacking = files.filter((file) => !file.children.some((other) => other.local === child.local));
  if (lacking.length > mostEditsOfOneFix) return [];
  if (lacking.length === 0) return [fixWith(t('Remove `{0}`', child.name), [removal])];
  return [
    fixWith(t('Move `{0}` into each file', child.name), [
      removal,
      ...lacking.map((file) => ({ range: { start: file.openEnd, end: file.openEnd }, newText: text })),
    ]),
  ];
}

/** M4-021 … M4-024, M4-040: what may stand once. */
function checkCounts(context: CheckContext, parent: XmlElement, definition: ElementDefinition): void {
  const firsts = new Map<string, XmlElement>();
  const single = singles.get(definition.name);
  if (single === undefined || single.size === 0) return;
  for (const child of parent.children) {
    if (child.namespace !== parent.namespace || !single.has(child.local)) continue;
    const first = firsts.get(child.local);
    if (first === undefined) firsts.set(child.local, child);
    else {
      context.report(
        countRules[child.local] ?? 'M4-040',
        nameRange(child),
        t('`{0}` may have one `{1}` only.', definition.name, child.local),
        {
          fixes: [fixWith(t('Remove this `{0}`', child.local), [removeElement(context.document, child)])],
          related: [{ range: nameRange(first), message: t('The first `{0}`', child.local) }],
        },
      );
    }
  }
}

const singles: ReadonlyMap<string, ReadonlySet<string>> = new Map(
  [...vocabulary.values()].map(({ name, children }) => [
    name,
    new Set(children.filter(({ most }) => most === 1).map((child) => child.name)),
  ]),
);

const countRules: Readonly<Record<string, 'M4-021' | 'M4-022' | 'M4-023' | 'M4-024'>> = {
  generator: 'M4-021',
  origin: 'M4-022',
  published: 'M4-023',
  updated: 'M4-024',
};

/** M4-028: containers, and the empty `publisher`, hold no text. */
function checkNoText(context: CheckContext, element: XmlElement): void {
  // White space written as `&#32;` or in CDATA is white space all the same.
  if (element.textStart < 0 || trimSpace(textOf(context.document, element)) === '') return;
  const { text } = context.document;
  const nextTag = text.indexOf('<', element.textStart + 1);
  const limit = nextTag < 0 || nextTag > element.closeStart ? element.closeStart : nextTag;
  let end = limit;
  while (end > element.textStart + 1 && /\s/.test(text.charAt(end - 1))) end--;
  const range = { start: element.textStart, end };
  const written = text.slice(range.start, range.end);
  const comment =
    written.includes('--') || written.includes('<')
      ? []
      : [fixBy(t('Make it a comment'), range, `<!-- ${written} -->`, { preferred: false })];
  context.report('M4-028', range, t('`{0}` holds no text. Readers stop here, or pass over it.', element.name), {
    fixes: [fixBy(t('Remove the text'), range, ''), ...comment],
  });
}

function endTagName(element: XmlElement): { readonly start: number; readonly end: number } {
  return { start: element.closeStart + 2, end: element.closeStart + 2 + element.name.length };
}
