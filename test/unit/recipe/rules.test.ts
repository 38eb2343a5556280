import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseReference } from '../../../server/src/image/reference';
import { labelRuleTable } from '../../../server/src/labels/rules';
import { checkRecipe } from '../../../server/src/recipe/diagnostics';
import { defaultRecipeOptions } from '../../../server/src/recipe/options';
import { parseRecipe } from '../../../server/src/recipe/parse';
import { recipeRules } from '../../../server/src/recipe/rules';
import { shellRuleTable } from '../../../server/src/recipe/shellSyntax';
import type { Finding, OffsetEdit } from '../../../server/src/text/finding';
import { createSourceText } from '../../../server/src/text/sourceText';

// The pages of the rules are their tests: the bad example fires the rule, the good one does not.

const pages = path.resolve(import.meta.dirname, '../../../docs/rules');
const tried = new Set([...labelRuleTable, ...shellRuleTable].map((rule) => rule.id));

describe.each(recipeRules)('$id', ({ id, severity, title, page }) => {
  const text = fs.existsSync(path.join(pages, page)) ? fs.readFileSync(path.join(pages, page), 'utf8') : '';
  test('has its page', () => {
    expect(text.split('\n').slice(0, 3)).toEqual([`# ${title}`, '', `\`${id}\` · ${severity}`]);
  });
  if (tried.has(id)) return; // these are found elsewhere, and tried there
  test('fires on the bad example', () => expect(codesOf(text, 'Bad')).toContain(id));
  test('its fixes mend the bad example', () => {
    const bad = example(text, 'Bad');
    const count = (findings: readonly Finding[]) => findings.filter((finding) => finding.code === id).length;
    const before = check(bad);
    const fixes = before.filter((finding) => finding.code === id).flatMap((finding) => finding.fixes ?? []);
    // A fix that only writes a key leaves its value to the author.
    for (const fix of fixes.filter(({ edits }) => edits.every(({ newText }) => !newText.endsWith(': '))))
      expect(count(check({ ...bad, text: apply(bad.text, fix.edits) })), fix.title).toBeLessThan(count(before));
  });
  test('does not fire on the good example, and nothing worse does', () => {
    const codes = codesOf(text, 'Good');
    expect(codes).not.toContain(id);
    expect(codes.filter((code) => /^(parse|build)\//.test(code))).toEqual([]);
  });
});

interface Example {
  readonly text: string;
  readonly how: string;
}

/** The example below a heading. Behind the language stands how to check it: `engine=…`, `build-arg=K=V`, `reference`. */
function example(page: string, heading: string): Example {
  const [, how = '', text = ''] = new RegExp(`## ${heading}\\n\\n\`\`\`(.*)\\n([\\s\\S]*?)\n\`\`\``).exec(page) ?? [];
  return { how, text: text.replace('(70,000 bytes of script)', 'x'.repeat(70_000)) + (how.includes('reference') ? '' : '\n') };
}

function check({ text, how }: Example): readonly Finding[] {
  if (how.includes('reference')) return parseReference(text).problems;
  const [, key = '', value = ''] = /build-arg=(\w+)=(\S+)/.exec(how) ?? [];
  const options = {
    ...defaultRecipeOptions,
    engine: how.includes('engine=singularity') ? ('singularity' as const) : ('apptainer' as const),
    buildArguments: new Map(key === '' ? [] : [[key, value]]),
  };
  return checkRecipe(createSourceText(text), parseRecipe(text), options);
}

function codesOf(page: string, heading: string): string[] {
  return check(example(page, heading)).map((finding) => finding.code);
}

function apply(text: string, edits: readonly OffsetEdit[]): string {
  return [...edits]
    .sort((a, b) => b.range.start - a.range.start)
    .reduce((result, { range, newText }) => result.slice(0, range.start) + newText + result.slice(range.end), text);
}

describe('false alarms that recipes of others met', () => {
  const install = '%post\n apt-get install -y file\n';
  const cases: [string, string, boolean][] = [
    ['lint/install-without-update', `Bootstrap: docker\nFrom: debian:12\n${install}`, true],
    ['lint/install-without-update', `Bootstrap: docker\nFrom: docker.io/library/debian\n${install}`, true],
    ['lint/install-without-update', `Bootstrap: docker\nFrom: quay.io/wtsicgp/brass:v6.3.4\n${install}`, false],
    ['lint/install-without-update', `Bootstrap: docker\nRegistry: quay.io\nFrom: brass\n${install}`, false],
    ['lint/install-without-update', `Bootstrap: docker\nFrom: {{ IMAGE }}\n${install}`, false],
    ['lint/install-without-update', `Bootstrap: localimage\nFrom: base.sif\n${install}`, false],
  ];
  test.each(cases)('%s, %j: %s', (code, text, found) => {
    expect(check({ text, how: '' }).some((finding) => finding.code === code)).toBe(found);
  });
});
