import type { Finding } from '../text/finding';
import { overlaps } from '../text/range';
import type { TextRange } from '../text/range';
import type { MetalinkContext } from './context';
import { attributeOf } from './xml/tree';

/** A file whose values can be had from elsewhere, and the findings that this mends. */
export interface Resolvable {
  /** `file@name` as written; undefined where the entry has none. */
  readonly file: string | undefined;
  /** `told`: hubs and servers may know; `computed`: only the bytes of the file do. */
  readonly by: 'told' | 'computed';
  readonly findings: readonly Finding[];
}

const toldRules: ReadonlySet<string> = new Set(['M4-046', 'M4-064a', 'M4-084', 'M4-085']);
const computedRules: ReadonlySet<string> = new Set(['M4-062', 'M4-064', 'M4-068']);

/** Whether findings of this rule can be mended by what is asked online. */
export function isResolvable(rule: string): boolean {
  return toldRules.has(rule) || computedRules.has(rule);
}

/** What of `range` can be resolved online, a file and a way at a time. Answers from the text alone. */
export function resolvablesIn({ parsed }: MetalinkContext, findings: readonly Finding[], range: TextRange): Resolvable[] {
  const { root, dialect } = parsed;
  if (root === undefined || dialect !== 'metalink4') return [];
  const ways = [
    ['told', toldRules],
    ['computed', computedRules],
  ] as const;
  return root.children
    .filter((file) => file.local === 'file' && overlaps(file, range))
    .flatMap((file) =>
      ways.flatMap(([by, rules]) => {
        const mended = findings.filter(({ code, range: at }) => rules.has(code) && overlaps(at, range) && overlaps(file, at));
        return mended.length === 0 ? [] : [{ file: attributeOf(file, 'name')?.value, by, findings: mended }];
      }),
    );
}
