import type { ImageReference } from '../image/reference';
import { t } from '../text/l10n';
import type { TextRange } from '../text/range';
import type { RecipeContext } from './context';
import { recipeImages } from './images';
import { filesSource, headerEntry } from './lookup';
import type { Stage } from './syntax';

/** Something to open: a page, or a file below the folder that the build starts in. */
export type RecipeLink =
  | { readonly range: TextRange; readonly tooltip?: string; readonly url: string }
  | { readonly range: TextRange; readonly tooltip?: string; readonly path: string };

/** Links of a recipe: `From` to the page of its hub, URLs of headers and labels, files of the host. In the order of the text. */
export function linksRecipe(context: RecipeContext): RecipeLink[] {
  const links = [
    ...imageLinks(context),
    ...context.parsed.recipe.stages.flatMap((stage) => [
      ...headerLinks(stage),
      ...labelLinks(context, stage),
      ...fileLinks(context, stage),
    ]),
  ];
  return links.sort((a, b) => a.range.start - b.range.start);
}

/** The page of a hub that shows an image to people; undefined where there is none. */
export function hubPage(reference: ImageReference): string | undefined {
  switch (reference.kind) {
    case 'registry':
      return registryPage(reference.registry, reference.repository, reference.tag);
    case 'library': {
      const isSylabs =
        reference.host === undefined && (reference.library === undefined || /\/\/(?:cloud|library)\.sylabs\.io/.test(reference.library));
      const parts = reference.path.split('/');
      return isSylabs && parts.length === 3 ? `https://cloud.sylabs.io/library/${reference.path}` : undefined;
    }
    case 'shub':
      return reference.registry === undefined
        ? `https://singularityhub.github.io/singularityhub-archive/containers/${reference.user}-${reference.container}-${reference.tag ?? 'latest'}/`
        : undefined;
    case 'url':
    case 'ipfs':
    case 'local':
      return undefined;
  }
}

function registryPage(registry: string, repository: string, tag: string | undefined): string | undefined {
  switch (registry) {
    case 'docker.io':
      if (repository.startsWith('library/')) return `https://hub.docker.com/_/${repository.slice('library/'.length)}`;
      return `https://hub.docker.com/r/${repository}${tag === undefined ? '' : `/tags?name=${encodeURIComponent(tag)}`}`;
    case 'ghcr.io':
      // GitHub redirects to the page of the package.
      return `https://ghcr.io/${repository}`;
    case 'quay.io':
      return `https://quay.io/repository/${repository}?tab=tags`;
    case 'nvcr.io':
      return `https://catalog.ngc.nvidia.com/search?query=${encodeURIComponent(repository)}`;
    case 'public.ecr.aws':
      return `https://gallery.ecr.aws/${repository}`;
    case 'mcr.microsoft.com':
      return `https://mcr.microsoft.com/artifact/mar/${repository}`;
    default:
      return undefined;
  }
}

function imageLinks(context: RecipeContext): RecipeLink[] {
  return recipeImages(context.parsed, context.options).flatMap((image): RecipeLink[] => {
    if (image.agent === 'localimage' && !image.templated && image.value !== '')
      return [{ range: image.range, path: image.value, tooltip: t('Show the file') }];
    const url = image.parsed?.reference && hubPage(image.parsed.reference);
    return url === undefined ? [] : [{ range: image.range, url, tooltip: t('Open the page of the image') }];
  });
}

function headerLinks(stage: Stage): RecipeLink[] {
  return stage.header.entries
    .filter(({ name, lines }) => name !== 'from' && lines.length === 1)
    .flatMap(({ value, valueRange }) => (isPage(value) ? [{ range: valueRange, url: value }] : []));
}

function labelLinks({ source }: RecipeContext, stage: Stage): RecipeLink[] {
  return stage.sections.flatMap(({ content }) => {
    if (content.kind !== 'labels') return [];
    return content.labels.flatMap(({ valueRange }) => {
      const value = source.text.slice(valueRange.start, valueRange.end);
      return isPage(value) ? [{ range: valueRange, url: value }] : [];
    });
  });
}

/** Sources of `%files` without patterns, variables and placeholders. */
function fileLinks({ options }: RecipeContext, stage: Stage): RecipeLink[] {
  if (headerEntry(stage, 'bootstrap') === undefined) return [];
  return stage.sections.flatMap((section) => {
    if (section.content.kind !== 'files') return [];
    if (section.keyword === 'files' && filesSource(section, options.engine).kind !== 'host') return [];
    return section.content.files
      .filter(({ source }) => source !== '' && !/[*?[\]{}$~]/.test(source))
      .map(({ source, sourceRange }) => ({ range: sourceRange, path: source, tooltip: t('Open the file that is copied') }));
  });
}

function isPage(value: string): boolean {
  return /^https?:\/\/[^\s{}%]+$/.test(value) && URL.canParse(value);
}
