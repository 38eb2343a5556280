import { t } from '../../text/l10n';
import { readDefinitions } from '../definition';
import { parseStageText } from '../parse';
import type { Placeholder, Stage } from '../syntax';
import { applyTemplate, argumentValue, readDefaults } from '../templating';
import type { TemplateOptions } from '../templating';
import { quoted, visible } from './context';
import type { CheckContext } from './context';

/** The engines parse a stage again after templating: a value can bring what they refuse (A and S internal/pkg/build/build.go, MakeAllDefs). */
export function checkTemplated({ engine, options, parsed, report, text }: CheckContext, stage: Stage): void {
  if (parsed.problems.some((problem) => problem.engine === undefined || problem.engine === options.engine)) return;
  const filled = applyTemplate(text, stage, options);
  if (filled.missing !== undefined || filled.endless === true) return;
  const again = parseStageText(filled.text);
  const answer = readDefinitions(again, options.engine);
  if ('stages' in answer) return;
  const culprit = placeholderBefore(text, stage, options, answer.refusal.range.start);
  if (culprit === undefined) return;
  report(
    'build/after-templating',
    culprit.range,
    t(
      'With its value, {0} makes a definition that {1} refuses: it stops with "{2}".',
      quoted(`{{ ${culprit.name} }}`),
      engine,
      visible(answer.message),
    ),
  );
}

/** The placeholder whose value begins last at or before an offset of the text after templating; what it brings in is there or behind. */
function placeholderBefore(text: string, stage: Stage, options: TemplateOptions, offset: number): Placeholder | undefined {
  const defaults = readDefaults(text, stage, options.engine);
  const lengths = new Map<string, number>();
  let found: Placeholder | undefined;
  let shift = -stage.range.start;
  for (const placeholder of stage.placeholders) {
    if (placeholder.inComment && options.engine === 'apptainer') continue;
    if (found !== undefined && placeholder.range.start + shift > offset) break;
    found = placeholder;
    const value = lengths.get(placeholder.name) ?? argumentValue(placeholder.name, defaults, options)?.length ?? 0;
    lengths.set(placeholder.name, value);
    shift += value - (placeholder.range.end - placeholder.range.start);
  }
  return found;
}
