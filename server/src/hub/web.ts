import { askHub, header, hostOf, wrongAnswer } from './askHub';
import { findChecksum } from './checksumFiles';
import type { ExpectedDigest, FileSource, Hub, HubOptions, HubWorld, OpenedImage, ResolvedImage } from './hub';
import { HubError } from './hub';
import { strongAlgorithms } from '../platform/instanceDigest';
import { metalinkHeaders } from './metalinkHeaders';
import type { HeaderMirror, MetalinkHeaders } from './metalinkHeaders';
import type { ImageReference } from '../image/reference';
import type { ImageSummary } from '../image/summary';
import type { HttpResponse } from '../platform/ports';
import { basicAuthorization } from '../platform/userinfo';
import { t } from '../text/l10n';

/** What a server says about a file before it is fetched. */
interface FileFacts {
  /** As written, without userinfo. */
  readonly url: string;
  readonly headers: () => Promise<Readonly<Record<string, string>>>;
  readonly metalink: MetalinkHeaders;
  /** Bytes. */
  readonly size?: number;
  readonly etag?: string;
  readonly lastModified?: string;
  readonly mediaType?: string;
  readonly acceptsRanges: boolean;
}

/** Files by their URL: `https://` and `http://`, with what RFC 6249 and RFC 9530 let a server say about them in header fields. */
export function createWebHub(world: HubWorld): Hub {
  return {
    accepts: (reference) => reference.kind === 'url',
    resolve: async (reference, options) => resolved(world, await askForFacts(world, reference, options)),
    manifest: async (reference, options) => summary(world, await askForFacts(world, reference, options)),
    tags: (reference) => Promise.reject(noSuchFunction(reference)),
    search: () => Promise.resolve({ hits: [], fetchedAt: world.now() }),
    open: async (reference, options) =>
      open(world, { written: writtenUrl(reference), facts: await askForFacts(world, reference, options) }, options),
  };
}

function noSuchFunction(reference: ImageReference): HubError {
  return new HubError('unsupported', t('A file by its URL has no tags.'), reference.kind === 'url' ? reference.host : undefined);
}

function writtenUrl(reference: ImageReference): string {
  if (reference.kind !== 'url') throw new HubError('unsupported', t('This is not the URL of a file.'), undefined);
  if (!URL.canParse(reference.url)) throw new HubError('malformed', t('`{0}` is not a URL.', reference.host), undefined);
  return reference.url;
}

/** HEAD, or the first byte where a server knows no HEAD. */
async function askForFacts(world: HubWorld, reference: ImageReference, options: HubOptions): Promise<FileFacts> {
  const written = new URL(writtenUrl(reference));
  const headers = authorizationFor(world, written);
  written.username = '';
  written.password = '';
  written.hash = '';
  const url = written.href;
  const question = { url, options, subject: fileName(url), headers: { 'accept-encoding': 'identity', ...(await headers()) } };
  let response: HttpResponse;
  try {
    response = await askHub(world, { ...question, method: 'HEAD' });
  } catch (error) {
    if (!(error instanceof HubError) || ![403, 405, 501].includes(error.details.status ?? 0)) throw error;
    response = await askHub(world, { ...question, headers: { ...question.headers, range: 'bytes=0-0' } });
  }
  await response.discard();
  const mediaType = header(response.headers, 'content-type')?.split(';', 1)[0]?.trim().toLowerCase();
  if (mediaType === 'text/html') throw wrongAnswer(hostOf(response.url), t('{0} is a web page, not an image', fileName(url)));
  const size = sizeOf(response);
  const etag = header(response.headers, 'etag');
  const lastModified = header(response.headers, 'last-modified');
  return {
    url,
    headers,
    metalink: metalinkHeaders([...response.redirects, { url: response.url, headers: response.headers }]),
    acceptsRanges: response.status === 206 || header(response.headers, 'accept-ranges')?.trim().toLowerCase() === 'bytes',
    ...(size !== undefined && { size }),
    ...(etag !== undefined && { etag }),
    ...(lastModified !== undefined && { lastModified }),
    ...(mediaType !== undefined && { mediaType }),
  };
}

