import { t } from '../../text/l10n';
import { stageImage } from '../images';
import type { RecipeImage } from '../images';
import { headerEntry } from '../lookup';
import { recipeRules } from '../rules';
import type { RecipeRuleId } from '../rules';
import { quoted } from './context';
import type { CheckContext } from './context';
import { checkRegistryKeys } from './registryKeys';

/** The images of `From:`: what image/reference.ts says about them, and whether they are pinned to a digest. */
export function checkReferences(context: CheckContext): void {
  for (const stage of context.recipe.stages) {
    const image = stageImage(context.recipe, stage, context.options);
    if (image === undefined || checkRegistryKeys(context, image)) continue;
    const isInPlace = image.from.lines.length === 1 && image.value === image.from.value;
    for (const problem of image.parsed?.problems ?? []) {
      if (!isOwn(problem.code)) continue;
      // Nothing to underline is hard to see: the whole line then.
      const isSeen = isInPlace && problem.range.end > problem.range.start;
      const range = isSeen ? problem.range : image.range.end > image.range.start ? image.range : image.from.range;
      const fixes = isInPlace ? problem.fixes : undefined;
      context.report(problem.code, range, problem.message, { severity: problem.severity, ...(fixes && { fixes }) });
    }
    checkDigest(context, image);
    checkLocalImage(context, image);
  }
}

/** `localimage` with the address of an image at a hub. */
function checkLocalImage({ engine, report }: CheckContext, { agent, from, range, stage, templated, value }: RecipeImage): void {
  const [, scheme, name] = /^(docker|library|oras|shub):\/\/(.+)$/.exec(value) ?? [];
  const bootstrap = headerEntry(stage, 'bootstrap');
  if (agent !== 'localimage' || scheme === undefined || name === undefined || bootstrap === undefined) return;
  const edits = [
    { range: bootstrap.valueRange, newText: scheme },
    { range, newText: name },
  ];
  report(
    'build/reference-scheme-in-from',
    range,
    t('{0} takes a path: {1} looks for a file of this name. The agent {2} fetches such an image.', '`localimage`', engine, quoted(scheme)),
    templated || from.lines.length !== 1 || bootstrap.value !== agent
      ? {}
      : { fixes: [{ title: t('Change to {0}', quoted(`Bootstrap: ${scheme}`)), edits, preferred: true }] },
  );
}

const ids: ReadonlySet<string> = new Set(recipeRules.map((rule) => rule.id));

function isOwn(code: string): code is RecipeRuleId {
  return ids.has(code);
}

function checkDigest(context: CheckContext, { agent, parsed, range, unresolved }: RecipeImage): void {
  const reference = parsed?.reference;
  if (unresolved || (agent !== 'docker' && agent !== 'oras') || reference?.kind !== 'registry' || reference.digest !== undefined) return;
  const message =
    reference.tag === undefined
      ? t('Without a tag this is {0}: another image next month. Name a version, or pin the digest.', '`latest`')
      : t('The image behind the tag {0} can change. A digest ({1}) names one image for good.', quoted(reference.tag), '`@sha256:…`');
  context.report('lint/missing-digest', range, message);
}
