import type { Finding, Severity } from '../text/finding';
import type { RecipeOptions } from './options';

/**
 * Findings as the settings and the comments of the recipe want them: severities changed, switched-off and ignored ones left out.
 *
 * `# container-metalink-ignore lint/a lint/b` holds for its own line and the next one, `# container-metalink-ignore-file lint/a` for
 * the file; `*` at the end stands for many rules, no rule for all of `lint/*`. What the parser refuses cannot be ignored by a comment.
 */
export function applySettings(text: string, findings: readonly Finding[], options: Pick<RecipeOptions, 'rules'>): Finding[] {
  const ignores = readIgnores(text);
  const known = new Map<string, Severity | 'off' | undefined>();
  const settings = Object.keys(options.rules).length > 0;
  return findings.flatMap((finding) => {
    if (ignores.length > 0 && isIgnored(finding, ignores)) return [];
    if (!settings) return [finding];
    if (!known.has(finding.code)) known.set(finding.code, configured(finding.code, options.rules));
    const severity = known.get(finding.code);
    if (severity === 'off') return [];
    return [severity === undefined ? finding : { ...finding, severity }];
  });
}

/** The most exact entry for a rule: its own id, else the longest one with a `*` that fits. */
function configured(code: string, rules: RecipeOptions['rules']): Severity | 'off' | undefined {
  let best: string | undefined;
  for (const pattern of Object.keys(rules)) if (matches(pattern, code) && pattern.length > (best?.length ?? -1)) best = pattern;
  return rules[code] ?? (best === undefined ? undefined : rules[best]);
}

function matches(pattern: string, code: string): boolean {
  return pattern.endsWith('*') ? code.startsWith(pattern.slice(0, -1)) : pattern === code;
}

interface Ignore {
  readonly rules: readonly string[];
  /** Where a finding has to start; the whole file has no end. */
  readonly start: number;
  readonly end: number;
}

const marker = 'container-metalink-ignore';

function readIgnores(text: string): Ignore[] {
  const ignores: Ignore[] = [];
  // Line ends are found going forward only, so that a long line with many of these comments stays linear.
  let lineStart = 0;
  let lineEnd = endOfLine(text, 0);
  let nextEnd: number | undefined;
  for (let at = text.indexOf(marker); at >= 0; at = text.indexOf(marker, at + marker.length)) {
    while (lineEnd < at) {
      lineStart = lineEnd + 1;
      lineEnd = endOfLine(text, lineStart);
      nextEnd = undefined;
    }
    if (!/#\s*$/.test(text.slice(Math.max(lineStart, at - 40), at))) continue;
    const rest = text.slice(at + marker.length, Math.min(lineEnd, at + 1000));
    const forFile = rest.startsWith('-file');
    const words = rest.slice(forFile ? 5 : 0).split(/[\s,]+/);
    const rules = words.filter((word) => word.includes('/') || word === '*');
    nextEnd ??= endOfLine(text, lineEnd + 1);
    const scope = forFile ? { start: 0, end: Infinity } : { start: lineStart, end: nextEnd };
    ignores.push({ rules: rules.length === 0 ? ['lint/*'] : rules, ...scope });
  }
  return ignores;
}

function endOfLine(text: string, from: number): number {
  const newline = text.indexOf('\n', from);
  return newline < 0 ? text.length : newline;
}

function isIgnored({ code, range }: Finding, ignores: readonly Ignore[]): boolean {
  if (code.startsWith('parse/')) return false;
  return ignores.some(
    ({ rules, start, end }) => range.start >= start && range.start <= end && rules.some((pattern) => matches(pattern, code)),
  );
}
