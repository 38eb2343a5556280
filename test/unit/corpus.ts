import fs from 'node:fs';
import path from 'node:path';
import { describe, test } from 'vitest';

const root = path.resolve(import.meta.dirname, '../../../shared/corpus');

/** Whether nothing may be skipped for want of the corpus or of a program: in CI. */
export const requireAll = process.env.CONTAINER_METALINK_REQUIRE_CORPUS === '1';

/** Absolute path of a folder or file of the corpus that stands beside the project, or undefined when it is not there. */
export function corpus(name: string): string | undefined {
  const file = path.join(root, name);
  return fs.existsSync(file) ? file : undefined;
}

/**
 * A suite that reads the corpus. Where the corpus is absent (a contributor's clone) it is reported as skipped with the reason;
 * with CONTAINER_METALINK_REQUIRE_CORPUS=1 (CI) its absence is a failure.
 */
export function describeCorpus(title: string, name: string, suite: (folder: string) => void): void {
  const found = corpus(name);
  if (found !== undefined) describe(title, () => suite(found));
  else if (requireAll) {
    test(title, () => {
      throw new Error(`The corpus is missing: ${path.join(root, name)}`);
    });
  } else describe.skip(`${title} (skipped: no corpus at ../shared/corpus/${name})`, () => test('needs the corpus', () => undefined));
}
