import type { TagInfo } from './hub';

/**
 * Tags in the order for people: `latest` first, then versions from the newest down, then dates and other names; within equal versions
 * releases before release candidates, shorter names before variants (`1.4` before `1.4-slim`). Where the hub tells when tags were
 * pushed, names that are no versions go by that. Does not change its argument; n log n.
 */
export function orderTags<T extends Pick<TagInfo, 'name' | 'updated'>>(tags: readonly T[]): readonly T[] {
  const keyed = tags.map((tag) => ({ tag, key: keyOf(tag) }));
  return keyed.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0)).map(({ tag }) => tag);
}

const versionPattern = /^(?:v|release-|version-)?(\d+(?:[._]\d+)*)(?:[-_.+]?(.*))?$/i;
const previewPattern = /(?:^|[-_.])(alpha|beta|rc|pre|preview|dev|nightly|snapshot|a|b)[-_.]?(\d*(?:\.\d+)*)/i;
/** What comes before a release, from the farthest to the nearest. */
const previews = ['dev', 'nightly', 'snapshot', 'a', 'alpha', 'b', 'beta', 'pre', 'preview', 'rc'];
/** Sorts behind every digit: where one list of numbers ends and a longer one goes on. */
const end = '~';

/** A text whose order is the order of the tags: hundreds of thousands of comparisons are then cheap. */
function keyOf({ name, updated }: Pick<TagInfo, 'name' | 'updated'>): string {
  if (name === 'latest') return '0';
  const version = versionPattern.exec(name);
  if (/^sha256[-.]|^[a-f0-9]{32,64}$|\.(?:sig|att|sbom)$/.test(name)) return `3${descending([timeOf(updated)])}${name}`;
  if (!version) return `2${descending([timeOf(updated)])}${name}`;
  const suffix = version[2] ?? '';
  const preview = suffix === '' ? null : previewPattern.exec(suffix);
  const stage = preview ? `1${descending([previews.indexOf((preview[1] ?? '').toLowerCase()), ...numbers(preview[2] ?? '')])}` : '0';
  const rest = preview ? suffix.replace(preview[0], '') : suffix;
  return `1${descending(numbers(version[1] ?? ''))}${stage}${rest === '' ? '0' : '1'}${name}`;
}

function timeOf(updated: string | undefined): number {
  const time = updated === undefined ? Number.NaN : Date.parse(updated);
  return Number.isNaN(time) ? 0 : time;
}

function numbers(text: string): readonly number[] {
  return text === '' ? [] : text.split(/[._]/).map(Number);
}

const largest = 999_999_999_999_999;

/** Numbers so that larger ones sort first, and `1.4.0` before `1.4`. Fixed width, so that 10 is more than 9. */
function descending(list: readonly number[]): string {
  let text = '';
  for (const number of list) text += String(largest - Math.min(number, largest)).padStart(15, '0');
  return text + end;
}
