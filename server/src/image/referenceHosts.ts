import type { Flaw } from './referenceReader';
import { nearest } from '../text/nearest';
import { t } from '../text/l10n';

/** Public registries that people mean, for "did you mean" and for completion. */
export const wellKnownRegistries: readonly string[] = [
  'docker.io',
  'ghcr.io',
  'quay.io',
  'registry.gitlab.com',
  'nvcr.io',
  'public.ecr.aws',
  'mcr.microsoft.com',
  'gcr.io',
  'registry.k8s.io',
];

/** Hosts that exist and look like a slip of one above. */
const notTypos = new Set([
  'index.docker.io',
  'registry-1.docker.io',
  'lscr.io',
  'cgr.dev',
  'icr.io',
  'eu.gcr.io',
  'us.gcr.io',
  'k8s.gcr.io',
  'ocr.io',
]);

// Underscores stand in no name of the Internet, but in names of containers and of local name servers.
const hostComponent = '(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9_-]*[a-zA-Z0-9])';
/** distribution/reference `regexp.go` domainAndPort; GGCR `pkg/name/registry.go` checkRegistry takes more, and the network less. */
const hostPattern = new RegExp(`^(?:${hostComponent}(?:\\.${hostComponent})*|\\[[a-fA-F0-9:]+\\])(?::[0-9]+)?$`);

export function isHost(text: string): boolean {
  const address = /^\[.*\]/.exec(text)?.[0];
  const port = /:([0-9]+)$/.exec(address === undefined ? text : text.slice(address.length))?.[1];
  return (
    hostPattern.test(text) &&
    (address === undefined || URL.canParse(`http://${address}/`)) &&
    (port === undefined || Number(port) <= 65_535)
  );
}

/**
 * What is wrong with the host of a registry: not a host, or probably a slip of a well-known one. `containersImage`: the reference is read
 * by containers/image as well (`docker/reference/regexp.go`), whose hosts are names and IPv4 addresses.
 */
export function hostFlaw(host: string, { containersImage }: { readonly containersImage: boolean }): Flaw | undefined {
  if (!isHost(host)) {
    return {
      code: 'build/reference-host',
      message: t('`{0}` is not a host name with an optional port: the engine stops with "invalid reference format".', host),
    };
  }
  if (containersImage && host.startsWith('[')) {
    return {
      code: 'build/reference-host',
      message: t(
        'Apptainer takes no IPv6 address for the registry of a docker image: it stops with "invalid reference format". Give the registry a name, or use `oras://` for a SIF.',
      ),
    };
  }
  if (containersImage && host.includes('_')) {
    return {
      code: 'build/reference-host',
      message: t('Apptainer takes `{0}` for a part of the path because of the underscore, and finds no registry.', host),
    };
  }
  const meant = meantHost(host);
  if (meant === undefined) return undefined;
  const message = t('`{0}` is not a registry that is widely known. Did you mean `{1}`?', host, meant);
  return { code: 'lint/reference-host-typo', message, replacement: meant };
}

/** The well-known registry that a host is a slip of, such as `ghrc.io`: near, and beginning with the same letter. */
function meantHost(host: string): string | undefined {
  const name = host.toLowerCase();
  if (notTypos.has(name) || wellKnownRegistries.includes(name) || /[:[]|^\d/.test(name)) return undefined;
  const meant = nearest(name, wellKnownRegistries);
  const dots = (text: string): number => text.split('.').length;
  return meant !== undefined && meant.startsWith(name.charAt(0)) && dots(meant) === dots(name) && Math.abs(meant.length - name.length) <= 2
    ? meant
    : undefined;
}

/** The reference that the address of a registry's web page stands for; undefined for everything else. `text` has no scheme. */
export function webPageReference(text: string): string | undefined {
  const page = text.replace(/^www\./, '');
  for (const [pattern, reference] of webPages) {
    const match = pattern.exec(page);
    if (match) return reference(match[1] ?? '', match[2] ?? '');
  }
  return undefined;
}

const webPages: readonly (readonly [RegExp, (first: string, second: string) => string])[] = [
  [/^hub\.docker\.com\/_\/([^/?#]+)/, (name) => name],
  [/^hub\.docker\.com\/(?:r|repository\/docker)\/([^/?#]+)\/([^/?#]+)/, (owner, name) => `${owner}/${name}`],
  [/^quay\.io\/repository\/([^?#]+?)\/?(?:[?#].*)?$/, (path) => `quay.io/${path}`],
  [
    /^github\.com\/(?:orgs\/|users\/)?([^/]+)\/(?:[^/]+\/)?pkgs\/container\/([^/?#]+)/,
    (owner, name) => `ghcr.io/${owner.toLowerCase()}/${name.toLowerCase()}`,
  ],
  [
    /^github\.com\/(?:orgs|users)\/([^/]+)\/packages\/container\/(?:package\/)?([^/?#]+)/,
    (owner, name) => `ghcr.io/${owner.toLowerCase()}/${name.toLowerCase()}`,
  ],
  [/^catalog\.ngc\.nvidia\.com\/orgs\/([^?#]+)\/containers\/([^/?#]+)/, (org, name) => `nvcr.io/${org.replace(/\/teams\//, '/')}/${name}`],
  [/^cloud\.sylabs\.io\/library\/([^?#]+?)\/?(?:[?#].*)?$/, (path) => `library://${path}`],
];
