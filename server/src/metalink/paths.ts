// File names of RFC 5854, sections 4.1.2.1 and 4.2.8.3. A name is never percent-decoded: `%2e%2e` is a plain name.

/** Why a name is not taken. `at` and `length` point to the part that is wrong. */
export interface PathFault {
  /** `unsafe`: the RFC's five conditions. `unrelative`: not a relative file on some system. `separator`: a backslash. */
  readonly kind: 'unsafe' | 'unrelative' | 'separator';
  readonly at: number;
  readonly length: number;
}

/** The faults of a name, the worst first; none when it is a relative path of files on every system. The empty name has no fault. */
export function pathFaults(name: string): readonly PathFault[] {
  const faults: PathFault[] = [];
  const backslash = name.indexOf('\\');
  const plain = name.replace(/\\/g, '/');
  const traversal = /(^|\/)\.\.(?=\/|$)/.exec(plain);
  if (plain.startsWith('/')) faults.push({ kind: 'unsafe', at: 0, length: 1 });
  else if (traversal !== null) faults.push({ kind: 'unsafe', at: traversal.index + (traversal[1]?.length ?? 0), length: 2 });
  else if (plain.startsWith('./')) faults.push({ kind: 'unsafe', at: 0, length: 2 });
  const odd = /(^|\/)\.(?=\/|$)|\/(?=\/)|(?<=.)\/$|^[A-Za-z]:/.exec(plain);
  if (odd !== null) faults.push({ kind: 'unrelative', at: odd.index, length: Math.max(odd[0].length, 1) });
  if (backslash >= 0) faults.push({ kind: 'separator', at: backslash, length: 1 });
  return faults;
}

/** What a name may do to a file system although the RFC allows it, in one word each; the first one counts (policy). */
export type PathRisk = 'control' | 'home' | 'device' | 'trailing' | 'colon' | 'long';

/** Characters of a path; systems hold 4,096 bytes at most. */
export const longestPath = 4096;

/** The first risk of a name; undefined when it is plain. */
export function pathRisk(name: string): PathRisk | undefined {
  if (name.length > longestPath) return 'long';
  if (/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/.test(name)) return 'control';
  if (name.startsWith('~')) return 'home';
  const segments = name.split('/');
  if (segments.some((segment) => /^(?:con|prn|aux|nul|com[0-9\u00b9\u00b2\u00b3]|lpt[0-9\u00b9\u00b2\u00b3])(?:\.|$)/i.test(segment)))
    return 'device';
  if (segments.some((segment) => /[. ]$/.test(segment))) return 'trailing';
  if (/[:*?"<>|]/.test(name)) return 'colon';
  if (segments.some((segment) => segment.length > 85 && new TextEncoder().encode(segment).length > 255)) return 'long';
  return undefined;
}

/** Whether a name can be joined to a folder and stays below it, on every system. */
export function isSafePath(name: string): boolean {
  return name !== '' && pathFaults(name).length === 0 && !name.startsWith('~') && !/[\u0000-\u001f\u007f]/.test(name);
}

/** A safe name near an unsafe one: separators turned, roots, dots and empty parts dropped. Undefined when nothing is left. */
export function suggestPath(name: string): string | undefined {
  if (name.length > longestPath) return undefined;
  const segments = name
    .replace(/\\/g, '/')
    .replace(/^[A-Za-z]:/, '')
    .replace(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, '')
    .split('/')
    .filter((segment) => segment !== '' && segment !== '.' && segment !== '..' && segment !== '~');
  const suggestion = segments.join('/').replace(/^~+/, '');
  return isSafePath(suggestion) ? suggestion : undefined;
}

/** A name without the risks of `pathRisk`; undefined when none is left. */
export function suggestPlainPath(name: string): string | undefined {
  const safe = suggestPath(name);
  if (safe === undefined) return undefined;
  const plain = safe
    .replace(/[:*?"<>|]/g, '-')
    .split('/')
    .map((segment) => segment.replace(/[. ]+$/, ''))
    .map((segment) => (pathRisk(segment) === 'device' ? `_${segment}` : segment))
    .join('/');
  return isSafePath(plain) && pathRisk(plain) === undefined ? plain : undefined;
}

/** What two names share when some file system cannot tell them apart: case and Unicode normalisation folded. */
export function foldPath(name: string): string {
  return name.normalize('NFC').toLowerCase();
}
