import { instanceDigests } from '../platform/instanceDigest';
import type { Link } from './linkHeader';
import { parseLinks } from './linkHeader';
import type { Digest } from '../image/digest';
import type { HttpHeaders } from '../platform/ports';

/** A mirror by `rel=duplicate` (RFC 6249 §3). */
export interface HeaderMirror {
  readonly url: string;
  /** 1 to 999999, 1 is best (§3.1). */
  readonly priority: number;
  /** ISO 3166 country in lower case (§3.2). */
  readonly location?: string;
  /** Shares the server's ETags or digests (§3.3). */
  readonly preferred: boolean;
  /** Path segments that are mirrored as well (§3.4). */
  readonly depth: number;
}

/** What the header fields of a server tell about a file. */
export interface MetalinkHeaders {
  /** Strongest first; empty when the server declares none. */
  readonly digests: readonly Digest[];
  /** Best first; empty without a digest: then they could not be checked (§6). */
  readonly mirrors: readonly HeaderMirror[];
  /** Metalink documents that describe the file (§4.1), with the name of the file in them. */
  readonly describedBy: readonly { readonly url: string; readonly name?: string }[];
  /** Detached signatures (§5). */
  readonly signatures: readonly { readonly url: string; readonly mediaType: string }[];
}

/** One reply on the way to a file: of a redirect, or the last one. */
export interface ReplyHeaders {
  readonly url: string;
  readonly headers: HttpHeaders;
}

const lowestPriority = 999_999;
const signatureTypes = ['application/pgp-signature', 'application/pkcs7-mime', 'application/pkcs7-signature'];

/**
 * Reads RFC 6249's fields from the replies on the way to a file, first one first. The first reply that declares digests speaks for the
 * file; fields of those behind it are a mirror's and are left alone (§2). Redirects count: MirrorBrain puts the fields there.
 */
export function metalinkHeaders(replies: readonly ReplyHeaders[]): MetalinkHeaders {
  const server = replies.find(({ headers }) => instanceDigests(headers).length > 0) ?? replies[0];
  if (server === undefined) return { digests: [], mirrors: [], describedBy: [], signatures: [] };
  const digests = instanceDigests(server.headers);
  const own = new Set(replies.map(({ url }) => withoutFragment(url)));
  const links = parseLinks(server.headers.link ?? []);
  const described = targets(links, server.url, 'describedby');
  return {
    digests,
    mirrors: digests.length === 0 ? [] : mirrorsOf(targets(links, server.url, 'duplicate'), own),
    describedBy: described
      .filter(({ link }) => typeOf(link) === 'application/metalink4+xml')
      .map(({ url, link }) => {
        const name = link.parameters.name;
        return name === undefined ? { url } : { url, name };
      }),
    signatures: described
      .filter(({ link }) => signatureTypes.includes(typeOf(link)))
      .map(({ url, link }) => ({ url, mediaType: typeOf(link) })),
  };
}

function mirrorsOf(duplicates: readonly { url: string; link: Link }[], own: ReadonlySet<string>): HeaderMirror[] {
  const mirrors = new Map<string, HeaderMirror>();
  for (const { url, link } of duplicates) {
    if (own.has(url) || mirrors.has(url)) continue;
    const location = /^[a-z]{2}$/i.exec(link.parameters.geo ?? '')?.[0].toLowerCase();
    mirrors.set(url, {
      url,
      priority: priorityOf(link.parameters.pri),
      preferred: Object.hasOwn(link.parameters, 'pref'),
      depth: Number(/^\d{1,3}$/.exec(link.parameters.depth ?? '')?.[0] ?? 0),
      ...(location !== undefined && { location }),
    });
  }
  return [...mirrors.values()].sort((a, b) => Number(b.preferred) - Number(a.preferred) || a.priority - b.priority);
}

function priorityOf(text: string | undefined): number {
  const number = /^\d{1,6}$/.test(text ?? '') ? Number(text) : lowestPriority;
  return number === 0 ? lowestPriority : number;
}

/** Absolute http(s) addresses of a relation, without userinfo: a server hands out no credentials. */
function targets(links: readonly Link[], base: string, relation: string): { url: string; link: Link }[] {
  return links.flatMap((link) => {
    if (!link.relations.includes(relation) || !URL.canParse(link.target, base)) return [];
    const url = new URL(link.target, base);
    if (!/^https?:$/.test(url.protocol)) return [];
    url.username = '';
    url.password = '';
    return [{ url: withoutFragment(url.href), link }];
  });
}

function typeOf(link: Link): string {
  return (link.parameters.type ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
}

function withoutFragment(url: string): string {
  return url.replace(/#.*$/s, '');
}