/** What the URL itself carries, else the credential of its host. */
function authorizationFor(world: HubWorld, url: URL): () => Promise<Readonly<Record<string, string>>> {
  const basic = (user: string, password: string) => ({ authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` });
  const written = basicAuthorization(url);
  if (written !== undefined) return () => Promise.resolve({ authorization: written });
  const { host, pathname } = url;
  return async () => {
    const credential = await world.credentials.find(host, pathname);
    if (credential?.token !== undefined) return { authorization: `Bearer ${credential.token}` };
    return credential?.username === undefined ? {} : basic(credential.username, credential.password ?? '');
  };
}

function sizeOf(response: HttpResponse): number | undefined {
  if (header(response.headers, 'content-encoding') !== undefined) return undefined;
  const text =
    response.status === 206
      ? /\/(\d+)$/.exec(header(response.headers, 'content-range') ?? '')?.[1]
      : header(response.headers, 'content-length');
  const size = /^\d+$/.test(text ?? '') ? Number(text) : undefined;
  return Number.isSafeInteger(size) ? size : undefined;
}

function resolved(world: HubWorld, facts: FileFacts): ResolvedImage {
  const digest = facts.metalink.digests[0];
  return {
    fetchedAt: world.now(),
    ...(digest && { digest }),
    ...(facts.size !== undefined && { size: facts.size }),
    ...(facts.mediaType !== undefined && { mediaType: facts.mediaType }),
  };
}

function summary(world: HubWorld, facts: FileFacts): ImageSummary {
  const created = new Date(facts.lastModified ?? '');
  return {
    ...resolved(world, facts),
    reference: facts.url,
    kind: 'file',
    notes: notesOf(facts),
    fetchedAt: world.now(),
    ...(!Number.isNaN(created.getTime()) && { created: created.toISOString() }),
  };
}

function notesOf({ metalink, acceptsRanges }: FileFacts): string[] {
  const notes: string[] = [];
  const mirrors = metalink.mirrors.length;
  if (mirrors > 0) notes.push(mirrors === 1 ? t('The server names a mirror.') : t('The server names {0} mirrors.', mirrors));
  if (metalink.digests.length > 0 && !metalink.digests.some(isStrong))
    notes.push(t('The server declares only a weak digest ({0}).', metalink.digests.map(({ algorithm }) => algorithm).join(', ')));
  if (!acceptsRanges) notes.push(t('The server does not say that it serves parts of the file: a pull cannot be resumed.'));
  return notes;
}

function isStrong({ algorithm }: { algorithm: string }): boolean {
  return strongAlgorithms.includes(algorithm);
}

async function open(world: HubWorld, asked: { written: string; facts: FileFacts }, options: HubOptions): Promise<OpenedImage> {
  const { facts } = asked;
  const { metalink, url } = facts;
  const channel = new URL(url).protocol === 'https:' ? 'https' : 'http';
  const source = t('header of {0}', hostOf(url));
  const expected: ExpectedDigest[] = metalink.digests.map((digest) => ({ digest, source, channel }));
  if (!metalink.digests.some(isStrong) && options.reason !== 'editor') {
    const found = await findChecksum(world, url, options);
    if (found !== undefined) expected.unshift(found);
  }
  const isMetalink = facts.mediaType === 'application/metalink4+xml';
  return {
    reference: url,
    kind: 'file',
    files: [
      {
        name: fileName(url),
        role: 'image',
        expected,
        sources: [{ url, priority: 1, headers: facts.headers }, ...sourcesOf(metalink.mirrors, facts.etag)],
        acceptsRanges: facts.acceptsRanges,
        ...(facts.size !== undefined && { size: facts.size }),
        ...(facts.etag !== undefined && { etag: facts.etag }),
        ...(facts.lastModified !== undefined && { lastModified: facts.lastModified }),
        ...(facts.mediaType !== undefined && { mediaType: facts.mediaType }),
      },
    ],
    // The engine's key is made of the URL as it was typed (cache names), so this one may carry userinfo; it is hashed, never shown.
    identity: { kind: 'net', url: asked.written, ...(facts.lastModified !== undefined && { lastModified: facts.lastModified }) },
    describedBy: isMetalink ? [{ url }] : metalink.describedBy,
    signatures: metalink.signatures,
    notes: notesOf(facts),
  };
}

/** Mirrors in their order (preferred ones first, then by priority) behind the server itself; equals stay equal. Preferred ones must show its ETag. */
function sourcesOf(mirrors: readonly HeaderMirror[], etag: string | undefined): FileSource[] {
  let rank = 1;
  let last: string | undefined;
  return mirrors.map(({ url, location, preferred, priority }) => {
    const place = `${preferred} ${priority}`;
    if (place !== last) rank++;
    last = place;
    return {
      url,
      priority: rank,
      ...(location !== undefined && { location }),
      ...(preferred && { preferred }),
      ...(preferred && etag?.startsWith('"') === true && { etag }),
    };
  });
}

/** The last element of the path (A `internal/pkg/util/uri/uri.go` GetName), made safe for every file system. */
export function fileName(url: string): string {
  const last = new URL(url).pathname.replace(/^.*\//s, '');
  let name = last;
  try {
    name = decodeURIComponent(last);
  } catch {
    // A percent sign that starts no escape: the text is meant as it is.
  }
  const safe = name
    .replace(/[\u0000-\u001f\u007f/\\:*?"<>|]/g, '_')
    .replace(/^\.+/, '_')
    .slice(-200);
  return safe === '' ? 'image' : safe;
}
