import { touches } from '../text/range';
import type { TextRange } from '../text/range';
import type { RecipeContext } from './context';
import { stageImage } from './images';
import type { RecipeImage } from './images';
import { headerEntry, stageAt } from './lookup';
import { placeAt } from './place';
import { agents } from './vocabulary';

/** An image reference that is being written or looked at. */
export interface ReferencePlace {
  /** The value of `Bootstrap:`. */
  readonly agent: string;
  /** The value of `From:`, without the space around it. */
  readonly text: string;
  /** Where it stands; from the offset on where that is in the space before it. */
  readonly range: TextRange;
  /** The image that the stage starts from, after templating; undefined while `From:` is empty. */
  readonly image: RecipeImage | undefined;
  readonly registry: string;
  readonly namespace: string;
  readonly library: string;
}

/**
 * The reference in a `From:` header at an offset, for completion and hover by a hub; undefined elsewhere, and where the agent takes no
 * reference.
 */
export function referenceAt(context: RecipeContext, offset: number): ReferencePlace | undefined {
  const place = placeAt(context, offset);
  const stage = stageAt(context.parsed.recipe, offset);
  if (stage === undefined || place.kind !== 'header-value' || place.entry.name !== 'from' || place.entry.lines.length > 1) return undefined;
  const value = (name: string) => headerEntry(stage, name)?.value ?? '';
  const agent = value('bootstrap');
  if (agents.get(agent)?.from !== 'hub') return undefined;
  return {
    agent,
    text: place.entry.value,
    range: place.range,
    image: place.entry.value === '' ? undefined : stageImage(context.parsed.recipe, stage, context.options),
    registry: value('registry'),
    namespace: value('namespace'),
    library: value('library'),
  };
}

/** A path on this machine that is being written or looked at; relative ones start in the folder in which the build is started. */
export interface PathPlace {
  /** As it stands in the text, without double quotes. */
  readonly path: string;
  /** Where it stands, without double quotes. */
  readonly range: TextRange;
  readonly purpose: 'image' | 'archive' | 'folder' | 'copied-file';
}

/** The path of the host at an offset: a source of `%files` and `%appfiles`, `From:` of agents that read a path. Undefined elsewhere. */
export function pathAt(context: RecipeContext, offset: number): PathPlace | undefined {
  const place = placeAt(context, offset);
  if (place.kind === 'header-value' && place.entry.name === 'from') {
    const agent = headerEntry(place.stage, 'bootstrap')?.value ?? '';
    const purpose = purposes.get(agent);
    return purpose === undefined ? undefined : { path: place.entry.value, range: place.range, purpose };
  }
  if (place.kind !== 'word' || place.index !== 0 || place.section.content.kind !== 'files') return undefined;
  if (place.section.keyword === 'files' && place.section.arguments.split('#', 1)[0]?.trim() !== '') return undefined;
  const line = place.section.content.files.find(({ sourceRange }) => touches(sourceRange, offset));
  const range = line === undefined ? place.range : unquoted(context.source.text, line.sourceRange);
  return { path: line?.source ?? '', range, purpose: 'copied-file' };
}

const purposes: ReadonlyMap<string, PathPlace['purpose']> = new Map([
  ['localimage', 'image'],
  ['docker-archive', 'archive'],
  ['oci-archive', 'archive'],
  ['oci', 'folder'],
  ['buildkit', 'folder'],
  ['dockerfile', 'folder'],
]);

function unquoted(text: string, { start, end }: TextRange): TextRange {
  const from = text.charAt(start) === '"' ? start + 1 : start;
  return { start: from, end: end > from && text.charAt(end - 1) === '"' ? end - 1 : end };
}
