import { hostOf, wrongAnswer } from './askHub';
import type { ExpectedDigest, FileSource, Hub, HubOptions, HubWorld, OpenedImage, ResolvedImage, SearchHit, SearchList } from './hub';
import { HubError } from './hub';
import { libraryEndpoint } from './libraryEndpoint';
import type { LibraryEndpoint, LibraryOptions } from './libraryEndpoint';
import { apiUrl, ask, authorization, orNotFound } from './libraryApi';
import { registryOfLibrary } from './libraryRegistry';
import { listTags, missing } from './libraryTags';
import { listOf, objectOf, textOf, wholeNumberOf } from './shape';
import type { JsonObject } from './shape';
import type { Digest } from '../image/digest';
import { parseDigest } from '../image/digest';
import { formatReference } from '../image/reference';
import type { ImageReference, LibraryReference } from '../image/reference';
import type { ImageSummary } from '../image/summary';
import { t } from '../text/l10n';

/** What the library tells about an image (apptainer/container-library-client client/models.go Image). */
interface LibraryImage {
  /** As it came: the name of the engine's cache entry. */
  readonly hash: string;
  readonly digest?: Digest;
  readonly size?: number;
  readonly architecture?: string;
  readonly facts: JsonObject;
}

/**
 * The library API of Sylabs and compatible servers (apptainer/container-library-client client/*.go), sregistry's emulation of it
 * included: sizes that are missing or in megabytes, tags behind a token, images of amd64 only.
 */
export function createLibraryHub(world: HubWorld, libraryOptions: LibraryOptions = {}): Hub {
  const endpointOf = (reference: LibraryReference, options: HubOptions) => libraryEndpoint(world, reference, libraryOptions, options);
  return {
    accepts: (reference) => reference.kind === 'library',
    resolve: async (reference, options) => {
      const library = libraryReference(reference);
      return resolved(world, await lookUp(world, await endpointOf(library, options), library, options));
    },
    manifest: async (reference, options) => {
      const library = libraryReference(reference);
      return summary(world, library, await lookUp(world, await endpointOf(library, options), library, options));
    },
    tags: async (reference, options) => {
      const library = libraryReference(reference);
      return listTags(world, await endpointOf(library, options), library, options);
    },
    search: async (query, options) => {
      // The API refuses shorter texts (client/search.go).
      if (query.text.length < 3) return { hits: [], incomplete: true, fetchedAt: world.now() };
      const where = query.host === undefined ? {} : { host: query.host };
      return search(world, await libraryEndpoint(world, where, libraryOptions, options), query.text, options);
    },
    open: async (reference, options) => {
      const library = libraryReference(reference);
      const endpoint = await endpointOf(library, options);
      return open(world, { endpoint, reference: library, image: await lookUp(world, endpoint, library, options) }, options);
    },
  };
}

function libraryReference(reference: ImageReference): LibraryReference {
  if (reference.kind !== 'library')
    throw new HubError('unsupported', t('{0} is not a library reference.', formatReference(reference)), undefined);
  return reference;
}

/** Only the first tag is pulled; without one, `latest` (A/S `internal/pkg/client/library/library.go` NormalizeLibraryRef). */
function firstTag(reference: LibraryReference): string {
  return reference.tags[0] ?? 'latest';
}

async function lookUp(world: HubWorld, endpoint: LibraryEndpoint, reference: LibraryReference, options: HubOptions): Promise<LibraryImage> {
  const architecture = (options.platform ?? world.platform()).architecture;
  const subject = formatReference(reference);
  const url = apiUrl(endpoint, `v1/images/${reference.path}:${firstTag(reference)}`, { arch: architecture });
  const asked = { subject: t('{0} for {1}', subject, architecture), options };
  const facts = await orNotFound(ask(world, endpoint, url, asked));
  if (facts === undefined) throw await missing(world, endpoint, { reference, tag: firstTag(reference), architecture }, options);
  const hash = textOf(facts.hash);
  if (hash === undefined || !/^[a-z0-9]+\.[\w-]+$/i.test(hash)) throw wrongAnswer(hostOf(url), t('the image has no hash'));
  const digest = digestOfHash(hash);
  if (reference.digest !== undefined && digest !== undefined && digest.hex !== reference.digest.hex)
    throw wrongAnswer(hostOf(url), t('the image has another hash than the one that was asked for'));
  const size = sizeOf(facts);
  const told = textOf(facts.arch);
  return { hash, facts, ...(digest && { digest }), ...(size !== undefined && { size }), ...(told !== undefined && { architecture: told }) };
}

/** `sha256.<hex>` as a digest; `sif.<uuid>` is none. */
function digestOfHash(hash: string): Digest | undefined {
  return parseDigest(hash.replace('.', ':'));
}

/** Bytes. sregistry tells megabytes or nothing: a number that is too small for any SIF (32 KiB of header) is not taken for bytes. */
function sizeOf(facts: JsonObject): number | undefined {
  const size = wholeNumberOf(facts.size);
  return size !== undefined && size >= 32_768 ? size : undefined;
}

