import { formatDigest, shortDigest } from '../image/digest';
import type { LibraryReference, RegistryReference, ShubReference } from '../image/reference';
import { without } from '../image/without';
import { recipeImages } from '../recipe/images';
import type { RecipeImage } from '../recipe/images';
import { parseRecipe } from '../recipe/parse';
import type { OffsetEdit } from '../text/finding';
import { t } from '../text/l10n';
import { touches } from '../text/range';
import type { TextRange } from '../text/range';
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

/** The edits that pin, unpin or renew the digests of a recipe's images. */
export async function pinReferences(world: World, text: string, options: PinOptions): Promise<Pinned> {
  const images = recipeImages(parseRecipe(text)).filter((image) => options.offset === undefined || touches(image.range, options.offset));
  if (images.length === 0) return { edits: [], report: [t('There is no image reference here.')] };
  const results = await Promise.all(images.map((image) => pinImage(world, text, image, options)));
  return { edits: results.flatMap((r) => (r.edit ? [r.edit] : [])), report: results.map((r) => r.line) };
}

/** A recipe's text around one of its images. */
interface PinPlace {
  readonly text: string;
  readonly image: RecipeImage;
  readonly reference: RegistryReference;
  /** The tag that a digest stands for: written before it, or remembered behind it. */
  readonly tag: string | undefined;
  /** Behind the value: ` # tag: 1.4`, which the engines cut off. */
  readonly note: TextRange;
}

interface Pin {
  readonly edit?: OffsetEdit;
  readonly line: string;
}

async function pinImage(world: World, text: string, image: RecipeImage, { action, signal }: PinOptions): Promise<Pin> {
  const reference = image.parsed?.reference;
  if (image.templated) return { line: t('{0}: has a placeholder, and is left as it is.', image.value) };
  if (reference?.kind === 'shub') return pinShub(world, image, reference, { action, signal });
  const noted = /^[ \t]*#[ \t]*tag:[ \t]*(\S+)/.exec(text.slice(image.range.end, image.range.end + 300));
  const note = { start: image.range.end, end: image.range.end + (noted?.[0].length ?? 0) };
  if (reference?.kind === 'library') return pinLibrary(world, { text, image, reference, tag: noted?.[1], note }, { action, signal });
  if (reference?.kind !== 'registry') return { line: t('{0}: has no digest that could be pinned.', image.value) };
  const place: PinPlace = { text, image, reference, tag: reference.tag ?? noted?.[1], note };
  if (action === 'unpin') return unpin(place);
  if (action === 'pin' && reference.digest !== undefined) return { line: t('{0}: is pinned already.', image.value) };
  if (action === 'update' && reference.digest === undefined) return { line: t('{0}: is not pinned.', image.value) };
  if (action === 'update' && place.tag === undefined) return { line: t('{0}: has no tag that could name a newer image.', image.value) };
  return withCurrentDigest(world, place, signal);
}

/** Behind `@` of a `shub://` reference stands the MD5 of the file, beside the tag (facts of the hub's archive or registry). */
async function pinShub(world: World, image: RecipeImage, reference: ShubReference, { action, signal }: PinOptions): Promise<Pin> {
  const { version: pinned } = reference;
  const bare = pinned === undefined ? image.value : image.value.slice(0, -pinned.length - 1);
  if (action === 'unpin') {
    return pinned === undefined
      ? { line: t('{0}: has no digest.', image.value) }
      : { edit: { range: image.range, newText: bare }, line: t('{0}: digest taken away.', image.value) };
  }
  if (action === 'pin' && pinned !== undefined) return { line: t('{0}: is pinned already.', image.value) };
  if (action === 'update' && pinned === undefined) return { line: t('{0}: is not pinned.', image.value) };
  try {
    const { digest } = await world.hubs.resolve(without(reference, 'version'), { signal, reason: 'command', fresh: true });
    if (digest === undefined) return { line: t('{0}: the hub tells no digest.', image.value) };
    if (digest.hex === pinned) return { line: t('{0}: is up to date.', image.value) };
    const named = reference.tag === undefined ? `${bare}:latest` : bare;
    return {
      edit: { range: image.range, newText: `${named}@${digest.hex}` },
      line: t('{0}: pinned to the MD5 {1}, which tells accidents and no forgeries.', image.value, digest.hex),
    };
  } catch (error) {
    signal.throwIfAborted();
    return { line: `${image.value}: ${error instanceof Error ? error.message : String(error)}` };
  }
}

