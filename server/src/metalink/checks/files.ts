import { t } from '../../text/l10n';
import { insertChild, qualified, setAttribute } from '../edits';
import { dateMilliseconds } from '../dates';
import { foldPath, longestPath } from '../paths';
import { childrenNamed } from '../parse';
import { likelyOrigin } from '../knownValues';
import { integerOf, schemeOf } from '../values';
import { attributeOf, contentRange, nameRange } from '../xml/tree';
import type { XmlAttribute, XmlElement } from '../xml/tree';
import { escapeAttribute, escapeText } from '../xml/value';
import { fixBy, fixWith } from './context';
import { mergeFix } from './mergeEntries';
import type { CheckContext } from './context';
import { checkHashes } from './hashes';
import { checkPath, nameFromUrls } from './names';
import { checkPieces } from './pieces';
import { checkMirrors } from './urls';

/** Rules about the document's children as a whole: M4-020, M4-025, M4-032, M4-032a, M4-105. */
export function checkFiles(context: CheckContext, root: XmlElement): void {
  const files = childrenNamed(root, 'file');
  if (files.length === 0) {
    const file = qualified(root, 'file');
    const lines = [`<${file} name="">`, `</${file}>`];
    context.report('M4-020', nameRange(root), t('A Metalink describes at least one `file`. Readers have nothing to fetch here.'), {
      fixes: [fixWith(t('Insert a `file`'), [insertChild(context.document, root, lines, root.children.at(-1))])],
    });
  }
  if (childrenNamed(root, 'origin').length === 0 && files.length > 0) {
    const message = t('There is no `origin`. With one, readers can look for a newer version of this document.');
    context.report('M4-025', nameRange(root), message, { fixes: originFixes(context, root) });
  }
  checkUniqueNames(context, files);
  checkOrderOfDates(context, root);
}

/** Rules about one file: M4-031, M4-045, M4-046, and those of its parts. */
export function checkFile(context: CheckContext, file: XmlElement): void {
  const name = attributeOf(file, 'name');
  if (name === undefined || (name.hasValue && name.value === '')) reportNameless(context, file, name);
  else if (name.hasValue && !name.unresolved) checkPath(context, name, 'M4-033');
  const urls = childrenNamed(file, 'url');
  const metaurls = childrenNamed(file, 'metaurl');
  if (urls.length + metaurls.length === 0) reportSourceless(context, file);
  const sizeElement = childrenNamed(file, 'size')[0];
  const size = checkSizePresence(context, file, sizeElement);
  checkHashes(context, childrenNamed(file, 'hash'));
  checkPieces(context, childrenNamed(file, 'pieces'), size, sizeElement);
  checkMirrors(context, urls, metaurls);
  checkProtection(context, file, urls);
}

/** Where the document will be is the author's to say; likely is a place beside its first file. */
function originFixes(context: CheckContext, root: XmlElement): ReturnType<typeof fixWith>[] {
  const origin = likelyOrigin(context.document, root, context.fileName);
  if (origin === undefined) return [];
  const element = qualified(root, 'origin');
  const lines = [`<${element}>${escapeText(origin)}</${element}>`];
  return [fixWith(t('Insert the origin `{0}`', origin), [insertChild(context.document, root, lines)], { preferred: false })];
}

function reportNameless(context: CheckContext, file: XmlElement, name: XmlAttribute | undefined): void {
  const range = name === undefined ? nameRange(file) : name.nameRange;
  const suggestion = nameFromUrls(context, file);
  const fixes = suggestion === undefined ? [] : [fixWith(t('Name it `{0}`', suggestion), [setAttribute(file, 'name', suggestion)])];
  context.report('M4-031', range, t('A `file` needs a name: `name="tool_1.4.sif"`. Readers do not know where to write it.'), { fixes });
}

function reportSourceless(context: CheckContext, file: XmlElement): void {
  const url = qualified(file, 'url');
  context.report('M4-045', nameRange(file), t('A `file` needs at least one `url` or `metaurl`: there is nowhere to fetch it from.'), {
    fixes: [fixWith(t('Insert a `url`'), [insertChild(context.document, file, [`<${url}></${url}>`], file.children.at(-1))])],
  });
}

function checkSizePresence(context: CheckContext, file: XmlElement, size: XmlElement | undefined): bigint | undefined {
  if (size === undefined) {
    context.report('M4-046', nameRange(file), t('The `size` is missing. With it a truncated or wrong file is found before its last byte.'));
    return undefined;
  }
  const value = context.valueOf(size);
  return value === undefined ? undefined : integerOf(value);
}

