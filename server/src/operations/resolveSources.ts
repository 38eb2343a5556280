import { checksumOf, parseChecksums } from '../hub/checksumFiles';
import type { ExpectedDigest } from '../hub/hub';
import { registeredHashName } from '../image/digest';
import { parseReference } from '../image/reference';
import type { MetalinkFile, MetalinkUrl } from '../metalink/model';
import { metalinkModel } from '../metalink/model';
import { parseMetalink } from '../metalink/parse';
import { decodeXml } from '../metalink/xml/decode';
import { withoutCredentials } from '../platform/proxySettings';
import { percentDecoded } from '../platform/userinfo';
import { t } from '../text/l10n';
import type { ProgressListener } from './progress';
import { smallFile } from './smallFile';
import type { World } from './world';

/** A value and who says it. */
export interface Told<T> {
  readonly value: T;
  readonly source: string;
  /** The address that was asked, for where two of one source have to be told apart. */
  readonly url?: string;
}

/** Everything that anybody says about a file, the most trusted first. */
export interface Facts {
  readonly sizes: Told<bigint>[];
  /** By registered hash name. */
  readonly hashes: Map<string, Told<string>[]>;
}

export interface GatherOptions {
  readonly signal: AbortSignal;
  readonly onProgress: ProgressListener;
  /** Takes a line for every server that could not be asked. */
  readonly report: string[];
}

const describedLimit = 8 * 1024 * 1024;
const checksumLimit = 1024 * 1024;

/** Hashes that a file can be verified by (RFC 5854, section 7.4), strongest first. */
export const strongHashes: readonly string[] = ['sha-512', 'sha-384', 'sha-256'];

/**
 * Asks every URL of a file, the best first: the digest in a registry's or library's address, header fields of RFC 6249 and RFC 9530, the
 * metalink that the server describes, checksum files beside the file. Rejects only when aborted.
 */
export async function gatherFacts(world: World, file: MetalinkFile, options: GatherOptions): Promise<Facts> {
  const facts: Facts = { sizes: [], hashes: new Map() };
  for (const [index, url] of [...file.urls].sort((a, b) => a.priority - b.priority).entries()) {
    const host = hostOf(url);
    options.onProgress({ what: t('{0}: asking {1}', file.writtenName, host), done: index, total: file.urls.length });
    fromRegistryAddress(url, facts);
    try {
      await fromLibrary(world, url, facts, options.signal);
      const { reference } = parseReference(url.url);
      if (reference?.kind !== 'url') continue;
      const opened = await world.hubs.open(reference, { signal: options.signal, reason: 'command' });
      const size = opened.files[0]?.size;
      if (size !== undefined) facts.sizes.push({ value: BigInt(size), source: host, url: withoutCredentials(url.url) });
      const { expected = [] } = opened.files[0] ?? {};
      // Header fields are told with their host; what stands in a checksum file beside the image comes last.
      const headers = expected.filter(({ source }) => source.includes(host));
      fromServer(headers, url, facts);
      for (const { url: described } of opened.describedBy ?? []) await fromDescribed(world, described, file, facts, options.signal);
      fromServer(
        expected.filter((one) => !headers.includes(one)),
        url,
        facts,
      );
      if (!strongHashes.some((type) => facts.hashes.has(type))) await fromOtherChecksums(world, url, facts, options.signal);
    } catch (error) {
      options.signal.throwIfAborted();
      options.report.push(
        t('{0}: {1} could not be asked: {2}', file.writtenName, host, error instanceof Error ? error.message : String(error)),
      );
    }
  }
  return facts;
}

