import type { Finding, Fix, Severity } from '../../text/finding';
import { t } from '../../text/l10n';
import type { TextRange } from '../../text/range';
import { defaultSeverities } from '../rules';
import type { MetalinkRuleId } from '../rules';
import type { XmlDocument, XmlElement } from '../xml/tree';
import { textOf } from '../xml/value';

export interface Remarks {
  /** Where a rule has several severities. */
  readonly severity?: Severity;
  readonly fixes?: readonly Fix[];
  readonly related?: Finding['related'];
  readonly tags?: Finding['tags'];
}

/** What checks read and where they report. */
export interface CheckContext {
  readonly document: XmlDocument;
  /** An XML signature covers something of the document: an edit breaks it (M4-147). */
  readonly signed: boolean;
  /** Name or URI of the document, where it has one. */
  readonly fileName: string | undefined;
  report(rule: MetalinkRuleId, range: TextRange, message: string, remarks?: Remarks): void;
  /** Text of a leaf; undefined when it is not known because it holds an entity of the DOCTYPE. */
  valueOf(element: XmlElement): string | undefined;
  /** The rule has been reported so often that more of it helps nobody: what costs time to find need not be looked for. */
  isFull(rule: MetalinkRuleId): boolean;
  readonly findings: readonly Finding[];
}

/** Of one rule. A document with a thousand wrong hashes has one mistake; an error is never crowded out by hints. */
const mostOfOneRule = 100;

/** A fix that touches more places is no quick one, and a document with many findings would hold as many copies of it. */
export const mostEditsOfOneFix = 1000;

export function createCheckContext(document: XmlDocument, signed: boolean, fileName?: string): CheckContext {
  const findings: Finding[] = [];
  const counts = new Map<MetalinkRuleId, number>();
  const isFull = (rule: MetalinkRuleId): boolean => (counts.get(rule) ?? 0) >= mostOfOneRule;
  return {
    document,
    signed,
    fileName,
    findings,
    isFull,
    report(rule, range, message, { severity, fixes, related, tags } = {}) {
      if (isFull(rule)) return;
      counts.set(rule, (counts.get(rule) ?? 0) + 1);
      findings.push({
        code: rule,
        severity: severity ?? defaultSeverities.get(rule) ?? 'error',
        message,
        range,
        ...(fixes === undefined || fixes.length === 0 ? {} : { fixes: signed ? fixes.map(withWarning) : fixes }),
        ...(related === undefined ? {} : { related }),
        ...(tags === undefined ? {} : { tags }),
      });
    },
    valueOf: (element) => (element.unresolved ? undefined : textOf(document, element)),
  };
}

/** A fix by one edit. `safe`: part of fix-all. */
export function fixBy(
  title: string,
  range: TextRange,
  newText: string,
  options: { readonly safe?: boolean; readonly preferred?: boolean } = {},
): Fix {
  const { safe = false, preferred = true } = options;
  return { title, edits: [{ range, newText }], ...(preferred ? { preferred } : {}), ...(safe ? { fixAll: true } : {}) };
}

/** A fix by edits that were made elsewhere. */
export function fixWith(title: string, edits: Fix['edits'], options: { readonly safe?: boolean; readonly preferred?: boolean } = {}): Fix {
  const { safe = false, preferred = true } = options;
  return { title, edits, ...(preferred ? { preferred } : {}), ...(safe ? { fixAll: true } : {}) };
}

function withWarning({ title, edits, extension }: Fix): Fix {
  // Another name of the file leaves the signature as it is.
  if (extension !== undefined) return { title, edits, extension };
  return { title: t('{0} (breaks the XML signature of the document)', title), edits };
}