function checkUniqueNames(context: CheckContext, files: readonly XmlElement[]): void {
  const exact = new Map<string, XmlAttribute>();
  const holders = new Map<XmlAttribute, XmlElement>();
  const folded = new Map<string, XmlAttribute>();
  for (const file of files) {
    const name = attributeOf(file, 'name');
    if (name !== undefined && name.value !== '' && !name.unresolved && name.value.length <= longestPath) holders.set(name, file);
  }
  for (const [name, file] of holders) {
    const first = exact.get(name.value);
    const similar = folded.get(foldPath(name.value));
    if (first !== undefined) {
      if (context.isFull('M4-032')) continue;
      const other = unusedName(name.value, exact);
      const firstFile = holders.get(first);
      const merge = firstFile === undefined ? undefined : mergeFix(context.document, firstFile, file, name.value);
      context.report(
        'M4-032',
        name.valueRange,
        t('`{0}` is there twice. Each file needs its own name; mirrors of one file belong in one `file`.', name.value),
        {
          fixes: [
            ...(merge === undefined ? [] : [merge]),
            fixBy(t('Change to `{0}`', other), name.valueRange, escapeAttribute(other), { preferred: false }),
          ],
          related: [{ range: first.valueRange, message: t('The first `{0}`', name.value) }],
        },
      );
    } else if (similar !== undefined) {
      const message = t(
        '`{0}` and `{1}` are one file on systems that do not tell case or accents apart: one overwrites the other.',
        name.value,
        similar.value,
      );
      const other = context.isFull('M4-032a') ? name.value : unusedName(name.value, folded);
      context.report('M4-032a', name.valueRange, message, {
        fixes: [fixBy(t('Change to `{0}`', other), name.valueRange, escapeAttribute(other), { preferred: false })],
        related: [{ range: similar.valueRange, message: t('The other name') }],
      });
    }
    if (first === undefined) exact.set(name.value, name);
    if (similar === undefined) folded.set(foldPath(name.value), name);
  }
  const lengths = new Set([...folded.keys()].map(({ length }) => length));
  for (const name of exact.values()) if (!context.isFull('M4-032a')) checkFolderClash(context, name, folded, lengths);
}

/** One name is a folder of another: `a` and `a/b` cannot both be written. `lengths`: of all names, so that few folders are looked up. */
function checkFolderClash(
  context: CheckContext,
  name: XmlAttribute,
  folded: ReadonlyMap<string, XmlAttribute>,
  lengths: ReadonlySet<number>,
): void {
  const path = foldPath(name.value);
  for (let slash = path.lastIndexOf('/'); slash > 0; slash = path.lastIndexOf('/', slash - 1)) {
    const file = lengths.has(slash) ? folded.get(path.slice(0, slash)) : undefined;
    if (file === undefined) continue;
    const message = t('`{0}` needs a folder `{1}`, but that is a file of this document.', name.value, file.value);
    const parts = name.value.split('/');
    const depth = path.slice(0, slash).split('/').length;
    const folder = unusedName(parts.slice(0, depth).join('/'), folded);
    const other = [folder, ...parts.slice(depth)].join('/');
    const fixes = folded.has(foldPath(other))
      ? []
      : [fixBy(t('Change to `{0}`', other), name.valueRange, escapeAttribute(other), { preferred: false })];
    context.report('M4-032a', name.valueRange, message, { fixes, related: [{ range: file.valueRange, message: t('The file') }] });
    return;
  }
}

function unusedName(name: string, taken: ReadonlyMap<string, unknown>): string {
  const dot = name.lastIndexOf('.');
  const [stem, extension] = dot > name.lastIndexOf('/') + 1 ? [name.slice(0, dot), name.slice(dot)] : [name, ''];
  let number = 2;
  const isTaken = (candidate: string): boolean => taken.has(candidate) || taken.has(foldPath(candidate));
  while (isTaken(`${stem}-${String(number)}${extension}`)) number++;
  return `${stem}-${String(number)}${extension}`;
}

function checkOrderOfDates(context: CheckContext, root: XmlElement): void {
  const published = childrenNamed(root, 'published')[0];
  const updated = childrenNamed(root, 'updated')[0];
  if (published === undefined || updated === undefined) return;
  const first = dateMilliseconds(context.valueOf(published) ?? '');
  const last = dateMilliseconds(context.valueOf(updated) ?? '');
  if (first === undefined || last === undefined || last >= first) return;
  context.report('M4-105', contentRange(updated), t('`updated` is earlier than `published`.'), {
    related: [{ range: contentRange(published), message: t('`published`') }],
  });
}

/** M4-160: neither the way nor the content is protected. */
function checkProtection(context: CheckContext, file: XmlElement, urls: readonly XmlElement[]): void {
  const first = urls[0];
  if (first === undefined || childrenNamed(file, 'signature').length > 0) return;
  if (urls.some((url) => schemeOf(context.valueOf(url) ?? '') !== 'http')) return;
  if (context.signed || context.isFull('M4-160')) return;
  context.report(
    'M4-160',
    nameRange(file),
    t('Every URL is plain http and there is no signature. RFC 5854 encourages publishers to offer TLS and to sign files.'),
  );
}
