import type { TagInfo } from './hub';

/**
 * Tags in the order for people: `latest` first, then versions from the newest down, then dates and other names; within equal versions
 * releases before release candidates, shorter names before variants (`1.4` before `1.4-slim`). Where the hub tells when tags were
 * pushed, names that are no versions go by that. Does not change its argument; n log n.
 */
export function orderTags<T extends Pick<TagInfo, 'name' | 'updated'>>(tags: readonly T[]): readonly T[] {
  const keyed = tags.map((tag) => ({ tag, key: keyOf(tag) }));
  return keyed.sort((a, b) => compare(a.key, b.key)).map(({ tag }) => tag);
}

interface Key {
  /** 0 latest, 1 versions, 2 the rest, 3 hashes and signatures. */
  readonly rank: number;
  readonly numbers: readonly number[];
  /** 0 for a release, 1 for what comes before one: alpha, beta, rc, dev. */
  readonly preview: number;
  readonly previewNumbers: readonly number[];
  readonly suffix: string;
  readonly time: number;
  readonly name: string;
}

const versionPattern = /^(?:v|release-|version-)?(\d+(?:[._]\d+)*)(?:[-_.+]?(.*))?$/i;
const previewPattern = /(?:^|[-_.])(alpha|beta|rc|pre|preview|dev|nightly|snapshot|a|b)[-_.]?(\d*(?:\.\d+)*)/i;

function keyOf({ name, updated }: Pick<TagInfo, 'name' | 'updated'>): Key {
  const time = updated === undefined ? Number.NaN : Date.parse(updated);
  const base = { numbers: [], preview: 0, previewNumbers: [], suffix: '', time: Number.isNaN(time) ? -1 : time, name };
  if (name === 'latest') return { ...base, rank: 0 };
  if (/^sha256[-.]|^[a-f0-9]{32,64}$|\.(?:sig|att|sbom)$/.test(name)) return { ...base, rank: 3 };
  const version = versionPattern.exec(name);
  if (!version) return { ...base, rank: 2 };
  const suffix = version[2] ?? '';
  const preview = previewPattern.exec(suffix);
  return {
    ...base,
    rank: 1,
    numbers: (version[1] ?? '').split(/[._]/).map(Number),
    preview: preview ? 1 : 0,
    previewNumbers: preview ? [previewOrder(preview[1] ?? ''), ...(preview[2] ?? '').split('.').map(Number)] : [],
    suffix: preview ? suffix.replace(preview[0], '') : suffix,
  };
}

function previewOrder(word: string): number {
  const found = ['dev', 'nightly', 'snapshot', 'a', 'alpha', 'b', 'beta', 'pre', 'preview', 'rc'].indexOf(word.toLowerCase());
  return found === -1 ? 0 : found;
}

function compare(a: Key, b: Key): number {
  if (a.rank !== b.rank) return a.rank - b.rank;
  const numbers = compareNumbers(b.numbers, a.numbers);
  if (numbers !== 0) return numbers;
  if (a.preview !== b.preview) return a.preview - b.preview;
  const previews = compareNumbers(b.previewNumbers, a.previewNumbers);
  if (previews !== 0) return previews;
  if (a.suffix.length === 0 || b.suffix.length === 0) {
    if (a.suffix.length !== b.suffix.length) return a.suffix.length - b.suffix.length;
  }
  if (a.rank !== 1 && a.time !== b.time) return b.time - a.time;
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
}

/** As versions are compared: `1.10` after `1.9`, `1.4.0` after `1.4`. */
function compareNumbers(a: readonly number[], b: readonly number[]): number {
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    const difference = (a[i] ?? -1) - (b[i] ?? -1);
    if (difference !== 0) return difference;
  }
  return 0;
}
