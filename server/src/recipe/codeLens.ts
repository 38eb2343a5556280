import type { CodeLens } from 'vscode-languageserver-types';
import { clientCommands } from '../protocol';
import type { Target } from '../protocol';
import { t } from '../text/l10n';
import type { RecipeContext } from './context';
import { recipeImages } from './images';
import type { RecipeImage } from './images';
import { headerEntry } from './lookup';

/**
 * Lenses above a recipe: build it; above each `From:` that names an image at a hub: what it is, verify it, pull it, pin its digest.
 * None where a placeholder has no value.
 *
 * @param uri of the document
 */
export function codeLensRecipe(context: RecipeContext, uri: string): CodeLens[] {
  const { source, parsed, options } = context;
  const first = parsed.recipe.stages.map((stage) => headerEntry(stage, 'bootstrap')).find((entry) => entry !== undefined);
  if (first === undefined) return [];
  const build = { range: source.rangeOf(first.range), command: { title: t('Build'), command: clientCommands.build, arguments: [{ uri }] } };
  return [build, ...recipeImages(parsed, options).flatMap((image) => imageLenses(context, uri, image))];
}

function imageLenses({ source }: RecipeContext, uri: string, image: RecipeImage): CodeLens[] {
  const kind = image.parsed?.reference?.kind;
  if (image.unresolved || kind === undefined || kind === 'local' || kind === 'ipfs') return [];
  const target: Target = { kind: 'reference', reference: image.reference };
  const range = source.rangeOf(image.range);
  const lens = (title: string, command: string, argument: unknown): CodeLens => ({
    range,
    command: { title, command, arguments: [argument] },
  });
  const hasDigest = /[@:]sha256[:.]/.test(image.value);
  const canPin = (kind === 'registry' || kind === 'library') && !image.templated;
  return [
    lens(t('Show manifest'), clientCommands.showManifest, target),
    lens(t('Verify'), clientCommands.verify, target),
    lens(t('Pull into cache'), clientCommands.pullIntoCache, target),
    ...(canPin
      ? [
          lens(hasDigest ? t('Update digest') : t('Pin digest'), clientCommands.pin, {
            uri,
            action: hasDigest ? 'update' : 'pin',
            position: range.start,
          }),
        ]
      : []),
  ];
}
