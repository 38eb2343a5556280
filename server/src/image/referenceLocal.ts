import type { IpfsReference, LocalReference, ParsedReference, UrlReference } from './referenceModel';
import type { ReferenceReader } from './referenceReader';
import type { Digest } from './digest';
import { parseDigest } from './digest';
import { t } from '../text/l10n';

/** Reads a URL of an image file; the whole text is the URL (A `internal/pkg/client/net/pull.go`). */
export function readUrlReference(reader: ReferenceReader, scheme: 'http' | 'https'): ParsedReference {
  const { text } = reader;
  const parsed = URL.canParse(text) ? new URL(text) : undefined;
  const authority = /^https?:\/\/([^/?#]*)/i.exec(text)?.[1] ?? '';
  const authorityStart = scheme.length + 3;
  const hostStart = authorityStart + authority.lastIndexOf('@') + 1;
  reader.setParts({
    url: reader.part(0, text.length),
    host: reader.part(hostStart, authorityStart + authority.length),
    path: reader.part(Math.min(authorityStart + authority.length, text.length), text.length),
  });
  if (!parsed || authority === '') {
    reader.problem({
      code: 'build/reference-url',
      start: 0,
      end: text.length,
      message: t('This is not a URL: a host and a path belong behind `{0}://`.', scheme),
    });
    return reader.finish(scheme, undefined);
  }
  if (parsed.username !== '' || parsed.password !== '') {
    reader.problem({
      code: 'lint/reference-userinfo',
      start: authorityStart,
      end: hostStart,
      message: t('A name or password in a URL is seen by everyone who sees the file, and by the logs on the way.'),
      fix: { title: t('Remove it'), replacement: '' },
    });
  }
  const reference: UrlReference = { kind: 'url', scheme, url: text, host: parsed.host };
  return reader.finish(scheme, reference);
}

/** Reads `ipfs://CID[/path]`: a CID version 1 in base32 of a sha2-256 (A `internal/pkg/client/ipfs/util.go` decodeCID). */
export function readIpfsReference(reader: ReferenceReader, start: number): ParsedReference {
  const body = reader.text.slice(start);
  const slash = body.indexOf('/');
  const cid = slash === -1 ? body : body.slice(0, slash);
  const path = slash === -1 ? '' : body.slice(slash);
  reader.setParts({
    digest: reader.part(start, start + cid.length),
    path: slash === -1 ? undefined : reader.part(start + slash, reader.text.length),
  });
  const problem = cidProblem(cid);
  if (problem !== undefined) reader.problem({ code: 'build/reference-cid', start, end: start + cid.length, message: problem });
  else if (reader.options.engine === 'singularity') {
    reader.problem({
      code: 'build/reference-scheme',
      start: 0,
      end: start,
      message: t('SingularityCE does not know `ipfs://`; Apptainer does since 1.5.'),
    });
  }
  const hash = base32(cid.slice(1));
  const digest: Digest | undefined = hash?.length === 36 ? { algorithm: 'sha256', hex: toHex(hash.slice(4)) } : undefined;
  const reference: IpfsReference = { kind: 'ipfs', scheme: 'ipfs', cid, path, ...(digest && { digest }) };
  return reader.finish('ipfs', reference);
}

function cidProblem(cid: string): string | undefined {
  if (cid === '') return t('A content identifier (CID) is missing behind `ipfs://`.');
  if (!cid.startsWith('b')) {
    return t(
      'The engine takes CIDs of version 1 in base32, which begin with `b`: it stops with "unknown encoding for cid: {0}". Convert it with `ipfs cid base32`.',
      cid.slice(0, 1),
    );
  }
  const bytes = base32(cid.slice(1));
  if (bytes === undefined) return t('A CID in base32 has the letters `a`–`z` and the digits `2`–`7` only.');
  if (bytes.length !== 36)
    return t('The CID has not the length of a sha2-256 one: the engine stops with "wrong length for data: {0}".', bytes.length);
  const [version, codec, hash, length] = bytes;
  if (version !== 1) return t('The engine stops with "unknown version for cid: {0}".', version ?? 0);
  if (codec !== 0x70)
    return t('The engine takes dag-pb only: it stops with "unknown codec for cid: {0}".', `0x${(codec ?? 0).toString(16)}`);
  if (hash !== 0x12)
    return t('The engine takes sha2-256 only: it stops with "unknown code for hash: {0}".', `0x${(hash ?? 0).toString(16)}`);
  return length === 32 ? undefined : t('The engine stops with "unknown length for hash: {0}".', length ?? 0);
}

/** RFC 4648 base32 without padding, lower case. Undefined when another letter occurs. */
function base32(text: string): number[] | undefined {
  const bytes: number[] = [];
  let buffer = 0;
  let bits = 0;
  for (const letter of text) {
    const value = 'abcdefghijklmnopqrstuvwxyz234567'.indexOf(letter);
    if (value === -1) return undefined;
    buffer = ((buffer << 5) | value) & 0xfff;
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      bytes.push((buffer >> bits) & 0xff);
    }
  }
  return bytes;
}

function toHex(bytes: readonly number[]): string {
  return bytes.map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** Reads `docker-daemon:NAME:TAG`, `docker-archive:PATH[:TAG]`, `oci-archive:PATH[:TAG]`, `oci:DIR[:TAG][@DIGEST]` (A `internal/pkg/ociimage/{fetch,sourcesink}.go`). */
export function readLocalReference(reader: ReferenceReader, scheme: LocalReference['scheme'], start: number): ParsedReference {
  const body = reader.text.slice(start);
  const digestMatch = scheme === 'oci' || scheme === 'docker-daemon' ? /@([^@/]*)$/.exec(body) : null;
  const beforeDigest = digestMatch ? body.slice(0, digestMatch.index) : body;
  const colon = beforeDigest.indexOf(':', scheme === 'docker-daemon' ? beforeDigest.lastIndexOf('/') + 1 : 0);
  const path = colon === -1 ? beforeDigest : beforeDigest.slice(0, colon);
  const tag = colon === -1 ? undefined : beforeDigest.slice(colon + 1);
  const digestText = digestMatch?.[1];
  const digest = digestText === undefined ? undefined : parseDigest(digestText);
  const tagPart = tag === undefined ? undefined : reader.part(start + colon + 1, start + beforeDigest.length);
  reader.setParts({
    path: reader.part(start, start + path.length),
    tag: tagPart,
    tags: tagPart && [tagPart],
    digest: digestText === undefined ? undefined : reader.part(start + beforeDigest.length + 1, reader.text.length),
  });

  if (path === '')
    reader.problem({ code: 'build/reference-empty', start, end: start, message: t('A path or a name is missing behind `{0}:`.', scheme) });
  else if (scheme !== 'docker-daemon' && path.startsWith('//')) {
    reader.problem({
      code: 'lint/reference-slashes',
      start,
      end: start + 2,
      message: t('`{0}:` takes a path: with two slashes it begins at the root of the file system.', scheme),
      fix: { title: t('Remove the slashes'), replacement: '' },
    });
  }
  if (digestText !== undefined && !digest) {
    const at = start + beforeDigest.length + 1;
    reader.problem({
      code: 'build/reference-digest',
      start: at,
      end: reader.text.length,
      message: t('A digest is `sha256:` and 64 hexadecimal digits.'),
    });
  }
  if (
    scheme === 'docker-daemon' &&
    path !== '' &&
    tag === undefined &&
    digestText === undefined &&
    reader.options.engine !== 'singularity'
  ) {
    reader.problem({
      code: 'build/reference-tag',
      start: reader.text.length,
      end: reader.text.length,
      message: t(
        'Apptainer wants the tag of an image in a Docker daemon: it stops with "reference {0} has neither a tag nor a digest".',
        path,
      ),
      fix: { title: t('Add `:latest`'), replacement: ':latest' },
    });
  }
  const reference: LocalReference = { kind: 'local', scheme, path, ...(tag !== undefined && { tag }), ...(digest && { digest }) };
  return reader.finish(scheme, reference);
}
