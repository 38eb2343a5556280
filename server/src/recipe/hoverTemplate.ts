import { t } from '../text/l10n';
import type { RecipeContext } from './context';
import { lineAround } from './place';
import type { Placeholder, Stage } from './syntax';
import { argumentLines, argumentValue, readDefaults, replacePlaceholders } from './templating';

/** What `{{ name }}` becomes, where the value comes from, and the line after templating, as Markdown. */
export function hoverPlaceholder(context: RecipeContext, stage: Stage, placeholder: Placeholder): string {
  const { options, parsed, source } = context;
  const { name } = placeholder;
  if (placeholder.inComment && options.engine === 'apptainer')
    return t('Apptainer finds a comment before {0} on this line and leaves it as it is.', `\`{{ ${name} }}\``);
  const value = argumentValue(name, readDefaults(parsed.recipe.text, stage, options.engine), options);
  if (value === undefined)
    return t(
      '{0} has no value: the build stops with "build var {1} is not defined through either --build-arg (--build-arg-file) or \'arguments\' section".',
      `\`{{ ${name} }}\``,
      name,
    );
  const line = argumentLines(stage).findLast(({ key, status }) => status === 'assigned' && key === name);
  const origin = options.buildArguments.has(name)
    ? t('given for the build')
    : t('default of {0} on line {1}', '`%arguments`', source.positionAt(line?.range.start ?? 0).line + 1);
  const around = lineAround(source.text, placeholder.range.start);
  const templated = templatedLine(context, stage, source.text.slice(around.start, Math.min(around.end, around.start + 2000)).trim());
  return [
    `\`{{ ${name} }}\` = ${value === '' ? t('the empty text') : `\`${value.replaceAll('`', "'")}\``} (${origin})`,
    ...(templated === undefined
      ? []
      : [t('The line after templating:'), '```singularity\n' + templated.replaceAll('```', "'''") + '\n```']),
  ].join('\n\n');
}

/** A line, or a value, of a stage with its placeholders replaced; undefined when it has none that can be. */
export function templatedLine({ options, parsed }: RecipeContext, stage: Stage, text: string): string | undefined {
  if (!text.includes('{{')) return undefined;
  const templated = replacePlaceholders(text, readDefaults(parsed.recipe.text, stage, options.engine), options);
  return templated === text ? undefined : templated;
}
