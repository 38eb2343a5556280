/**
 * The newest version among `tags` that is newer than `tag` and of the same shape: the same prefix, as many numbers, the same variant
 * (`1.4-slim` → `1.6-slim`, never `2.0-alpine` or `1.6.1-slim`). Undefined for a tag that is no version.
 */
export function newerTag(tag: string, tags: readonly { readonly name: string }[]): string | undefined {
  const current = versionOf(tag);
  if (current === undefined) return undefined;
  let best = current;
  for (const { name } of tags) {
    const version = versionOf(name);
    if (version?.shape === current.shape && isNewer(version.numbers, best.numbers)) best = version;
  }
  return best === current ? undefined : best.tag;
}

interface Version {
  readonly tag: string;
  readonly numbers: readonly number[];
  /** What must be equal: everything but the numbers. */
  readonly shape: string;
}

function versionOf(tag: string): Version | undefined {
  const match = /^(v?)(\d+(?:\.\d+)*)(.*)$/.exec(tag);
  if (match === null) return undefined;
  const [, prefix = '', digits = '', suffix = ''] = match;
  // Release candidates, dates and builds are no variants of a release.
  if (/rc|alpha|beta|dev|pre/i.test(suffix) || /^\d{8}/.test(digits)) return undefined;
  const numbers = digits.split('.').map(Number);
  return { tag, numbers, shape: `${prefix}${numbers.length}${suffix}` };
}

function isNewer(a: readonly number[], b: readonly number[]): boolean {
  for (const [index, number] of a.entries()) {
    const other = b[index] ?? 0;
    if (number !== other) return number > other;
  }
  return false;
}
