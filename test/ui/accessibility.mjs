// What axe-core finds in the parts of the window that are ours.
import axe from 'axe-core';

/** Rules that judge what VS Code draws around our texts, or what it reads out besides, and why each is left out. */
const notOurs = {
  'aria-allowed-attr': 'steps of a walkthrough are buttons with a checked state',
  'aria-required-children': 'steps of a walkthrough are buttons in a list',
  'nested-interactive': 'a step of a walkthrough holds its buttons',
  'label-content-name-mismatch': 'rows are read out in words, where the eye has dots between numbers',
};

/** Breaches of WCAG 2.2 (A and AA) and of axe's best practices inside what a selector names, in a line each. */
export async function breaches(page, selector) {
  await page.evaluate(axe.source);
  const rules = Object.fromEntries(Object.keys(notOurs).map((rule) => [rule, { enabled: false }]));
  const { violations, passes } = await page.evaluate(
    ([place, options]) => globalThis.axe.run({ include: [[place]] }, options),
    [selector, { rules }],
  );
  if (passes.length === 0) return [`axe has judged nothing in ${selector}`];
  return violations.flatMap(({ id, help, nodes }) => nodes.map(({ html }) => `${id}: ${help}: ${html.slice(0, 300)}`));
}
