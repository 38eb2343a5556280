import { askHub, askedText, header } from './askHub';
import type { ExpectedDigest, HubOptions, HubWorld } from './hub';
import { HubError } from './hub';
import type { Digest } from '../image/digest';
import { t } from '../text/l10n';

/** A checksum that stands in a file: for which file name (none: the file has no name in it), and the digest. */
export interface FileChecksum {
  readonly name?: string;
  readonly digest: Digest;
}

const algorithmByDigits: Readonly<Record<number, string>> = { 32: 'md5', 40: 'sha1', 64: 'sha256', 96: 'sha384', 128: 'sha512' };
const longestFile = 1024 * 1024;

/**
 * Reads a file of checksums: coreutils' `<hex>  NAME` (also ` *NAME` and its escaped form), BSD's `SHA256 (NAME) = <hex>`, or a bare
 * digest. The algorithm follows from the number of digits. Lines of another form are passed over; never throws.
 */
export function parseChecksums(text: string): FileChecksum[] {
  return text.split(/\r?\n/).flatMap((line): FileChecksum[] => {
    const bsd = /^(MD5|SHA-?1|SHA-?256|SHA-?384|SHA-?512)\s*\((.+)\)\s*=\s*([0-9a-f]+)\s*$/i.exec(line);
    if (bsd !== null) return checksum(bsd[3], bsd[2]);
    const plain = /^(\\?)([0-9a-f]{32,128})(?:[ \t]+\*?(\S.*?)|[ \t]*)$/i.exec(line);
    if (plain === null) return [];
    return checksum(plain[2], plain[1] === '\\' ? unescapeName(plain[3]) : plain[3]);
  });
}

function checksum(hex = '', name?: string): FileChecksum[] {
  const algorithm = algorithmByDigits[hex.length];
  if (algorithm === undefined) return [];
  const digest = { algorithm, hex: hex.toLowerCase() };
  return [name === undefined ? { digest } : { digest, name }];
}

function unescapeName(name: string | undefined): string | undefined {
  return name?.replace(/\\([\\nr])/g, (_, sign: string) => ({ n: '\n', r: '\r' })[sign] ?? '\\');
}

/** The digest that a checksum file gives for `name`: of its own line, or the only one of a file without names. Strongest first. */
export function checksumOf(name: string, checksums: readonly FileChecksum[]): Digest | undefined {
  const own = checksums.filter((entry) => entry.name !== undefined && baseName(entry.name) === name);
  const bare = checksums.length === 1 && checksums[0]?.name === undefined ? checksums : [];
  const found = own.length > 0 ? own : bare;
  // Two different digests of one algorithm for one name: neither can be believed.
  const clear = found.filter(({ digest }) =>
    found.every((other) => other.digest.algorithm !== digest.algorithm || other.digest.hex === digest.hex),
  );
  return clear.map(({ digest }) => digest).sort((a, b) => b.hex.length - a.hex.length)[0];
}

/**
 * Looks for checksums beside a file: `NAME.sha256`, `SHA256SUMS` and their like, one request each until one is found. A checksum from the
 * same place as the bytes is integrity, not authenticity. Only `aborted` rejects.
 */
export async function findChecksum(world: HubWorld, url: string, options: HubOptions): Promise<ExpectedDigest | undefined> {
  const name = baseName(decode(new URL(url).pathname));
  if (name === '') return undefined;
  const beside = (file: string) => {
    const target = new URL(url);
    target.pathname = target.pathname.replace(/[^/]*$/, '') + file;
    target.search = '';
    target.hash = '';
    return target.href;
  };
  const own = encodeURIComponent(name);
  for (const file of [`${own}.sha256`, 'SHA256SUMS', `${own}.sha512`, 'SHA512SUMS', 'CHECKSUM', 'sha256sum.txt']) {
    const text = await read(world, beside(file), options);
    const digest = text === undefined ? undefined : checksumOf(name, parseChecksums(text));
    if (digest === undefined) continue;
    const channel = new URL(url).protocol === 'https:' ? 'https' : 'http';
    return { digest, source: t('{0} beside the file', decode(file)), channel };
  }
  return undefined;
}

/** The text of a small file, undefined when it is not there or is a web page. */
async function read(world: HubWorld, url: string, options: HubOptions): Promise<string | undefined> {
  try {
    const response = await askHub(world, { url, options, subject: t('a checksum file') });
    const length = Number(header(response.headers, 'content-length') ?? 0);
    if (length <= longestFile && !/html/i.test(header(response.headers, 'content-type') ?? ''))
      return await askedText(response, longestFile);
    await response.discard();
    return undefined;
  } catch (error) {
    if (error instanceof HubError && error.kind !== 'aborted') {
      if (error.kind !== 'not-found') world.log.debug(error.message);
      return undefined;
    }
    throw error;
  }
}

function baseName(path: string): string {
  return path.replace(/^.*[/\\]/s, '');
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // A percent sign that starts no escape: the text is meant as it is.
  }
}
