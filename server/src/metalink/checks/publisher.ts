import { t } from '../../text/l10n';
import type { Fix } from '../../text/finding';
import { insertChild, qualified, removeElement } from '../edits';
import type { ElementDefinition } from '../vocabulary';
import { nameRange } from '../xml/tree';
import type { XmlElement } from '../xml/tree';
import { escapeAttribute } from '../xml/value';
import { fixWith } from './context';
import type { CheckContext } from './context';

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
  const edits = [removeElement(context.document, publisher), ...lacking.map((file) => insertChild(context.document, file, [element]))];
  return [fixWith(t('Write the publisher into each file'), edits)];
}

function valueNamed(context: CheckContext, parent: XmlElement, name: string): string | undefined {
  const child = parent.children.find(({ local }) => local === name);
  return child === undefined ? undefined : context.valueOf(child)?.trim();
}
