import { t } from '../text/l10n';
import type { DeclaredHash, DeclaredPieces } from './request';

interface HashType {
  /** Name in node:crypto. */
  readonly node: string;
  readonly digits: number;
  /** Bytes of output where the function can give any number. */
  readonly outputLength?: number;
  /** Higher decides. */
  readonly strength: number;
}

/** IANA "Hash Function Textual Names" that can be computed here. md2 cannot: OpenSSL 3 has it no more. */
const hashTypes: Readonly<Record<string, HashType>> = {
  'sha-512': { node: 'sha512', digits: 128, strength: 9 },
  shake256: { node: 'shake256', digits: 128, outputLength: 64, strength: 8 },
  'sha-384': { node: 'sha384', digits: 96, strength: 7 },
  'sha-256': { node: 'sha256', digits: 64, strength: 6 },
  shake128: { node: 'shake128', digits: 64, outputLength: 32, strength: 5 },
  'sha-224': { node: 'sha224', digits: 56, strength: 4 },
  'sha-1': { node: 'sha1', digits: 40, strength: 2 },
  md5: { node: 'md5', digits: 32, strength: 1 },
};

/** What the bytes are measured against. */
export interface Expectation {
  /** The strongest declared hash that can be computed: it decides, whatever weaker ones say. */
  readonly whole: DeclaredHash | undefined;
  /** Hash types to compute over the whole file: that of `whole`, and sha-256. */
  readonly computed: readonly string[];
  /** All declared hashes of a computed type, to be compared as well. */
  readonly declared: readonly DeclaredHash[];
  /** The strongest list of piece hashes that can be computed. */
  readonly pieces: DeclaredPieces | undefined;
  /** Why something declared is not used, for people. */
  readonly notes: readonly string[];
  /** Hashes are declared but none of them can be computed, or they contradict each other. */
  readonly problem?: string;
}

/** Chooses what decides about the bytes. Never throws. */
export function expectationOf(hashes: readonly DeclaredHash[], pieces: readonly DeclaredPieces[]): Expectation {
  const notes: string[] = [];
  const usable = hashes
    .map((hash) => ({ ...hash, type: hashName(hash.type), hex: hash.hex.toLowerCase() }))
    .filter((hash) => isHash(hash.type, hash.hex, notes));
  const [whole] = usable.sort((a, b) => strength(b.type) - strength(a.type));
  const contradiction = usable.some((hash) => hash.type === whole?.type && hash.hex !== whole.hex);
  const computed = [...new Set([...(whole === undefined ? [] : [whole.type]), 'sha-256'])];
  const problem = contradiction
    ? t('Two different {0} hashes are declared for the same file: no file can match both.', whole?.type ?? '')
    : hashes.length > 0 && whole === undefined
      ? t('None of the declared hashes ({0}) can be computed here.', hashes.map((hash) => hash.type).join(', '))
      : undefined;
  return {
    whole,
    computed,
    declared: usable.filter((hash) => computed.includes(hash.type)),
    pieces: strongestPieces(pieces, notes),
    notes,
    ...(problem === undefined ? {} : { problem }),
  };
}

/** Name in node:crypto and options for `createHash`. */
export function nodeHash(type: string): { readonly algorithm: string; readonly options: { readonly outputLength?: number } } {
  const known = hashTypes[type];
  if (known === undefined) throw new RangeError(`unknown hash type ${type}`);
  return { algorithm: known.node, options: known.outputLength === undefined ? {} : { outputLength: known.outputLength } };
}

/** A list with a number of pieces that the size does not give is no list (aria2 accepts 3 of 8 and checks no more than those). */
export function piecesFit(pieces: DeclaredPieces, size: number): boolean {
  return pieces.hashes.length === Math.ceil(size / pieces.length);
}

/** Registered spelling of a name as documents write it: `SHA256` and `sha256` are `sha-256`. */
function hashName(type: string): string {
  const lower = type.toLowerCase();
  return /^sha\d+$/.test(lower) ? lower.replace('sha', 'sha-') : lower;
}

function strength(type: string): number {
  return hashTypes[type]?.strength ?? 0;
}

function isHash(type: string, hex: string, notes: string[]): boolean {
  const known = hashTypes[type];
  if (known === undefined) notes.push(t('The {0} hash is not checked: it cannot be computed here.', type));
  else if (hex.length !== known.digits || !/^[0-9a-f]*$/.test(hex))
    notes.push(t('The {0} hash is not checked: it is not {1} hexadecimal digits.', type, known.digits));
  else return true;
  return false;
}

function strongestPieces(lists: readonly DeclaredPieces[], notes: string[]): DeclaredPieces | undefined {
  const usable = lists
    .map((list) => ({ ...list, type: hashName(list.type), hashes: list.hashes.map((hex) => hex.toLowerCase()) }))
    .filter((list) => {
      const digits = hashTypes[list.type]?.digits;
      const isList =
        digits !== undefined && Number.isSafeInteger(list.length) && list.length > 0 && list.hashes.every((hex) => hex.length === digits);
      if (!isList) notes.push(t('The {0} piece hashes are not used: they are malformed or cannot be computed here.', list.type));
      return isList;
    });
  return usable.sort((a, b) => strength(b.type) - strength(a.type))[0];
}
