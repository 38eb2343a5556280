import { createHash } from 'node:crypto';
import { askedText, header, networkError, wrongAnswer } from './askHub';
import type { HubOptions } from './hub';
import { HubError } from './hub';
import type { Descriptor, Manifest } from './ociManifest';
import { acceptedManifests, readManifest } from './ociManifest';
import { choosePlatform, imageEntries, platformOf } from './platformChoice';
import { formatPlatform } from '../image/platform';
import type { RegistryClient } from './registryClient';
import type { Digest } from '../image/digest';
import { formatDigest, parseDigest } from '../image/digest';
import type { RegistryReference } from '../image/reference';
import type { Platform } from '../image/summary';
import type { HttpResponse } from '../platform/ports';
import { groupedNumber } from '../text/human';
import { t } from '../text/l10n';

/** A manifest as it came, with the digest of its bytes: computed here, and equal to the one asked for where one was. */
export interface FetchedManifest {
  readonly digest: Digest;
  readonly bytes: Uint8Array;
  readonly mediaType: string;
  readonly manifest: Manifest;
}

/** distribution spec, "Pushing Manifests": registries take 4 MiB. */
const longestManifest = 4 * 1024 * 1024;
const longestConfig = 8 * 1024 * 1024;
/** An index in an index in an index: nobody has more. */
const deepestIndex = 3;

export function pullScope(reference: RegistryReference): string {
  return `repository:${reference.repository}:pull`;
}

/** Tag, or digest where there is one (it wins), or `latest`. */
export function identifierOf(reference: RegistryReference): string {
  return reference.digest ? formatDigest(reference.digest) : (reference.tag ?? 'latest');
}

export function subjectOf(reference: RegistryReference): string {
  const separator = reference.digest ? '@' : ':';
  return `${reference.repository}${separator}${identifierOf(reference)}`;
}

/** `HEAD`: digest, type and size of what a reference names; undefined when the registry does not tell without sending it. */
export async function headManifest(client: RegistryClient, reference: RegistryReference, options: HubOptions) {
  const response = await client.ask({
    ...manifestQuestion(reference, identifierOf(reference), options),
    method: 'HEAD',
    // Some registries have no HEAD; GET answers then.
    statuses: [400, 405, 501],
  });
  await response.discard();
  const digest = parseDigest(header(response.headers, 'docker-content-digest') ?? '');
  const mediaType = mediaTypeOf(response);
  if (response.status !== 200 || !digest || isPage(mediaType)) return undefined;
  const size = Number(header(response.headers, 'content-length') ?? Number.NaN);
  return { digest, mediaType, ...(Number.isSafeInteger(size) && size > 0 && { size }) };
}

/** `GET`: the bytes are hashed; by digest they must be what was asked for. `identifier`: default, what the reference says. */
export async function getManifest(
  client: RegistryClient,
  reference: RegistryReference,
  options: HubOptions,
  identifier: string = identifierOf(reference),
): Promise<FetchedManifest> {
  const response = await client.ask(manifestQuestion(reference, identifier, options));
  const type = mediaTypeOf(response);
  if (isPage(type)) {
    await response.discard();
    throw wrongAnswer(
      reference.registry,
      t('it sent a web page where a manifest belongs: a sign-in page of the network, or not a registry'),
    );
  }
  const bytes = await readBytes(response, longestManifest, reference.registry);
  const digest: Digest = { algorithm: 'sha256', hex: createHash('sha256').update(bytes).digest('hex') };
  const asked = parseDigest(identifier);
  if (asked && !matches(bytes, asked)) {
    throw wrongAnswer(
      reference.registry,
      t('the manifest has the digest {0}, asked for was {1}', formatDigest(digest), formatDigest(asked)),
    );
  }
  const manifest = readManifest(new TextDecoder().decode(bytes), type, reference.registry);
  return { digest: asked ?? digest, bytes, mediaType: manifest.mediaType, manifest };
}

