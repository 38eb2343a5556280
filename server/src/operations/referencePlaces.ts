import { parseReference } from '../image/reference';
import type { ImageReference, ParsedReference } from '../image/reference';
import { metalinkModel } from '../metalink/model';
import type { MetalinkContext } from '../metalink/context';
import type { RecipeContext } from '../recipe/context';
import { recipeImages } from '../recipe/images';
import type { RecipeImage } from '../recipe/images';
import { referenceAt } from '../recipe/reference';
import { touches } from '../text/range';
import type { TextRange } from '../text/range';
import type { LanguageName } from './language';

/** A place of a document where an image reference or a URL of a file stands. */
export interface ReferencePlace {
  /** In full, with scheme: `docker://ghcr.io/org/tool:1.4`. */
  readonly text: string;
  /** What it is called in reports: the reference, or the name of the metalink's file. */
  readonly title: string;
  readonly range: TextRange;
  readonly parsed: ParsedReference;
  readonly reference?: ImageReference | undefined;
}

/** Every reference of a document, in the order of the text. */
export function placesOf(language: LanguageName, context: unknown): readonly ReferencePlace[] {
  return language === 'recipe' ? recipePlaces(context as RecipeContext) : metalinkPlaces(context as MetalinkContext);
}

/** The reference at an offset, its end included, also one that is only begun; on a hash of a metalink, the file's best URL. */
export function placeAt(language: LanguageName, context: unknown, offset: number): ReferencePlace | undefined {
  if (language === 'metalink') return metalinkPlaces(context as MetalinkContext).find((place) => touches(place.range, offset));
  const found = referenceAt(context as RecipeContext, offset);
  if (found === undefined) return undefined;
  const { agent, range, registry, namespace, library } = found;
  const [complete] = found.image === undefined ? [] : imagePlaces(found.image);
  if (complete) return complete;
  const parsed = parseReference(found.text, { agent, registry, namespace, library, offset: range.start });
  return { text: `${agent}://${found.text}`, title: found.text, range, parsed };
}

/** A reference by its full text, where no document is around it. */
export function parsePlaceText(text: string): ParsedReference {
  return parseReference(text);
}

function recipePlaces({ parsed, options }: RecipeContext): ReferencePlace[] {
  return recipeImages(parsed, { engine: options.engine, buildArguments: options.buildArguments }).flatMap(imagePlaces);
}

function imagePlaces(image: RecipeImage): ReferencePlace[] {
  if (image.parsed === undefined || image.unresolved) return [];
  const { reference } = image.parsed;
  return [{ text: image.reference, title: image.reference, range: image.range, parsed: image.parsed, ...(reference && { reference }) }];
}

/** Asked several times for one keystroke; a document with tens of thousands of piece hashes is read once. */
const knownPlaces = new WeakMap<MetalinkContext, readonly ReferencePlace[]>();

function metalinkPlaces(context: MetalinkContext): readonly ReferencePlace[] {
  const known = knownPlaces.get(context);
  if (known !== undefined) return known;
  const places = metalinkModel(context.parsed, context.source).files.flatMap((file) => {
    const best = [...file.urls].sort((a, b) => a.priority - b.priority)[0];
    const urls = file.urls.map((url) => place(url.url, file.writtenName, url.range));
    const hashes = best === undefined ? [] : file.hashes.map((hash) => place(best.url, file.writtenName, hash.range));
    return [...urls, ...hashes];
  });
  knownPlaces.set(context, places);
  return places;
}

/** Its text is read when somebody asks what it refers to: a document may hold a hundred thousand of them. */
function place(text: string, title: string, range: TextRange): ReferencePlace {
  let known: ParsedReference | undefined;
  const read = (): ParsedReference => (known ??= parseReference(text, { offset: range.start }));
  return {
    text,
    title,
    range,
    get parsed() {
      return read();
    },
    get reference() {
      return read().reference;
    },
  };
}
