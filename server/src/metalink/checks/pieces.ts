import { groupedNumber } from '../../text/human';
import { t } from '../../text/l10n';
import { insertChild, qualified, removeAttribute, removeElement, setAttribute } from '../edits';
import { hashFunctionOfLength } from '../registries';
import type { HashFunction } from '../registries';
import { childrenNamed } from '../parse';
import { hasOuterSpace, integerOf, isLowerHex, isPositiveInteger, trimSpace } from '../values';
import { vocabulary } from '../vocabulary';
import { attributeOf, contentRange, nameRange } from '../xml/tree';
import type { XmlElement } from '../xml/tree';
import { checkAttributes } from './attributes';
import { fixBy, fixWith } from './context';
import type { CheckContext } from './context';
import { checkDigest, checkHashName } from './hashes';

const smallPiece = 16n << 10n;
const largestExact = BigInt(Number.MAX_SAFE_INTEGER);
const manyPieces = 1_000_000;

/** The piece lists of one file: M4-060 … M4-069. `size` is undefined when it is missing or malformed. */
export function checkPieces(
  context: CheckContext,
  lists: readonly XmlElement[],
  size: bigint | undefined,
  sizeElement: XmlElement | undefined,
): void {
  const types = new Map<string, XmlElement>();
  for (const list of lists) {
    const hashes = childrenOf(list);
    const known = checkPieceType(context, list, hashes);
    const length = checkLength(context, list);
    checkPieceHashes(context, list, hashes, known);
    checkCount(context, list, { count: hashes.length, length, size, sizeElement });
    const type = attributeOf(list, 'type');
    const written = type?.value ?? '';
    const name = known?.name ?? written;
    const first = types.get(name);
    if (name === '') continue;
    if (first === undefined) types.set(name, list);
    else {
      context.report(
        'M4-065',
        type?.valueRange ?? nameRange(list),
        t('A file may have several `pieces` only with different types; `{0}` is there twice.', name),
        {
          fixes: [fixWith(t('Remove these pieces'), [removeElement(context.document, list)], { preferred: false })],
          related: [{ range: nameRange(first), message: t('The first `{0}` pieces', name) }],
          // Two spellings of one function are two types by the letter.
          ...(attributeOf(first, 'type')?.value === written ? {} : { severity: 'warning' }),
        },
      );
    }
  }
}

/** Spares a copy where a list holds hashes alone, as all but broken ones do. */
function childrenOf(list: XmlElement): readonly XmlElement[] {
  const only = list.children.every((child) => child.local === 'hash' && child.namespace === list.namespace);
  return only ? list.children : childrenNamed(list, 'hash');
}

function checkPieceType(context: CheckContext, list: XmlElement, hashes: readonly XmlElement[]): HashFunction | undefined {
  const type = attributeOf(list, 'type');
  if (type !== undefined && (!type.hasValue || type.value !== '')) return checkHashName(context, type, 'M4-067');
  const first = hashes[0];
  const digits = first === undefined ? 0 : trimSpace(context.valueOf(first) ?? '').length;
  const likely = hashFunctionOfLength(digits);
  const fixes =
    likely === undefined
      ? []
      : [fixWith(t('Set `type="{0}"`, which has {1} digits', likely.name, digits), [setAttribute(list, 'type', likely.name)])];
  context.report('M4-060', type?.nameRange ?? nameRange(list), t('`pieces` needs the `type` of its hashes, such as `sha-256`.'), { fixes });
  return likely;
}

