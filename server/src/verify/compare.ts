import type { Check } from '../image/verdict';
import { groupedNumber } from '../text/human';
import { t } from '../text/l10n';
import type { Expectation } from './expectation';
import { expectedHash, hashFunction } from './hashTypes';
import type { HashJob } from './hashPass';

/** How much a check can lift a verdict: `strong` to intact; `weak` only where nothing strong is declared; `none` never. */
export type Weight = 'strong' | 'weak' | 'none';

export interface WeighedCheck {
  readonly check: Check;
  readonly weight: Weight;
}

/** An expectation with the work that it needs, and what to make of the outcome. */
export interface Comparison {
  /** Undefined when nothing has to be hashed. */
  readonly job?: HashJob;
  /** `digests`: the job's outcome; empty when there is no job. */
  readonly judge: (digests: readonly string[]) => WeighedCheck;
}

/** Prepares the comparison of a file of `size` bytes with one expectation. */
export function comparison(expectation: Expectation, size: number): Comparison {
  if (expectation.kind === 'size') return sizeComparison(expectation, size);
  if (expectation.kind === 'pieces') return piecesComparison(expectation, size);
  return hashComparison(expectation, size);
}

function sizeComparison(expectation: Extract<Expectation, { kind: 'size' }>, size: number): Comparison {
  const expected = String(expectation.value);
  const pass = expected === String(size);
  const message = pass
    ? t('{0} bytes, as declared', groupedNumber(size))
    : t('{0} bytes, but {1} are declared', groupedNumber(size), groupedNumber(expectation.value));
  const check: Check = { name: 'size', status: pass ? 'pass' : 'fail', expected, actual: String(size), ...origin(expectation), message };
  return { judge: () => ({ check, weight: 'none' }) };
}

function hashComparison(expectation: Exclude<Expectation, { kind: 'size' | 'pieces' }>, size: number): Comparison {
  const { type, hex } = expectedHash(expectation) ?? { type: '', hex: '' };
  const known = hashFunction(type);
  const name = checkName(expectation, known?.name ?? type);
  if (known?.digits !== hex.length || !/^[0-9a-f]*$/.test(hex)) {
    const message = known
      ? t('The declared {0} is no {0}: it was not compared.', known.name)
      : t('{0} cannot be computed here: it was not compared.', type);
    return { judge: () => ({ check: { name, status: 'skip', expected: hex, ...origin(expectation), message }, weight: 'none' }) };
  }
  const job = {
    algorithm: known.node,
    ...(known.outputLength === undefined ? {} : { outputLength: known.outputLength }),
    ranges: [{ offset: 0, length: size }],
  };
  return {
    job,
    judge([actual = '']) {
      const pass = actual === hex;
      const check: Check = {
        name,
        status: pass ? 'pass' : 'fail',
        expected: hex,
        actual,
        ...origin(expectation),
        message: hashMessage(pass, known),
      };
      return { check, weight: known.weak ? 'weak' : 'strong' };
    },
  };
}

function hashMessage(pass: boolean, { name, weak }: { readonly name: string; readonly weak: boolean }): string {
  if (!pass) return t('The {0} differs from what is declared.', name);
  return weak ? t('{0} as declared; it is weak: files with equal {0} can be made.', name) : t('{0} as declared', name);
}

function piecesComparison(expectation: Extract<Expectation, { kind: 'pieces' }>, size: number): Comparison {
  const { length, hashes } = expectation;
  const known = hashFunction(expectation.type);
  const isList = known !== undefined && Number.isSafeInteger(length) && length > 0 && hashes.length === Math.ceil(size / length);
  if (!isList) {
    const message = known
      ? t('{0} piece hashes do not fit a file of {1} bytes: they were not compared.', hashes.length, groupedNumber(size))
      : t('{0} cannot be computed here: the pieces were not compared.', expectation.type);
    return { judge: () => ({ check: { name: 'pieces', status: 'skip', ...origin(expectation), message }, weight: 'none' }) };
  }
  return {
    job: {
      algorithm: known.node,
      ranges: [{ offset: 0, length: size }],
      pieceLength: length,
      ...(known.outputLength === undefined ? {} : { outputLength: known.outputLength }),
    },
    judge(digests) {
      const bad = hashes.flatMap((hash, index) => (hash.toLowerCase() === digests[index] ? [] : [index]));
      const [first] = bad;
      const check: Check = {
        name: 'pieces',
        status: first === undefined ? 'pass' : 'fail',
        ...(first === undefined ? {} : { expected: hashes[first]?.toLowerCase() ?? '', actual: digests[first] ?? '' }),
        ...origin(expectation),
        message:
          first === undefined
            ? t('{0} pieces of {1} bytes, {2}: all match', hashes.length, groupedNumber(length), known.name)
            : t(
                '{0} of {1} pieces differ; the first is bytes {2}–{3}',
                bad.length,
                hashes.length,
                groupedNumber(first * length),
                groupedNumber(Math.min(size, (first + 1) * length) - 1),
              ),
      };
      return { check, weight: known.weak ? 'weak' : 'strong' };
    },
  };
}

function checkName({ kind }: Expectation, algorithm: string): string {
  if (kind === 'digest') return 'digest';
  if (kind === 'library-hash') return 'library hash';
  return kind === 'cache-name' ? 'cache name' : algorithm;
}

function origin({ source, channel }: Expectation): Pick<Check, 'source' | 'channel'> {
  return { source, ...(channel === undefined ? {} : { channel }) };
}
