import { t } from '../../text/l10n';
import { removeElement, setAttribute } from '../edits';
import { hashFunction, hashFunctionOfAlias, hashFunctionOfLength, hashFunctions } from '../registries';
import type { HashFunction } from '../registries';
import { nearest } from '../../text/nearest';
import { hasOuterSpace, trimSpace } from '../values';
import { attributeOf, contentRange, nameRange } from '../xml/tree';
import type { XmlAttribute, XmlElement } from '../xml/tree';
import { fixBy, fixWith } from './context';
import type { CheckContext } from './context';

/** The hashes of one file: M4-080 … M4-087, M4-089. */
export function checkHashes(context: CheckContext, hashes: readonly XmlElement[]): void {
  const seen = new Map<string, { readonly digest: string; readonly element: XmlElement }>();
  let strong = false;
  for (const hash of hashes) {
    const type = attributeOf(hash, 'type');
    const known = checkType(context, hash, type);
    const digest = checkDigest(context, hash, known, 'M4-082');
    strong ||= known?.strong === true;
    if (known !== undefined && !known.strong) reportWeak(context, type, known);
    if (digest === undefined || type === undefined) continue;
    const name = known?.name ?? type.value;
    const first = seen.get(name);
    if (first === undefined) seen.set(name, { digest, element: hash });
    else if (first.digest !== digest) {
      context.report('M4-084', contentRange(hash), t('Two different {0} digests: no file has both, so verification always fails.', name), {
        fixes: [fixWith(t('Remove this one'), [removeElement(context.document, hash)], { preferred: false })],
        related: [{ range: contentRange(first.element), message: t('The other digest') }],
      });
    }
  }
  const first = hashes[0];
  if (first !== undefined && !strong) {
    context.report('M4-085', nameRange(first), t('No hash is as strong as sha-256. RFC 5854 asks for one: weaker ones can be forged.'));
  }
}

/** M4-080, M4-083, M4-087: the type of a whole-file hash. */
function checkType(context: CheckContext, hash: XmlElement, type: XmlAttribute | undefined): HashFunction | undefined {
  if (type === undefined || (type.hasValue && type.value === '')) {
    const digits = trimSpace(context.valueOf(hash) ?? '').length;
    const likely = hashFunctionOfLength(digits);
    const fixes =
      likely === undefined
        ? []
        : [fixWith(t('Set `type="{0}"`, which has {1} digits', likely.name, digits), [setAttribute(hash, 'type', likely.name)])];
    context.report(
      'M4-080',
      type?.nameRange ?? nameRange(hash),
      t('The hash of a file needs a `type`, such as `sha-256`. Without it nobody knows how to verify.'),
      { fixes },
    );
    return likely;
  }
  return checkHashName(context, type, 'M4-083');
}

/** A hash name of a file (M4-083) or of pieces (M4-067), or another spelling of one (M4-087). Undefined when it is unknown. */
export function checkHashName(context: CheckContext, type: XmlAttribute, rule: 'M4-083' | 'M4-067'): HashFunction | undefined {
  if (!type.hasValue || type.unresolved) return undefined;
  const { value, valueRange } = type;
  const known = hashFunction(value);
  if (known !== undefined) return known;
  if (hasOuterSpace(value) && trimSpace(value) !== '') {
    context.report('M4-006', valueRange, t('White space is part of a value. Remove it around `{0}`.', trimSpace(value)), {
      // A name with a space is no registered one; the RFC forbids the space around dates, integers and IRIs only.
      severity: 'warning',
      fixes: [fixBy(t('Remove the white space'), valueRange, trimSpace(value), { safe: true })],
    });
    return hashFunctionOfAlias(value);
  }
  const meant = hashFunctionOfAlias(value);
  if (meant !== undefined) {
    context.report(
      'M4-087',
      valueRange,
      t('The registered name is `{0}`. Readers that compare names exactly do not know `{1}`.', meant.name, value),
      {
        fixes: [fixBy(t('Change to `{0}`', meant.name), valueRange, meant.name, { safe: true })],
      },
    );
    return meant;
  }
  const near = nearest(value, hashFunctions.map(({ name }) => name)); // prettier-ignore
  const hint = near === undefined ? '' : ` ${t('Did you mean `{0}`?', near)}`;
  context.report(
    rule,
    valueRange,
    t('`{0}` is no registered hash function. Readers pass over it, or take the file for verified.', value) + hint,
    {
      fixes: near === undefined ? [] : [fixBy(t('Change to `{0}`', near), valueRange, near)],
    },
  );
  return undefined;
}

/**
 * M4-081, M4-082 or M4-068, M4-089: lower-case hexadecimal, as many digits as the function has, nothing around it.
 * Returns the digest in lower case when it is usable.
 */
export function checkDigest(
  context: CheckContext,
  hash: XmlElement,
  known: HashFunction | undefined,
  rule: 'M4-082' | 'M4-068',
): string | undefined {
  const value = context.valueOf(hash);
  // With an element inside, what the digest would be is anybody's guess (M4-088).
  if (value === undefined || hash.children.length > 0) return undefined;
  const range = contentRange(hash);
  const digest = trimSpace(value);
  const lower = digest.toLowerCase();
  if (digest !== value && digest !== '') {
    context.report('M4-089', range, t('White space around a digest is part of it: a strict reader finds no match.'), {
      fixes: [fixBy(t('Remove the white space'), range, digest, { safe: true })],
    });
  }
  if (!/^[0-9a-f]+$/.test(lower)) {
    const message =
      digest === '' ? t('The digest is empty.') : t('`{0}` is no digest: only the digits 0–9 and a–f may stand here.', shorten(digest));
    context.report(rule, range, message);
    return undefined;
  }
  if (known !== undefined ? lower.length !== known.digits : lower.length % 2 === 1) {
    reportLength(context, hash, lower, known, rule);
    return undefined;
  }
  if (lower !== digest) {
    context.report('M4-081', range, t('Digests are written with lower-case digits. wget compares them as they stand and finds no match.'), {
      fixes: [fixBy(t('Change to lower case'), range, lower, { safe: true })],
    });
  }
  return lower;
}

function reportLength(
  context: CheckContext,
  hash: XmlElement,
  digest: string,
  known: HashFunction | undefined,
  rule: 'M4-082' | 'M4-068',
): void {
  const range = contentRange(hash);
  if (known === undefined) {
    context.report(rule, range, t('A digest has an even number of digits; this one has {0}.', digest.length));
    return;
  }
  const likely = rule === 'M4-082' ? hashFunctionOfLength(digest.length) : undefined;
  const fixes =
    likely === undefined
      ? []
      : [fixWith(t('Change the type to `{0}`', likely.name), [setAttribute(hash, 'type', likely.name)], { preferred: false })];
  context.report(rule, range, t('{0} digests have {1} digits; this one has {2}.', known.name, known.digits, digest.length), { fixes });
}

function reportWeak(context: CheckContext, type: XmlAttribute | undefined, known: HashFunction): void {
  if (type === undefined) return;
  context.report('M4-086', type.valueRange, t('{0} is unsuited for strong verification. Beside a sha-256 it does no harm.', known.name));
}

function shorten(digest: string): string {
  return digest.length > 40 ? `${digest.slice(0, 40)}…` : digest;
}
