import type { Check, VerdictLevel } from '../image/verdict';
import type { WeighedCheck } from './compare';

/**
 * The verdict of all checks: one contradiction is `failed`; trusted signatures over everything are `signed`; equality with a strong
 * digest, or with a weak one where no strong one is declared, is `intact`; else `unverified`.
 */
export function verdictOf(checks: readonly WeighedCheck[], signed: boolean): VerdictLevel {
  if (checks.some(({ check }) => check.status === 'fail')) return 'failed';
  if (signed) return 'signed';
  const passed = checks.filter(({ check }) => check.status === 'pass');
  if (passed.some(({ weight }) => weight === 'strong')) return 'intact';
  const onlyWeak = checks.every(({ check, weight }) => weight !== 'strong' && !isUncomputedHash(check));
  return onlyWeak && passed.some(({ weight }) => weight === 'weak') ? 'intact' : 'unverified';
}

/** A hash that is declared and was not compared: a weak one beside it does not make up for it. */
function isUncomputedHash({ status, expected }: Check): boolean {
  return status === 'skip' && expected !== undefined;
}

const names = ['signature', 'fingerprints', 'coverage'];

/** Contradictions first, then from the strongest evidence to the weakest, what was skipped last. */
export function inOrder(checks: readonly WeighedCheck[]): readonly Check[] {
  const rank = ({ check, weight }: WeighedCheck): number => {
    if (check.status === 'fail') return 0;
    if (check.status === 'skip') return 9;
    if (names.includes(check.name)) return 1;
    if (weight === 'strong') return check.name === 'pieces' ? 3 : 2;
    if (weight === 'weak') return 4;
    return check.name === 'size' ? 5 : 6;
  };
  return [...checks].sort((a, b) => rank(a) - rank(b)).map(({ check }) => check);
}