/** A library's hash takes the place of the tag (LC `client/util.go` IsImageHash): the tag stands in a comment, as for docker. */
async function pinLibrary(
  world: World,
  place: Omit<PinPlace, 'reference'> & { readonly reference: LibraryReference },
  { action, signal }: PinOptions,
): Promise<Pin> {
  const { text, image, reference, tag: noted, note } = place;
  const pinned = reference.digest?.hex;
  const range = { start: image.range.start, end: note.end };
  if (action === 'unpin') {
    if (pinned === undefined) return { line: t('{0}: has no digest.', image.value) };
    const newText = `${nameOf(image)}${noted === undefined ? '' : `:${noted}`}`;
    return { edit: { range, newText }, line: t('{0}: digest taken away.', image.value) };
  }
  if (action === 'pin' && pinned !== undefined) return { line: t('{0}: is pinned already.', image.value) };
  if (action === 'update' && pinned === undefined) return { line: t('{0}: is not pinned.', image.value) };
  const tag = pinned === undefined ? (reference.tags[0] ?? 'latest') : noted;
  if (tag === undefined) return { line: t('{0}: has no tag that could name a newer image.', image.value) };
  try {
    const named = { ...without(reference, 'digest'), tags: [tag] };
    const { digest } = await world.hubs.resolve(named, { signal, reason: 'command', fresh: true });
    if (digest?.algorithm !== 'sha256') return { line: t('{0}: the hub tells no digest.', image.value) };
    if (digest.hex === pinned) return { line: t('{0}: is up to date.', image.value) };
    const rest = text.slice(note.end).split('\n', 1)[0]?.trim() ?? '';
    const newText = `${nameOf(image)}:sha256.${digest.hex}${rest === '' ? ` # tag: ${tag}` : ''}`;
    return { edit: { range, newText }, line: t('{0}: pinned to {1}.', image.value, shortDigest(digest)) };
  } catch (error) {
    signal.throwIfAborted();
    return { line: `${image.value}: ${error instanceof Error ? error.message : String(error)}` };
  }
}

function unpin({ image, reference, tag, note }: PinPlace): Pin {
  if (reference.digest === undefined) return { line: t('{0}: has no digest.', image.value) };
  const newText = `${nameOf(image)}${tag === undefined ? '' : `:${tag}`}`;
  return { edit: { range: { start: image.range.start, end: note.end }, newText }, line: t('{0}: digest taken away.', image.value) };
}

async function withCurrentDigest(world: World, place: PinPlace, signal: AbortSignal): Promise<Pin> {
  const { image, reference, tag, note } = place;
  const { digest: pinned, ...named } = reference;
  try {
    const { digest } = await world.hubs.resolve(
      { ...named, ...(tag !== undefined && { tag }) },
      { signal, reason: 'command', fresh: true },
    );
    if (digest === undefined) return { line: t('{0}: the registry tells no digest.', image.value) };
    if (pinned?.hex === digest.hex) return { line: t('{0}: is up to date.', image.value) };
    const newText = pinnedText(world, place, formatDigest(digest));
    return {
      edit: { range: { start: image.range.start, end: note.end }, newText },
      line: t('{0}: pinned to {1}.', image.value, shortDigest(digest)),
    };
  } catch (error) {
    signal.throwIfAborted();
    return { line: `${image.value}: ${error instanceof Error ? error.message : String(error)}` };
  }
}

/**
 * The tag is kept, so that a reader sees the version and "update" knows what to ask for. Apptainer takes no docker reference with both
 * (internal/pkg/build/oci/oci.go asks containers/image, which refuses them): there the tag stands in a comment, which the header's reader
 * cuts off. Where another comment follows already, the tag is left out.
 */
function pinnedText(world: World, { text, image, reference, tag, note }: PinPlace, digest: string): string {
  if (tag === undefined) return `${nameOf(image)}@${digest}`;
  const takesBoth = reference.scheme !== 'docker' || world.settings['engine.kind'] === 'singularity';
  if (takesBoth) return `${nameOf(image)}:${tag}@${digest}`;
  const rest = text.slice(note.end).split('\n', 1)[0]?.trim() ?? '';
  return `${nameOf(image)}@${digest}${rest === '' ? ` # tag: ${tag}` : ''}`;
}

/** The reference without tag and digest, as it is written. */
function nameOf(image: RecipeImage): string {
  const { tag, digest } = image.parsed?.parts ?? {};
  const end = Math.min(
    tag === undefined ? Infinity : tag.range.start - 1,
    digest === undefined ? Infinity : digest.range.start - 1,
    image.range.end,
  );
  return image.value.slice(0, end - image.range.start);
}