/** Checksum files that the hub does not look for by itself: `NAME.sha256sum`, and `NAME.md5` where there is nothing better. */
async function fromOtherChecksums(world: World, url: MetalinkUrl, facts: Facts, signal: AbortSignal): Promise<void> {
  for (const ending of ['sha256sum', 'md5']) {
    const beside = new URL(withoutCredentials(url.url));
    beside.pathname += `.${ending}`;
    const name = percentDecoded(beside.pathname.replace(/^.*\//, '')).slice(0, -ending.length - 1);
    const bytes = await smallFile(world, beside.href, checksumLimit, signal);
    const digest = bytes && checksumOf(name, parseChecksums(new TextDecoder().decode(bytes)));
    if (digest === undefined) continue;
    addHash(facts, registeredHashName(digest.algorithm), { value: digest.hex, source: t('{0} on {1}', `${name}.${ending}`, hostOf(url)) });
    return;
  }
}

/** Host with port, without userinfo. */
export function hostOf(url: MetalinkUrl): string {
  const shown = withoutCredentials(url.url);
  return URL.canParse(shown) ? new URL(shown).host : shown;
}

/** What a registry serves by its digest has it in the address. */
function fromRegistryAddress(url: MetalinkUrl, facts: Facts): void {
  const hex = /\/v2\/.+\/(?:blobs|manifests)\/sha256:([0-9a-f]{64})$/.exec(url.url)?.[1];
  if (hex !== undefined) addHash(facts, 'sha-256', { value: hex, source: t('digest in the address of {0}', hostOf(url)) });
}

/** The library's API says the hash of an image that `v1/imagefile` serves. */
async function fromLibrary(world: World, url: MetalinkUrl, facts: Facts, signal: AbortSignal): Promise<void> {
  if (!URL.canParse(url.url)) return;
  const { origin, pathname, searchParams } = new URL(url.url);
  const image = /^\/v1\/imagefile\/([^/].*)$/.exec(pathname)?.[1];
  if (image === undefined) return;
  const { reference } = parseReference(`library://${percentDecoded(image)}`, { library: origin });
  if (reference?.kind !== 'library') return;
  const architecture = searchParams.get('arch');
  const opened = await world.hubs.open(reference, {
    signal,
    reason: 'command',
    ...(architecture !== null && { platform: { os: 'linux', architecture } }),
  });
  const [file] = opened.files;
  const source = t('the library at {0}', hostOf(url));
  for (const { digest } of file?.expected ?? []) addHash(facts, registeredHashName(digest.algorithm), { value: digest.hex, source });
  if (file?.size !== undefined) facts.sizes.push({ value: BigInt(file.size), source });
}

/** A metalink that the server says describes its file (RFC 6249, section 4.1). One that cannot be had says nothing. */
async function fromDescribed(world: World, url: string, file: MetalinkFile, facts: Facts, signal: AbortSignal): Promise<void> {
  const bytes = await smallFile(world, url, describedLimit, signal);
  if (bytes === undefined) return;
  const { text } = decodeXml(bytes);
  const { files } = metalinkModel(parseMetalink(text));
  const names = new Set([
    file.name,
    file.name?.replace(/^.*\//, ''),
    ...file.urls.map(({ url: own }) => own.replace(/[?#].*$/, '').replace(/^.*\//, '')),
  ]);
  const described = files.length === 1 ? files[0] : files.find(({ name }) => names.has(name));
  if (described === undefined) return;
  const source = t('the metalink {0}', withoutCredentials(url));
  if (described.size !== undefined) facts.sizes.push({ value: described.size, source });
  for (const { type, value } of described.hashes) addHash(facts, type, { value, source });
}

function fromServer(expected: readonly ExpectedDigest[], url: MetalinkUrl, facts: Facts): void {
  const host = hostOf(url);
  for (const { digest, source } of expected)
    addHash(facts, registeredHashName(digest.algorithm), {
      value: digest.hex,
      source: source.includes(host) ? source : t('{0} on {1}', source, host),
      url: withoutCredentials(url.url),
    });
}

function addHash(facts: Facts, type: string, told: Told<string>): void {
  facts.hashes.set(type, [...(facts.hashes.get(type) ?? []), told]);
}
