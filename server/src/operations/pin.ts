import { formatDigest, shortDigest } from '../image/digest';
import type { RegistryReference } from '../image/reference';
import { recipeImages } from '../recipe/images';
import type { RecipeImage } from '../recipe/images';
import { parseRecipe } from '../recipe/parse';
import type { OffsetEdit } from '../text/finding';
import { t } from '../text/l10n';
import { touches } from '../text/range';
import type { World } from './world';

export interface PinOptions {
  /** `pin`: write the digest behind the tag; `unpin`: take it away; `update`: renew digests that are there. */
  readonly action: 'pin' | 'unpin' | 'update';
  /** Only the reference at this UTF-16 offset. */
  readonly offset?: number;
  readonly signal: AbortSignal;
}

export interface Pinned {
  readonly edits: readonly OffsetEdit[];
  /** What was done, or why not, one line an image. */
  readonly report: readonly string[];
}

/** The edits that pin, unpin or renew the digests of a recipe's images. The tag is kept, so that a reader still sees the version. */
export async function pinReferences(world: World, text: string, options: PinOptions): Promise<Pinned> {
  const images = recipeImages(parseRecipe(text)).filter((image) => options.offset === undefined || touches(image.range, options.offset));
  if (images.length === 0) return { edits: [], report: [t('There is no image reference here.')] };
  const results = await Promise.all(images.map((image) => pinImage(world, image, options)));
  return { edits: results.flatMap((r) => (r.edit ? [r.edit] : [])), report: results.map((r) => r.line) };
}

async function pinImage(world: World, image: RecipeImage, { action, signal }: PinOptions): Promise<{ edit?: OffsetEdit; line: string }> {
  const reference = image.parsed?.reference;
  if (image.templated) return { line: t('{0}: has a placeholder, and is left as it is.', image.value) };
  if (reference?.kind !== 'registry') return { line: t('{0}: only images of a registry have a digest that can be pinned.', image.value) };
  const digestPart = image.parsed?.parts.digest;
  if (action === 'unpin')
    return digestPart === undefined
      ? { line: t('{0}: has no digest.', image.value) }
      : {
          edit: { range: { start: digestPart.range.start - 1, end: digestPart.range.end }, newText: '' },
          line: t('{0}: digest taken away.', image.value),
        };
  if (action === 'pin' && digestPart !== undefined) return { line: t('{0}: is pinned already.', image.value) };
  if (action === 'update' && digestPart === undefined) return { line: t('{0}: is not pinned.', image.value) };
  if (action === 'update' && reference.tag === undefined) return { line: t('{0}: has no tag that could name a newer image.', image.value) };
  return withCurrentDigest(world, image, reference, signal);
}

async function withCurrentDigest(
  world: World,
  image: RecipeImage,
  reference: RegistryReference,
  signal: AbortSignal,
): Promise<{ edit?: OffsetEdit; line: string }> {
  const { digest: pinned, ...tagged } = reference;
  try {
    const { digest } = await world.hubs.resolve(tagged, { signal, reason: 'command', fresh: true });
    if (digest === undefined) return { line: t('{0}: the registry tells no digest.', image.value) };
    if (pinned !== undefined && pinned.hex === digest.hex) return { line: t('{0}: is up to date.', image.value) };
    const part = image.parsed?.parts.digest;
    const edit =
      part === undefined
        ? { range: { start: image.range.end, end: image.range.end }, newText: `@${formatDigest(digest)}` }
        : { range: part.range, newText: formatDigest(digest) };
    return { edit, line: t('{0}: pinned to {1}.', image.value, shortDigest(digest)) };
  } catch (error) {
    signal.throwIfAborted();
    return { line: `${image.value}: ${error instanceof Error ? error.message : String(error)}` };
  }
}
