// Plain HTTP: the same files below /mirror/a … /mirror/d with ranges, ETag and Last-Modified, checksums beside them; below /metalink
// with the header fields of RFC 6249 and RFC 9530, below /metalink-redirect with them on a 302 (as MirrorBrain does).
import { createHash } from 'node:crypto';
import type { Content } from './content';
import { bigFile, contentOf, digestOf, pieceHashes } from './content';
import type { StoredImages } from './images';
import type { HubRequest, Protocol, Reply } from './reply';
import { text } from './reply';

const lastModified = 'Wed, 15 Jan 2025 10:00:00 GMT';
const mirrorNames = ['a', 'b', 'c', 'd'];

export function mirrors(images: StoredImages): Protocol {
  const files = new Map<string, Content>(images.names.map((name) => [name, images.image(name).content]));
  for (const name of ['jane.asc', 'farm.asc', 'tool-1.4.sif.asc']) files.set(name, contentOf(images.text(name)));
  const digests = new Map<string, string>();
  const sha256 = (name: string, content: Content) => digests.get(name) ?? (digests.set(name, digestOf(content)), digestOf(content));

  return (request) => {
    const [, place = '', ...rest] = decodeURIComponent(request.path).split('/');
    const mirror = place === 'mirror' ? rest.shift() : undefined;
    const name = rest.join('/');
    const file = fileOf(name);
    switch (place) {
      case 'mirror':
        if (!mirrorNames.includes(mirror ?? '')) return undefined;
        return file === undefined ? besides(request, name) : serve(name, file);
      case 'metalink':
        return file === undefined ? undefined : withHeaders(serve(name, file), described(request, name, file));
      case 'metalink-hex':
        return file === undefined ? undefined : withHeaders(serve(name, file), described(request, name, file, 'base64-of-hex'));
      case 'metalink-redirect':
        if (file === undefined) return undefined;
        return {
          status: 302,
          headers: { ...described(request, name, file), location: `${request.origin}/mirror/a/${name}` },
          content: contentOf(''),
        };
      case 'metalink-no-digest':
        return file === undefined ? undefined : withHeaders(serve(name, file), { link: described(request, name, file).link ?? [] });
      default:
        return undefined;
    }
  };

  /** A stored file, or `big/<bytes>/<seed>.bin`, made on the fly. */
  function fileOf(name: string): Content | undefined {
    const big = /^big\/(\d{1,12})\/([\w-]+)\.bin$/.exec(name);
    return big === null ? files.get(name) : bigFile(Number(big[1]), big[2] ?? '');
  }

  function serve(name: string, content: Content): Reply {
    const etag = `"${createHash('sha256').update(`${name} ${content.size}`).digest('hex').slice(0, 16)}"`;
    const type = name.endsWith('.asc') ? 'application/pgp-signature' : 'application/octet-stream';
    return { status: 200, headers: { 'content-type': type, etag, 'last-modified': lastModified }, content, ranges: true };
  }

  /** What stands beside the files: checksums in coreutils' format, in BSD's and one a file; a metalink of each. */
  function besides(request: HubRequest, name: string): Reply | undefined {
    const stored = [...files].filter(([file]) => !file.endsWith('.asc'));
    if (name === 'SHA256SUMS') return text(stored.map(([file, content]) => `${sha256(file, content)}  ${file}\n`).join(''));
    if (name === 'CHECKSUM') return text(stored.map(([file, content]) => `SHA256 (${file}) = ${sha256(file, content)}\n`).join(''));
    const subject = /^(.+)\.meta4$/.exec(name)?.[1] ?? '';
    const described = fileOf(subject);
    if (described !== undefined) return text(metalink(request, subject, described), 'application/metalink4+xml');
    const own = /^(.+)\.(sha256|sha512|md5)$/.exec(name);
    const file = fileOf(own?.[1] ?? '');
    if (own?.[1] === undefined || file === undefined) return undefined;
    return text(`${digestOf(file, own[2] as 'sha256' | 'sha512' | 'md5')}  ${own[1]}\n`);
  }

  function described(
    request: HubRequest,
    name: string,
    content: Content,
    form: 'base64' | 'base64-of-hex' = 'base64',
  ): Record<string, string | string[]> {
    const hex = sha256(name, content);
    const raw = Buffer.from(hex, 'hex').toString('base64');
    const at = (mirror: string) => `${request.origin}/mirror/${mirror}/${name}`;
    return {
      digest: form === 'base64' ? `SHA-256=${raw}` : `SHA-256=${Buffer.from(hex).toString('base64')}`,
      ...(form === 'base64' ? { 'repr-digest': `sha-256=:${raw}:` } : {}),
      // Two links in one field and the rest in their own, quoted and bare: all of it is allowed (RFC 8288 §3).
      link: [
        `<${at('a')}>; rel=duplicate; pri=1; pref; geo=de, <${at('b')}>; rel="duplicate"; pri=2; geo=GB; depth=1`,
        `<${at('c')}>; rel="duplicate nofollow"`,
        `<${request.origin}/mirror/a/${name}.meta4>; rel=describedby; type="application/metalink4+xml"`,
        ...(files.has(`${name}.asc`) ? [`<${at('a')}.asc>; rel=describedby; type="application/pgp-signature"`] : []),
      ],
    };
  }
}

function metalink(request: HubRequest, name: string, content: Content): string {
  const length = 65_536;
  const pieces = pieceHashes(content, length).map((hash) => `      <hash>${hash}</hash>\n`);
  const urls = mirrorNames.map((mirror, index) => `    <url priority="${index + 1}">${request.origin}/mirror/${mirror}/${name}</url>\n`);
  return `<?xml version="1.0" encoding="UTF-8"?>
<metalink xmlns="urn:ietf:params:xml:ns:metalink">
  <file name="${name.replace(/^.*\//, '')}">
    <size>${content.size}</size>
    <hash type="sha-256">${digestOf(content)}</hash>
    <pieces type="sha-256" length="${length}">
${pieces.join('')}    </pieces>
${urls.join('')}  </file>
</metalink>
`;
}

function withHeaders(reply: Reply, headers: Readonly<Record<string, string | string[]>>): Reply {
  return { ...reply, headers: { ...reply.headers, ...headers } };
}
