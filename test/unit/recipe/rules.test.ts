import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseReference } from '../../../server/src/image/reference';
import { fixAllEdits } from '../../../server/src/lsp/codeActions';
import { checkRecipe } from '../../../server/src/recipe/diagnostics';
import { checkRecipeLabels } from '../../../server/src/recipe/labels';
import { meaningOf } from '../../../server/src/recipe/meaning';
import { defaultRecipeOptions } from '../../../server/src/recipe/options';
import { parseRecipe } from '../../../server/src/recipe/parse';
import { recipeRules } from '../../../server/src/recipe/rules';
import { shellRuleTable } from '../../../server/src/recipe/shellSyntax';
import type { Finding, OffsetEdit } from '../../../server/src/text/finding';
import { createSourceText } from '../../../server/src/text/sourceText';

// The pages of the rules are their tests: the bad example fires the rule, the good one does not.

const pages = path.resolve(import.meta.dirname, '../../../docs/rules');
/** ShellCheck’s and the shell parser’s findings come later, and are tried where they come from. */
const elsewhere = new Set(shellRuleTable.map((rule) => rule.id));
const promises = { quick: ' · quick fix', save: ' · quick fix, also on save' };

describe.each(recipeRules)('$id', ({ id, severity, title, page, fix: promised }) => {
  const text = fs.existsSync(path.join(pages, page)) ? fs.readFileSync(path.join(pages, page), 'utf8') : '';
  test('has its page, with what it promises', () => {
    const promise = promised === undefined ? '' : promises[promised];
    expect(text.split('\n').slice(0, 3)).toEqual([`# ${title}`, '', `\`${id}\` · ${severity}${promise}`]);
  });
  if (elsewhere.has(id)) return;
  test('fires on the bad example', () => expect(codesOf(text, 'Bad')).toContain(id));
  test('does not fire on the good example, and nothing worse does', () => {
    const codes = codesOf(text, 'Good');
    expect(codes).not.toContain(id);
    expect(codes.filter((code) => /^(parse|build)\//.test(code))).toEqual([]);
  });

  const bad = example(text, 'Bad');
  const count = (findings: readonly Finding[]) => findings.filter((finding) => finding.code === id).length;
  const before = check(bad);
  const fixes = before.filter((finding) => finding.code === id).flatMap((finding) => finding.fixes ?? []);
  test('has the fixes that its page promises', () => {
    expect(fixes.length > 0).toBe(promised !== undefined);
    expect(fixes.some(({ fixAll }) => fixAll === true)).toBe(promised === 'save');
  });
  test('each fix mends the bad example and refuses nothing that was read', () => {
    for (const fix of fixes) {
      const mended = check({ ...bad, text: apply(bad.text, fix.edits) });
      // A fix that only writes a key leaves its value to the author.
      if (fix.edits.every(({ newText }) => !newText.endsWith(': '))) expect(count(mended), fix.title).toBeLessThan(count(before));
      if (!before.some(isRefusal)) expect(mended.filter(isRefusal), fix.title).toEqual([]);
    }
  });
  if (promised !== 'save') return;
  test('fix-all mends it for good', () => {
    const once = apply(bad.text, fixAllEdits(before));
    const after = check({ ...bad, text: once });
    expect(count(after)).toBe(0);
    expect(after.filter(isRefusal)).toEqual([]);
    expect(apply(once, fixAllEdits(after))).toBe(once);
  });
  if (id.startsWith('parse/') || bad.how.includes('reference')) return;
  test(keepsMeaning.has(id) ? 'fix-all leaves the parsed definition as it is' : 'fix-all changes what it promises to change', () => {
    const mended = apply(bad.text, fixAllEdits(before.filter(({ code }) => code === id)));
    expect(meaningOf(mended) === meaningOf(bad.text)).toBe(keepsMeaning.has(id));
  });
});

/** What these rules take away is what the engines do not read. */
const keepsMeaning: ReadonlySet<string> = new Set(['lint/duplicate-header', 'lint/label-duplicate']);

function isRefusal({ code }: Finding): boolean {
  return code.startsWith('parse/');
}

interface Example {
  readonly text: string;
  readonly how: string;
}

/** The labels of a page need a recipe around them. */
const header = 'Bootstrap: docker\nFrom: debian:12\n';

/** The example below a heading. Behind the language stands how to check it: `engine=…`, `build-arg=K=V`, `required=LABEL`, `reference`. */
function example(page: string, heading: string): Example {
  const [, how = '', text = ''] = new RegExp(`## ${heading}\\n\\n\`\`\`(.*)\\n([\\s\\S]*?)\n\`\`\``).exec(page) ?? [];
  const around = page.includes('`lint/label-') ? header : '';
  return { how, text: around + text.replace('(70,000 bytes of script)', 'x'.repeat(70_000)) + (how.includes('reference') ? '' : '\n') };
}

function check({ text, how }: Example): readonly Finding[] {
  if (how.includes('reference')) return parseReference(text).problems;
  const [, key = '', value = ''] = /build-arg=(\w+)=(\S+)/.exec(how) ?? [];
  const options = {
    ...defaultRecipeOptions,
    engine: how.includes('engine=singularity') ? ('singularity' as const) : ('apptainer' as const),
    buildArguments: new Map(key === '' ? [] : [[key, value]]),
    requiredLabels: /required=(\S+)/.exec(how)?.slice(1) ?? [],
  };
  const context = { source: createSourceText(text), parsed: parseRecipe(text), options };
  return [...checkRecipe(context.source, context.parsed, options), ...checkRecipeLabels(context)];
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