/** The manifest for a platform: the reference's own, or the one that an index has for it. Rejects with `no-platform`. */
export async function platformManifest(
  client: RegistryClient,
  reference: RegistryReference,
  top: FetchedManifest,
  platform: Platform,
  options: HubOptions,
): Promise<FetchedManifest> {
  let current = top;
  for (let depth = 0; current.manifest.kind === 'index'; depth++) {
    const { entries } = current.manifest;
    const chosen = choosePlatform(entries, platform);
    if (!chosen || depth === deepestIndex) {
      const platforms = imageEntries(entries).map((entry) => formatPlatform(platformOf(entry)));
      const message = t(
        '{0} has no image for {1}; there is {2}.',
        subjectOf(reference),
        formatPlatform(platform),
        platforms.join(', ') || t('none'),
      );
      throw new HubError('no-platform', message, reference.registry, { platforms });
    }
    current = await getManifest(client, reference, options, formatDigest(chosen.digest));
  }
  return current;
}

/** The JSON of a configuration: from the descriptor where it carries it, else fetched; its digest is checked. Undefined when it is no JSON. */
export async function getConfig(
  client: RegistryClient,
  reference: RegistryReference,
  config: Descriptor,
  options: HubOptions,
): Promise<unknown> {
  const bytes = embedded(config) ?? (await getBlob(client, reference, config, options));
  if (!matches(bytes, config.digest)) {
    throw wrongAnswer(reference.registry, t('the configuration does not have the digest {0}', formatDigest(config.digest)));
  }
  try {
    return JSON.parse(new TextDecoder().decode(bytes)) as unknown;
  } catch {
    // Artifacts may put anything there.
    return undefined;
  }
}

async function getBlob(client: RegistryClient, reference: RegistryReference, blob: Descriptor, options: HubOptions): Promise<Uint8Array> {
  if (blob.size > longestConfig) throw wrongAnswer(reference.registry, t('its configuration is {0} bytes long', groupedNumber(blob.size)));
  const response = await client.ask({
    registry: reference.registry,
    repository: reference.repository,
    path: blobPath(reference, blob.digest),
    accept: '*/*',
    scope: pullScope(reference),
    subject: t('the configuration of {0}', subjectOf(reference)),
    options,
  });
  return readBytes(response, longestConfig, reference.registry);
}

/** OCI image spec, descriptor.md "Embedded Content". */
function embedded({ data, size }: Descriptor): Uint8Array | undefined {
  if (data === undefined || data.length > 64 * 1024) return undefined;
  const bytes = Buffer.from(data, 'base64');
  return bytes.length === size ? bytes : undefined;
}

export function blobPath(reference: RegistryReference, digest: Digest): string {
  return `/v2/${reference.repository}/blobs/${formatDigest(digest)}`;
}

/** Whether bytes have a digest; algorithms that this Node does not know count as not. */
function matches(bytes: Uint8Array, { algorithm, hex }: Digest): boolean {
  return (algorithm === 'sha256' || algorithm === 'sha512') && createHash(algorithm).update(bytes).digest('hex') === hex;
}

function manifestQuestion(reference: RegistryReference, identifier: string, options: HubOptions) {
  return {
    registry: reference.registry,
    repository: reference.repository,
    path: `/v2/${reference.repository}/manifests/${identifier}`,
    accept: acceptedManifests,
    scope: pullScope(reference),
    subject: subjectOf(reference),
    options,
  };
}

function mediaTypeOf(response: HttpResponse): string {
  return (header(response.headers, 'content-type') ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
}

function isPage(type: string): boolean {
  return type === 'text/html' || type === 'application/xhtml+xml';
}

async function readBytes(response: HttpResponse, limit: number, registry: string): Promise<Uint8Array> {
  try {
    return await response.bytes(limit);
  } catch (error) {
    throw networkError(error, registry);
  }
}

/** A JSON answer of a registry, its type checked. */
export async function readJson(response: HttpResponse, limit: number, registry: string): Promise<unknown> {
  if (isPage(mediaTypeOf(response))) {
    await response.discard();
    throw wrongAnswer(registry, t('it sent a web page where JSON belongs: a sign-in page of the network, or not a registry'));
  }
  const text = await askedText(response, limit);
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    throw wrongAnswer(registry, t('what it sent is not JSON'), cause);
  }
}
