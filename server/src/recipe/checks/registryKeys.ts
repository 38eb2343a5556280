import { dockerHubHosts } from '../../image/referenceRegistry';
import { t } from '../../text/l10n';
import type { RecipeImage } from '../images';
import { headerEntry } from '../lookup';
import type { HeaderEntry } from '../syntax';
import { quoted, wholeLines } from './context';
import type { CheckContext, FindingExtra } from './context';

/**
 * `Registry:`, `Namespace:` and `From:`, which the engines join with slashes, whatever they hold (A and S
 * internal/pkg/build/sources/conveyorPacker_oci.go). Returns whether a key holds what cannot stand in front of a name at all: then
 * nothing more need be said about the reference.
 */
export function checkRegistryKeys(context: CheckContext, image: RecipeImage): boolean {
  const { registry, namespace, stage, value } = image;
  if (image.agent !== 'docker' && image.agent !== 'docker-daemon') return false;
  if (image.unresolved) return false;
  const flaws = (['registry', 'namespace'] as const).filter((key) => reportOddKey(context, headerEntry(stage, key), image[key]));
  if (flaws.length > 0) return true;
  if (registry !== undefined || namespace !== undefined) reportTwice(context, image, splitHost(value));
  return false;
}

/** A scheme, or a slash at an end. */
function reportOddKey(context: CheckContext, entry: HeaderEntry | undefined, value: string | undefined): boolean {
  if (entry === undefined || value === undefined) return false;
  const bare = value.replace(/^[a-z][\w+.-]*:\/\//i, '').replace(/^\/+|\/+$/g, '');
  if (bare === value || bare === '') return false;
  const edits = [{ range: entry.valueRange, newText: bare }];
  const fixes =
    entry.value === value && entry.lines.length === 1 ? [{ title: t('Change to {0}', quoted(bare)), edits, preferred: true }] : [];
  context.report(
    value.includes('://') ? 'build/reference-host' : 'build/reference-slashes',
    entry.valueRange,
    t(
      '{0} puts this in front of {1} with a slash between: no scheme and no slash belongs here. Write {2}.',
      context.engine,
      '`From:`',
      quoted(bare),
    ),
    { fixes },
  );
  return true;
}

/** Registries where no image has the name of a registry in front of its own. */
const plainRegistries: ReadonlySet<string> = new Set([...dockerHubHosts, 'ghcr.io', 'quay.io', 'nvcr.io', 'mcr.microsoft.com']);

interface Name {
  readonly host: string;
  readonly path: string;
}

function reportTwice(context: CheckContext, image: RecipeImage, from: Name): void {
  const { engine, report } = context;
  const registry = image.registry ?? '';
  const namespace = splitHost(image.namespace === undefined ? '' : `${image.namespace}/`);
  const inner = namespace.host || from.host;
  const key = namespace.host === '' ? '`From:`' : '`Namespace:`';
  const joined = quoted([registry, image.namespace ?? '', image.value].filter((part) => part !== '').join('/'));
  const where = { ...wholeReference(context, image, namespace, from), related: related(image) };
  if (registry !== '' && inner !== '') {
    // Somebody's own registry may well keep copies of others under their names.
    if (!isSame(registry, inner) && !plainRegistries.has(registry)) return;
    const message = isSame(registry, inner)
      ? t('{0} and {1} both name {2}: {3} joins the keys and looks for {4}.', '`Registry:`', key, quoted(inner), engine, joined)
      : t('{0} and {1} name two registries: {2} joins the keys and looks for {3}.', '`Registry:`', key, engine, joined);
    report('build/registry-twice', image.range, message, where);
  } else if (image.namespace !== undefined && namespace.host === '' && from.host !== '')
    report(
      'build/registry-twice',
      image.range,
      t('{0} names a registry and {1} stands before it: {2} joins the keys and looks for {3}.', '`From:`', '`Namespace:`', engine, joined),
      where,
    );
  else if (namespace.path !== '' && from.path.startsWith(namespace.path) && from.path.length > namespace.path.length) {
    // Names of Docker Hub have two parts; elsewhere a repository can have the name of its owner.
    const host = registry || namespace.host;
    const isSure = host === '' || dockerHubHosts.includes(host);
    report(
      'build/registry-twice',
      image.range,
      t(
        '{0} and {1} both name {2}: {3} joins the keys and looks for {4}.',
        '`Namespace:`',
        '`From:`',
        quoted(namespace.path.slice(0, -1)),
        engine,
        joined,
      ),
      { ...where, ...(!isSure && { severity: 'warning' }) },
    );
  }
}

/** What was meant, in `From:` alone. */
function wholeReference({ text }: CheckContext, image: RecipeImage, namespace: Name, from: Name): FindingExtra {
  const { registry = '', stage } = image;
  const host = from.host || namespace.host || registry;
  const isWhole = from.path.startsWith(namespace.path) || (from.host !== '' && from.path.includes('/'));
  const reference = `${host === '' ? '' : `${host}/`}${isWhole ? '' : namespace.path}${from.path}`;
  const others = ['registry', 'namespace'].flatMap((key) => headerEntry(stage, key) ?? []);
  const entries = [image.from, ...others];
  if (image.templated || entries.some(({ lines, range }) => lines.length !== 1 || text.slice(range.start, range.end).includes('{{')))
    return {};
  const edits = [
    ...(reference === image.value ? [] : [{ range: image.range, newText: reference }]),
    ...others.map(({ range }) => ({ range: wholeLines(text, range), newText: '' })),
  ];
  return { fixes: [{ title: t('Write {0} into {1} alone', quoted(reference), '`From:`'), edits, preferred: true }] };
}

function related({ stage }: RecipeImage): Required<FindingExtra>['related'] {
  return ['registry', 'namespace'].flatMap((key) => {
    const entry = headerEntry(stage, key);
    return entry === undefined ? [] : [{ range: entry.range, message: t('This stands in front.') }];
  });
}

/** A first part with a dot or a colon, or `localhost`, is a registry (GGCR `pkg/name/repository.go`). */
function splitHost(name: string): Name {
  const slash = name.indexOf('/');
  const first = slash < 0 ? '' : name.slice(0, slash);
  return first === 'localhost' || /[.:]/.test(first) ? { host: first, path: name.slice(slash + 1) } : { host: '', path: name };
}

function isSame(registry: string, host: string): boolean {
  return registry === host || (dockerHubHosts.includes(registry) && dockerHubHosts.includes(host));
}
