import type { EntryIdentity } from '../cache/names';
import type { DownloadSource } from '../download/request';
import type { MetalinkFile } from '../metalink/model';
import { canDownload } from '../metalink/canDownload';
import { metalinkModel } from '../metalink/model';
import { parseMetalink } from '../metalink/parse';
import type { Settings } from '../settings';
import { t } from '../text/l10n';
import type { Expectation } from '../verify/expectation';
import type { PullableFile, Unreachable } from './pullable';
import { siteMirrors } from './siteMirrors';

/** Where a metalink document was read: decides what its word is worth, and whether it may name local files. */
export interface MetalinkOrigin {
  /** For messages: a file name, a URL without credentials. */
  readonly name: string;
  readonly channel: 'file' | 'http' | 'https';
  /** Folder of a document on this disk. */
  readonly folder?: string;
}

/**
 * The files of a metalink as something that can be fetched, in document order. What must not be fetched (unsafe name, no source, a
 * document that contradicts itself) is there with its reason.
 */
export function metalinkFiles(text: string, origin: MetalinkOrigin, settings: Settings, only?: string): (PullableFile | Unreachable)[] {
  const parsed = parseMetalink(text);
  const model = metalinkModel(parsed);
  if (model.version === undefined) return [{ kind: 'unreachable', title: origin.name, problem: t('{0} is no metalink.', origin.name) }];
  const refusals = canDownload(parsed, model);
  const files = model.files.filter((file) => only === undefined || file.name === only || file.writtenName === only);
  if (files.length === 0)
    return [
      {
        kind: 'unreachable',
        title: only ?? origin.name,
        problem: only === undefined ? t('{0} lists no file.', origin.name) : t('{0} lists no file {1}.', origin.name, only),
      },
    ];
  return files.map((file) => {
    const blocking = refusals.get(file) ?? [];
    if (file.name === undefined || blocking.length > 0) {
      return {
        kind: 'unreachable',
        title: file.writtenName,
        problem: t('{0} is not fetched: {1}', file.writtenName, blocking[0]?.message ?? t('its name is not safe')),
      };
    }
    return { ...pullableFile(file, file.name, origin, settings), ...(model.signed && { xmlSigned: true }) };
  });
}

function pullableFile(file: MetalinkFile, name: string, origin: MetalinkOrigin, settings: Settings): PullableFile {
  const source = (line: number) => t('metalink line {0}', line);
  // An incomplete list of pieces is no list: nothing is compared with it.
  const completeLists = file.pieces.filter((pieces) => pieces.complete);
  const expectations: Expectation[] = [
    ...(file.size === undefined
      ? []
      : [{ kind: 'size' as const, value: file.size, source: source(file.sizeLine ?? file.line), channel: origin.channel }]),
    ...file.hashes.map((hash) => ({
      kind: 'hash' as const,
      type: hash.type,
      value: hash.value,
      source: source(hash.line),
      channel: origin.channel,
    })),
    ...completeLists.map((pieces) => ({
      kind: 'pieces' as const,
      type: pieces.type,
      length: pieces.length,
      hashes: pieces.hashes,
      source: source(pieces.line),
      channel: origin.channel,
    })),
  ];
  const sha256 = file.hashes.find((hash) => hash.type === 'sha-256')?.value;
  const [first] = byPriority(file.urls);
  const declared: DownloadSource[] = file.urls.map(({ url, priority, location }) => ({
    url,
    priority,
    ...(location !== undefined && { location }),
  }));
  const site = siteMirrors(settings, { name, ...(sha256 !== undefined && { digest: sha256 }), ...(first && { url: first.url }) });
  return {
    kind: 'file',
    title: name,
    name,
    ...(file.size !== undefined && { size: file.size }),
    hashes: file.hashes.map((hash) => ({ type: hash.type, hex: hash.value, source: source(hash.line) })),
    pieces: completeLists.map(({ type, length, hashes }) => ({ type, length, hashes })),
    sources: [...site, ...declared],
    expectations,
    identities: identitiesOf(file, sha256),
    ...(file.identity !== undefined && { identity: file.identity }),
    ...(origin.folder !== undefined && { folder: origin.folder }),
    detachedSignatures: file.signatures.filter((s) => s.mediatype.toLowerCase() === 'application/pgp-signature').map((s) => s.value),
  };
}

/**
 * What the file would be called in an engine's cache, by its sources: a registry blob is what an `oras://` reference leads to, a library
 * URL what a `library://` reference does; any other URL is one that a person can give to the engine. Their Last-Modified is asked for later.
 */
function identitiesOf(file: MetalinkFile, sha256: string | undefined): EntryIdentity[] {
  const identities: EntryIdentity[] = [];
  const digest = sha256 === undefined ? undefined : { algorithm: 'sha256', hex: sha256 };
  const web = byPriority(file.urls).filter(({ scheme }) => scheme === 'http' || scheme === 'https');
  for (const { url } of web) {
    const path = URL.canParse(url) ? new URL(url).pathname : '';
    if (digest && /^\/v2\/.+\/blobs\/sha256:[0-9a-f]{64}$/.test(path)) identities.push({ kind: 'oras', digest });
    else if (digest && path.includes('/v1/imagefile/')) identities.push({ kind: 'library', hash: `sha256.${digest.hex}` });
  }
  for (const { url } of web) if (!/^\/v2\/|\/v1\/imagefile\//.test(new URL(url).pathname)) identities.push({ kind: 'net', url });
  if (digest) identities.push({ kind: 'oras', digest });
  return identities;
}

function byPriority<T extends { readonly priority: number }>(urls: readonly T[]): T[] {
  return [...urls].sort((a, b) => a.priority - b.priority);
}
