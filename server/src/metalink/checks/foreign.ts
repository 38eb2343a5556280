import { t } from '../../text/l10n';
import { removeElement } from '../edits';
import type { ElementDefinition } from '../vocabulary';
import { nameRange } from '../xml/tree';
import type { XmlElement } from '../xml/tree';
import { fixWith } from './context';
import type { CheckContext } from './context';

/** M4-130, M4-131: elements of other namespaces (section 5). What is inside them is nobody's business here. */
export function checkForeign(context: CheckContext, element: XmlElement, parent: ElementDefinition): void {
  if (parent.name === 'metalink') {
    const message = t('RFC 5854 allows foreign elements here, but aria2 before 1.37 refuses the whole document for one under the root.');
    context.report('M4-130', nameRange(element), message);
  } else if (!parent.extensible) {
    const message = t(
      'The grammar of RFC 5854 foresees foreign elements in `metalink` and `file` only. A strict reader refuses `{0}` in `{1}`.',
      element.name,
      parent.name,
    );
    context.report('M4-131', nameRange(element), message, {
      fixes: [fixWith(t('Remove `{0}`', element.name), [removeElement(context.document, element)], { preferred: false })],
    });
  }
}
