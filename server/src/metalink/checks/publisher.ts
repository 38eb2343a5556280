import { t } from '../../text/l10n';
import type { Fix } from '../../text/finding';
import { insertChild, qualified, removeElement, setAttribute } from '../edits';
import { encodeIri, isIriReference, trimSpace } from '../values';
import type { ElementDefinition } from '../vocabulary';
import { attributeOf, nameRange } from '../xml/tree';
import type { XmlElement } from '../xml/tree';
import { escapeAttribute } from '../xml/value';
import { fixWith, mostEditsOfOneFix } from './context';
import type { CheckContext } from './context';

/** M4-026, M4-099, M4-100: a publisher has a name and may have an address, both as attributes (section 4.2.12). */
export function checkPublisher(context: CheckContext, publisher: XmlElement): void {
  const name = attributeOf(publisher, 'name');
  if (name === undefined) {
    context.report('M4-099', nameRange(publisher), t('`publisher` needs the `name` attribute: who stands behind the file.'), {
      fixes: attributeFix(context, publisher),
    });
  } else if (name.hasValue && trimSpace(name.value) === '') {
    context.report('M4-026', name.nameRange, t('The name of the publisher is empty. Fill it in or leave `publisher` out.'), {
      fixes: [fixWith(t('Remove `{0}`', publisher.name), [removeElement(context.document, publisher)])],
    });
  }
  const url = attributeOf(publisher, 'url');
  if (url === undefined || !url.hasValue || url.unresolved) return;
  const plain = trimSpace(url.value);
  if (!isIriReference(plain)) {
    const encoded = encodeIri(plain);
    const fixes = isIriReference(encoded) ? [fixWith(t('Change to `{0}`', encoded), [setAttribute(publisher, 'url', encoded)])] : [];
    context.report('M4-100', url.valueRange, t('`{0}` is no URL: it holds a character that must be percent-encoded.', plain), { fixes });
  } else if (plain !== url.value) {
    context.report('M4-006', url.valueRange, t('White space is part of a value. Remove it around `{0}`.', plain), {
      fixes: [fixWith(t('Remove the white space'), [setAttribute(publisher, 'url', plain)], { safe: true })],
    });
  }
}

/** The name, and the address where there is one, out of the elements that Metalink 3 has for them. */
function attributeFix(context: CheckContext, publisher: XmlElement): Fix[] {
  const name = valueNamed(context, publisher, 'name');
  if (name === undefined || name === '') return [];
  const url = attributeOf(publisher, 'url') === undefined ? valueNamed(context, publisher, 'url') : undefined;
  const written = [`name="${escapeAttribute(name)}"`, ...(url === undefined || url === '' ? [] : [`url="${escapeAttribute(url)}"`])];
  const leftOvers = publisher.children.filter(({ local }) => local === 'name' || local === 'url');
  return [
    fixWith(t('Set `name="{0}"`', name), [
      { range: { start: publisher.nameEnd, end: publisher.nameEnd }, newText: ` ${written.join(' ')}` },
      ...leftOvers.map((child) => removeElement(context.document, child)),
    ]),
  ];
}

/**
 * M4-029a: `<publisher><name/><url/></publisher>` under the root, as Metalink 3 had it and as mod_mirrorbrain (`mod_mirrorbrain.c`,
 * case META4) sends it to this day for openSUSE, LibreOffice, Qt, KDE and Kiwix.
 */
export function isMirrorBrainPublisher(element: XmlElement, parent: ElementDefinition): boolean {
  return (
    parent.name === 'metalink' &&
    element.local === 'publisher' &&
    element.children.length > 0 &&
    element.children.every((child) => child.namespace === element.namespace && (child.local === 'name' || child.local === 'url'))
  );
}

/** Reports the shape where it shows, and offers the shape that the RFC has. */
export function checkMirrorBrainPublisher(context: CheckContext, publisher: XmlElement): void {
  for (const child of publisher.children) {
    if (context.isFull('M4-029a')) return;
    const message = t(
      'MirrorBrain servers write the publisher like this. It does not keep the document from being used; Metalink 4 has `<publisher name="…" url="…"/>` in each file.',
    );
    context.report('M4-029a', nameRange(child), message, { fixes: rewrite(context, publisher) });
  }
}

function rewrite(context: CheckContext, publisher: XmlElement): Fix[] {
  const root = publisher.parent;
  const name = valueNamed(context, publisher, 'name');
  if (root === undefined || name === undefined || name === '') return [];
  const url = valueNamed(context, publisher, 'url');
  const element = `<${qualified(root, 'publisher')} name="${escapeAttribute(name)}"${url === undefined || url === '' ? '' : ` url="${escapeAttribute(url)}"`}/>`;
  const files = root.children.filter((child) => child.local === 'file' && child.namespace === root.namespace);
  const lacking = files.filter((file) => !file.children.some((child) => child.local === 'publisher'));
  if (lacking.length > mostEditsOfOneFix) return [];
  const edits = [removeElement(context.document, publisher), ...lacking.map((file) => insertChild(context.document, file, [element]))];
  return [fixWith(t('Write the publisher into each file'), edits)];
}

function valueNamed(context: CheckContext, parent: XmlElement, name: string): string | undefined {
  const child = parent.children.find(({ local }) => local === name);
  return child === undefined ? undefined : context.valueOf(child)?.trim();
}
