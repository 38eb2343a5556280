import type { InlayHint } from 'vscode-languageserver-types';
import { t } from '../text/l10n';
import { overlaps } from '../text/range';
import type { TextRange } from '../text/range';
import type { RecipeContext } from './context';
import { stageImage } from './images';
import type { Stage } from './syntax';
import { argumentValue, readDefaults } from './templating';

/** What is there without being written: values of `{{ … }}`, the tag that an engine takes when none is given. In `range`. */
export function inlayHintsRecipe(context: RecipeContext, range: TextRange): InlayHint[] {
  const stages = context.parsed.recipe.stages.filter((stage) => overlaps(stage.range, range));
  return stages.flatMap((stage) => [...tagHints(context, stage, range), ...valueHints(context, stage, range)]);
}

function valueHints({ source, parsed, options }: RecipeContext, stage: Stage, range: TextRange): InlayHint[] {
  const placeholders = stage.placeholders.filter(
    (placeholder) => overlaps(placeholder.range, range) && !(placeholder.inComment && options.engine === 'apptainer'),
  );
  if (placeholders.length === 0) return [];
  const defaults = readDefaults(parsed.recipe.text, stage, options.engine);
  return placeholders.map(({ name, range: { end } }) => {
    const value = argumentValue(name, defaults, options);
    return {
      position: source.positionAt(end),
      label: value === undefined ? t('= ?') : `= ${shortened(value)}`,
      paddingLeft: true,
      ...(value === undefined && { tooltip: t('{0} has no value: the build would stop here.', name) }),
    };
  });
}

/** Without tag and digest, hubs are asked for `latest`. */
function tagHints({ source, parsed, options }: RecipeContext, stage: Stage, range: TextRange): InlayHint[] {
  const image = stageImage(parsed.recipe, stage, options);
  if (image === undefined || image.templated || !overlaps(image.range, range)) return [];
  const reference = image.parsed?.reference;
  const isBare =
    reference !== undefined &&
    ((reference.kind === 'registry' && reference.tag === undefined && reference.digest === undefined) ||
      (reference.kind === 'library' && reference.tags.length === 0) ||
      (reference.kind === 'shub' && reference.tag === undefined && reference.version === undefined));
  if (!isBare) return [];
  return [
    {
      position: source.positionAt(image.range.end),
      label: ':latest',
      tooltip: t('The engine asks for this tag when none is given; what it stands for changes.'),
    },
  ];
}

function shortened(value: string): string {
  const line = value.replace(/\s+/g, ' ');
  return line.length > 40 ? `${line.slice(0, 39)}…` : line;
}
