import type { Finding, Severity } from '../text/finding';
import { t } from '../text/l10n';
import type { SourceText } from '../text/sourceText';
import { createCheckContext } from './checks/context';
import type { CheckContext } from './checks/context';
import { checkDoctype, checkExtension, checkRoot, checkWellFormed } from './checks/document';
import { checkMetalink3 } from './checks/metalink3';
import { checkStructure } from './checks/structure';
import { findXmlSignatures } from './checks/xmlSignature';
import type { MetalinkOptions } from './options';
import type { ParsedMetalink } from './parse';
import { nameRange } from './xml/tree';

/** Everything that the rules (rules.ts) say about a document, in the order of its text. Answers from the text alone; never throws. */
export function checkMetalink(_source: SourceText, parsed: ParsedMetalink, options: MetalinkOptions = {}): Finding[] {
  const findings = judge(parsed, options);
  const { rules } = options;
  const adjusted = rules === undefined ? findings : findings.flatMap((finding) => withSeverity(finding, rules));
  return adjusted.sort((a, b) => a.range.start - b.range.start || a.range.end - b.range.end);
}

/** The findings with the severities of the rule table. */
export function judge(parsed: ParsedMetalink, options: MetalinkOptions): Finding[] {
  const { root, dialect } = parsed;
  const signatures = root === undefined ? [] : findXmlSignatures(root);
  const context = createCheckContext(parsed.document, signatures.length > 0, options.fileName);
  for (const { range, message } of options.decoding ?? []) context.report('M4-001', range, message);
  checkWellFormed(context, parsed);
  checkDoctype(context);
  if (options.fileName !== undefined) checkExtension(context, parsed, options.fileName);
  if (root === undefined) return [...context.findings];
  if (dialect === 'metalink4') checkStructure(context, root);
  else if (dialect === 'metalink3') checkMetalink3(context, parsed, root);
  else checkRoot(context, parsed);
  const signature = signatures[0];
  if (signature !== undefined) warnAboutEdits(context, nameRange(signature));
  return [...context.findings];
}

/** M4-147: whoever mends a signed document has to sign it again. */
function warnAboutEdits(context: CheckContext, range: { readonly start: number; readonly end: number }): void {
  if (!context.findings.some(({ fixes }) => fixes?.some(({ edits }) => edits.length > 0))) return;
  context.report(
    'M4-147',
    range,
    t('The document is signed. Every edit breaks this signature: sign it again after the findings here are mended.'),
  );
}

const severities: ReadonlySet<string> = new Set<Severity>(['error', 'warning', 'information', 'hint']);

/** The exact id wins over a pattern, the longer pattern over the shorter. */
function withSeverity(finding: Finding, rules: Readonly<Record<string, string>>): Finding[] {
  const wanted = Object.hasOwn(rules, finding.code) ? rules[finding.code] : patternFor(finding.code, rules);
  if (wanted === 'off') return [];
  return wanted !== undefined && severities.has(wanted) ? [{ ...finding, severity: wanted as Severity }] : [finding];
}

function patternFor(code: string, rules: Readonly<Record<string, string>>): string | undefined {
  const patterns = Object.keys(rules).filter((pattern) => pattern.endsWith('*') && code.startsWith(pattern.slice(0, -1)));
  const longest = patterns.sort((a, b) => b.length - a.length)[0];
  return longest === undefined ? undefined : rules[longest];
}
