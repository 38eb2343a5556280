import { t } from '../../text/l10n';
import { convertMetalink, withoutCounterpart } from '../convert';
import { filesOf, orderedPieces, priorityOfPreference, resourcesOf, verificationOf } from '../model3';
import { pathFaults } from '../paths';
import { childrenNamed } from '../parse';
import type { ParsedMetalink } from '../parse';
import { hashFunctionOfAlias } from '../registries';
import { isNonNegativeInteger, isPositiveInteger, trimSpace } from '../values';
import { attributeOf, contentRange, nameRange } from '../xml/tree';
import type { XmlElement } from '../xml/tree';
import type { TextRange } from '../../text/range';
import { fixBy } from './context';
import type { CheckContext } from './context';

/** A larger document is converted by the command, not while its author types. */
const convertedWhileTyping = 200_000;

/** Metalink 3 is judged by what matters: it can be read, and converted without losing a file (M3-001 …). */
export function checkMetalink3(context: CheckContext, parsed: ParsedMetalink, root: XmlElement): void {
  offerConversion(context, parsed, root);
  const files = filesOf(root);
  if (files.length === 0) context.report('M3-002', nameRange(root), t('The document describes no file.'));
  const names = new Map<string, TextRange>();
  for (const file of files) {
    checkName(context, file, names);
    checkSize(context, file);
    checkUrls(context, file);
    checkHashes(context, file);
    reportWithoutCounterpart(context, file);
  }
  reportWithoutCounterpart(context, root);
}

function offerConversion(context: CheckContext, parsed: ParsedMetalink, root: XmlElement): void {
  const { text } = context.document;
  const converted = text.length > convertedWhileTyping || parsed.document.problems.length > 0 ? undefined : convertMetalink(parsed).text;
  const fixes = converted === undefined ? [] : [fixBy(t('Convert to Metalink 4'), { start: 0, end: text.length }, converted)];
  context.report('M3-001', nameRange(root), t('This is Metalink 3. It is read, and can be converted to Metalink 4 (RFC 5854).'), { fixes });
}

function checkName(context: CheckContext, file: XmlElement, names: Map<string, TextRange>): void {
  const name = attributeOf(file, 'name');
  if (name === undefined || trimSpace(name.value) === '') {
    context.report('M3-003', name?.nameRange ?? nameRange(file), t('A `file` needs a name. Readers do not know where to write it.'));
    return;
  }
  if (pathFaults(name.value).length > 0 || name.value.startsWith('~')) {
    context.report(
      'M3-004',
      name.valueRange,
      t('The name `{0}` is refused: a name is a relative path of files below the download folder, and nothing else.', name.value),
    );
  }
  const first = names.get(name.value);
  if (first === undefined) names.set(name.value, name.valueRange);
  else {
    context.report('M3-013', name.valueRange, t('`{0}` is there twice. The conversion gives the second one another name.', name.value), {
      related: [{ range: first, message: t('The first `{0}`', name.value) }],
    });
  }
}

function checkSize(context: CheckContext, file: XmlElement): void {
  for (const size of childrenNamed(file, 'size')) {
    const value = context.valueOf(size);
    if (value === undefined || isNonNegativeInteger(trimSpace(value))) continue;
    const range = contentRange(size);
    context.report(
      'M3-005',
      range.start === range.end ? nameRange(size) : range,
      t('`size` is a number of bytes, not `{0}`.', trimSpace(value)),
    );
  }
}

function checkUrls(context: CheckContext, file: XmlElement): void {
  const urls = resourcesOf(file);
  if (urls.length === 0)
    context.report('M3-006', nameRange(file), t('The file has no `url` in `resources`: there is nowhere to fetch it from.'));
  for (const url of urls) {
    const value = context.valueOf(url);
    if (value !== undefined && trimSpace(value) === '') context.report('M3-007', nameRange(url), t('`url` is empty.'));
    const preference = attributeOf(url, 'preference');
    if (preference !== undefined && priorityOfPreference(preference.value) === undefined) {
      context.report(
        'M3-011',
        preference.valueRange,
        t('A preference is a number from 0 to 100, the best, not `{0}`. It does not count.', preference.value),
      );
    }
  }
}

function checkHashes(context: CheckContext, file: XmlElement): void {
  for (const hash of verificationOf(file, 'hash')) checkDigest(context, hash, attributeOf(hash, 'type')?.value ?? 'sha1');
  for (const pieces of verificationOf(file, 'pieces')) {
    const length = attributeOf(pieces, 'length');
    if (length === undefined || !isPositiveInteger(trimSpace(length.value))) {
      context.report(
        'M3-009',
        length?.valueRange ?? nameRange(pieces),
        t('`pieces` needs the `length` of a piece, a positive number of bytes.'),
      );
    }
    if (orderedPieces(pieces) === undefined) reportNumbers(context, pieces);
    const type = attributeOf(pieces, 'type')?.value ?? 'sha1';
    for (const hash of childrenNamed(pieces, 'hash')) checkDigest(context, hash, type);
  }
}

/** An unregistered function is passed over, as all readers do. */
function checkDigest(context: CheckContext, hash: XmlElement, type: string): void {
  const known = hashFunctionOfAlias(type);
  const value = known === undefined ? undefined : context.valueOf(hash);
  if (known === undefined || value === undefined) return;
  const digest = trimSpace(value);
  if (/^[0-9a-fA-F]+$/.test(digest) && digest.length === known.digits) return;
  const range = contentRange(hash);
  context.report(
    'M3-008',
    range.start === range.end ? nameRange(hash) : range,
    t('`{0}` is no {1} digest: that has {2} hexadecimal digits.', digest.slice(0, 40), known.name, known.digits),
  );
}

function reportNumbers(context: CheckContext, pieces: XmlElement): void {
  const hashes = childrenNamed(pieces, 'hash');
  const seen = new Set<string>();
  const wrong = hashes.find((hash) => {
    const number = trimSpace(attributeOf(hash, 'piece')?.value ?? '').replace(/^0+(?=\d)/, '');
    const fits = /^\d{1,9}$/.test(number) && Number(number) < hashes.length && !seen.has(number);
    seen.add(number);
    return !fits;
  });
  context.report(
    'M3-010',
    nameRange(wrong ?? pieces),
    t('The `piece` numbers of {0} hashes are 0 to {1}, each once.', hashes.length, hashes.length - 1),
  );
}

function reportWithoutCounterpart(context: CheckContext, parent: XmlElement): void {
  for (const child of parent.children) {
    if (child.namespace === parent.namespace && withoutCounterpart.has(child.local)) {
      context.report('M3-012', nameRange(child), t('Metalink 4 has no `{0}`. The conversion drops it.', child.local));
    }
  }
}
