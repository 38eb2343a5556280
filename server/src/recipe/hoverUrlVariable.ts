import { t } from '../text/l10n';
import { touches } from '../text/range';
import type { TextRange } from '../text/range';
import type { RecipeContext } from './context';
import { templatedLine } from './hoverTemplate';
import { headerEntry } from './lookup';
import { inCode } from './markdown';
import type { Place } from './place';
import { osVersionUse, urlVariables } from './urlVariables';

/** What `%{OSVERSION}` at an offset of a header value becomes, as Markdown; undefined where there is no `%{…}`. */
export function hoverUrlVariable(
  context: RecipeContext,
  { stage, entry }: Extract<Place, { kind: 'header-value' }>,
  offset: number,
): { range: TextRange; markdown: string } | undefined {
  const { text } = context.source;
  const bootstrap = headerEntry(stage, 'bootstrap')?.value ?? '';
  const agent = templatedLine(context, stage, bootstrap) ?? bootstrap;
  const use = osVersionUse(stage, agent);
  const found = urlVariables(text, entry, use);
  const here = found.find(({ range }) => touches(range, offset));
  if (here === undefined) return undefined;
  const shown = inCode(text.slice(here.range.start, here.range.end));
  if (!here.filled)
    return { range: here.range, markdown: t('The agent {0} leaves {1} in {2} as it is.', inCode(agent), shown, inCode(entry.key)) };
  if (use.value === undefined)
    return { range: here.range, markdown: t('{0} stands for the value of {1}, which is missing.', shown, '`OSVersion:`') };
  const value = templatedLine(context, stage, use.value) ?? use.value;
  const whole = found.reduce((url, variable) => (variable.filled ? url.replaceAll(`%{${variable.name}}`, value) : url), entry.value);
  return {
    range: here.range,
    markdown: [
      t('{0} is the value of {1}: {2}', shown, '`OSVersion:`', inCode(value)),
      inCode(templatedLine(context, stage, whole) ?? whole),
    ].join('\n\n'),
  };
}