function resolved(world: HubWorld, image: LibraryImage): ResolvedImage {
  return { fetchedAt: world.now(), ...(image.digest && { digest: image.digest }), ...(image.size !== undefined && { size: image.size }) };
}

function summary(world: HubWorld, reference: LibraryReference, image: LibraryImage): ImageSummary {
  const { facts } = image;
  const created = textOf(facts.createdAt) ?? textOf(facts.uploadedAt);
  const signedBy = listOf(facts.fingerprints).flatMap((fingerprint) => textOf(fingerprint)?.toUpperCase() ?? []);
  const description = textOf(facts.description);
  return {
    reference: formatReference(reference),
    kind: 'sif',
    fetchedAt: world.now(),
    ...(image.digest && { digest: image.digest }),
    ...(image.size !== undefined && { size: image.size }),
    ...(created !== undefined && !created.startsWith('0001-') && { created }),
    ...(image.architecture !== undefined && { platform: { os: 'linux', architecture: image.architecture } }),
    ...(signedBy.length > 0 && { signedBy }),
    ...(description !== undefined && { annotations: { 'org.opencontainers.image.description': description } }),
    notes: notesOf(image),
  };
}

function notesOf(image: LibraryImage): string[] {
  const notes: string[] = [];
  if (image.facts.signed === false) notes.push(t('The library says that the image is not signed.'));
  if (image.facts.encrypted === true) notes.push(t('The library says that the image is encrypted.'));
  if (image.digest === undefined)
    notes.push(t('The library gives `{0}` for a hash: it names the image and proves nothing about its bytes.', image.hash));
  const tags = listOf(image.facts.tags).flatMap((tag) => textOf(tag) ?? []);
  if (tags.length > 0) notes.push(t('Tags of this image: {0}', tags.join(', ')));
  return notes;
}

async function search(world: HubWorld, endpoint: LibraryEndpoint, text: string, options: HubOptions): Promise<SearchList> {
  const url = apiUrl(endpoint, 'v1/search', { value: text });
  const found = await ask(world, endpoint, url, { subject: t('a search'), options });
  const hits = new Map<string, SearchHit>();
  for (const entry of [...listOf(found.container), ...listOf(found.image)]) {
    const facts = objectOf(entry) ?? {};
    const parts = [facts.entityName, facts.collectionName, facts.name ?? facts.containerName].map(textOf);
    if (parts.includes(undefined) || hits.has(parts.join('/'))) continue;
    const description = textOf(facts.description) ?? textOf(facts.containerDescription);
    const stars = wholeNumberOf(facts.stars ?? facts.containerStars);
    const pulls = wholeNumberOf(facts.downloadCount ?? facts.containerDownloads);
    hits.set(parts.join('/'), {
      name: parts.join('/'),
      ...(description !== undefined && { description }),
      ...(stars !== undefined && { stars }),
      ...(pulls !== undefined && { pulls }),
    });
  }
  return { hits: [...hits.values()], fetchedAt: world.now() };
}

/**
 * Both ways of a download (client/pull.go, oci.go): the registry behind the library where it has one, and `v1/imagefile`, which sends the
 * file or redirects to where it is. The token goes to the library's own origin only.
 */
async function open(
  world: HubWorld,
  asked: { endpoint: LibraryEndpoint; reference: LibraryReference; image: LibraryImage },
  options: HubOptions,
): Promise<OpenedImage> {
  const { endpoint, reference, image } = asked;
  const architecture = (options.platform ?? world.platform()).architecture;
  const sources: FileSource[] = [];
  if (image.digest !== undefined) {
    const url = apiUrl(endpoint, 'v1/oci-redirect', { namespace: reference.path, mapped: '1', accessTypes: 'pull' });
    const direct = await registryOfLibrary(world, { url, headers: authorization(endpoint), digest: image.digest, options });
    if (direct !== undefined) sources.push(direct);
  }
  const url = apiUrl(endpoint, `v1/imagefile/${reference.path}:${firstTag(reference)}`, { arch: architecture });
  sources.push({ url, priority: sources.length + 1, headers: () => Promise.resolve(authorization(endpoint)) });
  const expected: ExpectedDigest[] =
    image.digest === undefined
      ? []
      : [{ digest: image.digest, source: t('library hash'), channel: endpoint.base.protocol === 'https:' ? 'https' : 'http' }];
  return {
    reference: formatReference(reference),
    kind: 'sif',
    files: [{ name: fileName(reference), role: 'image', expected, sources, ...(image.size !== undefined && { size: image.size }) }],
    identity: { kind: 'library', hash: image.hash },
    notes: notesOf(image),
  };
}

/** As `apptainer pull` names it: `<container>_<first tag>.sif` (A `internal/pkg/util/uri/uri.go` GetName). */
function fileName(reference: LibraryReference): string {
  return `${reference.container}_${firstTag(reference)}.sif`.replace(/[^\w.+-]/g, '_').replace(/^\.+/, '_');
}
