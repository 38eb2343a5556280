import { parseReference } from '../image/reference';
import type { ParsedReference } from '../image/reference';
import type { TextRange } from '../text/range';
import { headerEntry } from './lookup';
import type { HeaderEntry, ParsedRecipe, Recipe, Stage } from './syntax';
import { readDefaults, replacePlaceholders } from './templating';
import type { TemplateOptions } from './templating';
import { agents } from './vocabulary';

/** An image that a stage starts from. */
export interface RecipeImage {
  readonly stage: Stage;
  /** The bootstrap agent after templating: `docker`, `library`, `localimage`… */
  readonly agent: string;
  readonly from: HeaderEntry;
  /** Where the value of `From:` stands. */
  readonly range: TextRange;
  /** The value of `From:` after templating. */
  readonly value: string;
  /** The value has a placeholder: edits of the reference do not fit the text. */
  readonly templated: boolean;
  /** A placeholder has no value: nobody knows which image this is before the build. */
  readonly unresolved: boolean;
  readonly registry?: string;
  readonly namespace?: string;
  readonly library?: string;
  readonly fingerprints?: string;
  /** As the engines put it together: `docker://ghcr.io/org/tool:1.4`, `docker-archive:images/tool.tar`; a `localimage` has its path. */
  readonly reference: string;
  /** `reference` taken apart; ranges are those of the text when the value has no placeholder. Absent for `localimage` and build contexts. */
  readonly parsed?: ParsedReference;
}

/** The images that a recipe starts from, one a stage that has a `From:` which its agent reads. Cannot fail. */
export function recipeImages(parsed: ParsedRecipe, options: TemplateOptions = { engine: 'apptainer' }): RecipeImage[] {
  const { recipe } = parsed;
  return recipe.stages.flatMap((stage) => {
    const image = stageImage(recipe, stage, options);
    return image === undefined ? [] : [image];
  });
}

/** The image that a stage starts from; undefined when it has no agent that reads `From:`, or no such line. */
export function stageImage(recipe: Recipe, stage: Stage, options: TemplateOptions): RecipeImage | undefined {
  const bootstrap = headerEntry(stage, 'bootstrap');
  const from = headerEntry(stage, 'from');
  if (bootstrap === undefined || from === undefined) return undefined;
  let defaults: ReadonlyMap<string, string> | undefined;
  const fill = (value: string) =>
    value.includes('{{') ? replacePlaceholders(value, (defaults ??= readDefaults(recipe.text, stage, options.engine)), options) : value;
  const read = (name: string) => fill(headerEntry(stage, name)?.value ?? '');

  const agent = fill(bootstrap.value);
  if (agents.get(agent)?.required.includes('from') !== true) return undefined;
  const value = fill(from.value);
  const headers = {
    ...optional('registry', isRegistryAgent(agent) ? read('registry') : ''),
    ...optional('namespace', isRegistryAgent(agent) ? read('namespace') : ''),
    ...optional('library', agent === 'library' ? read('library') : ''),
  };
  // What stands in front of the name is not known: only the rest can be judged.
  const isOpen = [headers.registry, headers.namespace, headers.library].some((part) => part !== undefined && hasPlaceholder(part));
  return {
    stage,
    agent,
    from,
    range: from.valueRange,
    value,
    templated: value !== from.value || hasPlaceholder(value),
    unresolved: hasPlaceholder(value) || isOpen,
    ...headers,
    ...optional('fingerprints', read('fingerprints')),
    reference: referenceText(agent, value, headers.registry, headers.namespace),
    ...(isPathAgent(agent)
      ? {}
      : { parsed: parseReference(value, { agent, ...(!isOpen && headers), engine: options.engine, offset: from.valueRange.start }) }),
  };
}

function hasPlaceholder(text: string): boolean {
  return /\{\{\s*\w+\s*\}\}/.test(text);
}

/** Agents whose reference the engines put together from Registry, Namespace and From (conveyorPacker_oci.go). */
function isRegistryAgent(agent: string): boolean {
  return agent === 'docker' || agent === 'docker-daemon' || agent === 'docker-archive' || agent === 'oci' || agent === 'oci-archive';
}

/** Agents whose `From:` is a path and nothing else. */
function isPathAgent(agent: string): boolean {
  return agent === 'localimage' || agent === 'buildkit' || agent === 'dockerfile';
}

function referenceText(agent: string, value: string, registry = '', namespace = ''): string {
  if (isPathAgent(agent)) return value;
  const full = [registry, namespace, value].filter((part) => part !== '').join('/');
  return `${agent}:${isRegistryAgent(agent) && agent !== 'docker' ? '' : '//'}${full}`;
}

function optional<K extends string>(key: K, value: string): Partial<Record<K, string>> {
  const result: Partial<Record<K, string>> = {};
  if (value !== '') result[key] = value;
  return result;
}