function checkLength(context: CheckContext, list: XmlElement): bigint | undefined {
  const attribute = attributeOf(list, 'length');
  if (attribute === undefined) {
    context.report('M4-061', nameRange(list), t('`pieces` needs the `length` of a piece in bytes, such as `length="1048576"`.'));
    return undefined;
  }
  if (!attribute.hasValue || attribute.unresolved) return undefined;
  const { value, valueRange } = attribute;
  if (hasOuterSpace(value) && isPositiveInteger(trimSpace(value))) {
    context.report('M4-006', valueRange, t('White space is part of a value. Remove it around `{0}`.', trimSpace(value)), {
      fixes: [fixBy(t('Remove the white space'), valueRange, trimSpace(value), { safe: true })],
    });
  } else if (!isPositiveInteger(value)) {
    context.report('M4-061', valueRange, t('The `length` of a piece is a positive number of bytes, not `{0}`.', value));
    return undefined;
  }
  const length = integerOf(trimSpace(value));
  if (length === undefined || length > largestExact)
    context.report('M4-069', valueRange, t('A piece of more than 2^53 − 1 bytes is no piece.'));
  else if (length < smallPiece) context.report('M4-069', valueRange, t('Pieces below 16 KiB make the document large and gain little.'));
  return length;
}

/** M4-062, M4-066, M4-068 and the rules of a digest. The usual hash is judged in place, without a copy of its text. */
function checkPieceHashes(context: CheckContext, list: XmlElement, hashes: readonly XmlElement[], known: HashFunction | undefined): void {
  if (hashes.length === 0) {
    const hash = qualified(list, 'hash');
    context.report('M4-062', nameRange(list), t('`pieces` without hashes says nothing.'), {
      fixes: [
        fixWith(t('Remove these pieces'), [removeElement(context.document, list)]),
        fixWith(t('Insert a `hash`'), [insertChild(context.document, list, [`<${hash}></${hash}>`])], { preferred: false }),
      ],
    });
  }
  if (hashes.length > manyPieces)
    context.report('M4-069', nameRange(list), t('{0} pieces are more than readers will keep.', hashes.length));
  const { text } = context.document;
  const digits = known?.digits ?? -1;
  for (const hash of hashes) {
    const { openEnd, closeStart } = hash;
    if (hash.plain && hash.attributes.length === 0 && closeStart - openEnd === digits && isLowerHex(text, openEnd, closeStart)) continue;
    checkPieceHash(context, hash, known);
  }
}

function checkPieceHash(context: CheckContext, hash: XmlElement, known: HashFunction | undefined): void {
  const definition = vocabulary.get('hash');
  if (definition !== undefined) checkAttributes(context, hash, definition);
  const type = attributeOf(hash, 'type');
  if (type !== undefined) {
    context.report('M4-066', type.nameRange, t('A piece hash has no `type`: the `pieces` around it has one.'), {
      fixes: [fixWith(t('Remove `type`'), [removeAttribute(context.document, type)], { safe: true })],
    });
  }
  for (const child of hash.children)
    context.report('M4-088', nameRange(child), t('`hash` holds text only; an element inside it is forbidden.'));
  checkDigest(context, hash, known, 'M4-068');
}

/** M4-064, M4-064a: every piece has `length` bytes but the last (section 4.1.3.2). */
function checkCount(
  context: CheckContext,
  list: XmlElement,
  {
    count,
    length,
    size,
    sizeElement,
  }: {
    readonly count: number;
    readonly length: bigint | undefined;
    readonly size: bigint | undefined;
    readonly sizeElement: XmlElement | undefined;
  },
): void {
  if (sizeElement === undefined) {
    context.report('M4-064a', nameRange(list), t('Without `size` nobody knows how many pieces there are and how long the last one is.'));
    return;
  }
  if (length === undefined || size === undefined || count === 0) return;
  const expected = (size + length - 1n) / length;
  if (BigInt(count) === expected) return;
  const message = t(
    'Number of piece hashes: {0}. For a file of {1} bytes in pieces of {2} it must be {3}; readers that count refuse the list.',
    groupedNumber(count),
    groupedNumber(size),
    groupedNumber(length),
    groupedNumber(expected),
  );
  context.report('M4-064', nameRange(list), message, { related: [{ range: contentRange(sizeElement), message: t('The size') }] });
}
