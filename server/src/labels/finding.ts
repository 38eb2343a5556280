import type { Finding } from '../text/finding';
import type { TextRange } from '../text/range';
import { labelRules } from './rules';
import type { LabelRuleId } from './rules';

/** A finding with the severity of the rule table. */
export function labelFinding(code: LabelRuleId, range: TextRange, message: string, extra: Partial<Finding> = {}): Finding {
  return { code, severity: labelRules[code].severity, message, range, ...extra };
}
