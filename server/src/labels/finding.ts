import { fixesFor } from '../text/finding';
import type { Finding, Rule } from '../text/finding';
import type { TextRange } from '../text/range';
import { labelRules } from './rules';
import type { LabelRuleId } from './rules';

/** A finding with the severity of the rule table. */
export function labelFinding(code: LabelRuleId, range: TextRange, message: string, extra: Partial<Finding> = {}): Finding {
  const { fix, severity }: Pick<Rule, 'fix' | 'severity'> = labelRules[code];
  return { code, severity, message, range, ...extra, ...(extra.fixes && { fixes: fixesFor(fix, extra.fixes) }) };
}
