import type { Rule } from '../text/finding';

/** Advice about `%labels` and `%applabels`, by the rule's id. Part of the recipe language's rule table. */
export const labelRules = {
  'lint/label-value': { severity: 'warning', title: 'A label has a value of another type than its vocabulary says', fix: 'quick' },
  'lint/label-missing': { severity: 'warning', title: 'A label that the settings or a schema require is not set', fix: 'quick' },
  'lint/label-unknown': { severity: 'warning', title: 'A label is in a namespace that does not define it', fix: 'quick' },
  'lint/label-duplicate': { severity: 'warning', title: 'A label is set twice; only the last value is kept', fix: 'save' },
  'lint/label-automatic': { severity: 'warning', title: 'A label is set by the build itself; the value here is dropped', fix: 'quick' },
  'lint/label-separator': { severity: 'warning', title: 'A label is not split where the author thinks: only a space splits', fix: 'save' },
  'lint/label-quotes': { severity: 'information', title: 'Quotes become part of a label', fix: 'save' },
  'lint/label-continuation': { severity: 'warning', title: 'A label does not go on after a backslash' },
  'lint/label-comment': { severity: 'information', title: 'A comment becomes part of a label’s value', fix: 'save' },
  'lint/label-variable': { severity: 'information', title: 'A variable in a label is not expanded' },
  'lint/label-empty': { severity: 'information', title: 'A label has no value' },
  'lint/label-superseded': { severity: 'hint', title: 'A Label Schema label has an OCI successor', fix: 'quick' },
} as const satisfies Readonly<Record<string, Omit<Rule, 'id' | 'page'>>>;

export type LabelRuleId = keyof typeof labelRules;

/** The rules as rows of a rule table. */
export const labelRuleTable: readonly Rule[] = Object.entries(labelRules).map(([id, rule]) => ({
  id,
  ...rule,
  page: `${id.replace('/', '-')}.md`,
}));
