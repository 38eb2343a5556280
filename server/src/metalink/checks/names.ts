import { t } from '../../text/l10n';
import { isSafePath, pathFaults, pathRisk, suggestPath, suggestPlainPath } from '../paths';
import type { PathFault, PathRisk } from '../paths';
import { childrenNamed } from '../parse';
import type { XmlAttribute, XmlElement } from '../xml/tree';
import { escapeAttribute } from '../xml/value';
import { fixBy } from './context';
import type { CheckContext } from './context';

/** M4-033 … M4-036 for a file, M4-118 for a `metaurl`: the same conditions (sections 4.1.2.1, 4.2.8.3). */
export function checkPath(context: CheckContext, name: XmlAttribute, rule: 'M4-033' | 'M4-118'): void {
  const { value } = name;
  const faults = pathFaults(value);
  const suggestion = faults.length === 0 ? suggestPlainPath(value) : suggestPath(value);
  const fixes = suggestion === undefined ? [] : [fixBy(t('Change to `{0}`', suggestion), name.valueRange, escapeAttribute(suggestion))];
  if (faults.length === 0) {
    const risk = pathRisk(value);
    if (risk !== undefined) context.report('M4-036', name.valueRange, riskMessage(risk, value), { fixes });
    return;
  }
  if (faults.some(({ kind }) => kind !== 'separator')) {
    const message = t('The name `{0}` is refused: a name is a relative path of files below the download folder, and nothing else.', value);
    context.report(rule, name.valueRange, message, { fixes });
  } else if (rule === 'M4-118')
    context.report(rule, name.valueRange, t('The name `{0}` is refused: folders are separated by `/`.', value), { fixes });
  if (rule === 'M4-118') return;
  for (const fault of faults) reportPart(context, name, fault, fixes);
}

/** Points at the part that M4-034 and M4-035 are about; the name as a whole is M4-033's. */
function reportPart(context: CheckContext, name: XmlAttribute, fault: PathFault, fixes: ReturnType<typeof fixBy>[]): void {
  const raw = context.document.text.slice(name.valueRange.start, name.valueRange.end) === name.value;
  const start = name.valueRange.start + fault.at;
  const range = raw ? { start, end: start + fault.length } : name.valueRange;
  if (fault.kind === 'unrelative') {
    const message = t('`.`, empty parts, a `/` at the end and drive letters do not name a file below the download folder on every system.');
    context.report('M4-034', range, message, { fixes });
  } else if (fault.kind === 'separator') {
    const slashes = name.value.replace(/\\/g, '/');
    const safe = isSafePath(slashes)
      ? [fixBy(t('Change to `{0}`', slashes), name.valueRange, escapeAttribute(slashes), { safe: true })]
      : fixes;
    context.report(
      'M4-035',
      range,
      t('Folders are separated by `/`. On Windows a backslash is a separator too, elsewhere it is part of the name.'),
      { fixes: safe },
    );
  }
}

function riskMessage(risk: PathRisk, name: string): string {
  switch (risk) {
    case 'control':
      return t('The name holds invisible characters. Such a name is not written to disk.');
    case 'home':
      return t(
        '`{0}` starts with `~`, which many programs take for a home folder. libmetalink and wget refuse it, and so does the download here.',
        name,
      );
    case 'device':
      return t('`{0}` is a device on Windows, with any extension. It cannot be written there.', name);
    case 'trailing':
      return t('A dot or a space at the end of `{0}` is dropped on Windows: another file may be overwritten.', name);
    case 'colon':
      return t('`{0}` holds a character that Windows does not allow in names.', name);
    case 'long':
      return t('The name, or a part of it, is too long: file systems hold 255 bytes a part and 4096 in all.');
  }
}

/** The last part of the path of the first URL that makes a safe name. */
export function nameFromUrls(context: CheckContext, file: XmlElement): string | undefined {
  for (const url of childrenNamed(file, 'url')) {
    const path = /^[a-z][a-z0-9+.-]*:\/\/[^/?#]+\/([^?#]*)/i.exec(context.valueOf(url)?.trim() ?? '')?.[1];
    const last = path?.split('/').at(-1);
    if (last !== undefined && isSafePath(last)) return last;
  }
  return undefined;
}
