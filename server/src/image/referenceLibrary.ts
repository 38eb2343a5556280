import type { LibraryReference, ParsedReference } from './referenceModel';
import type { Flaw, ReferenceReader } from './referenceReader';
import { reportFlaw } from './referenceReader';
import { isHost } from './referenceHosts';
import type { Digest } from './digest';
import { t } from '../text/l10n';

/**
 * Reads what stands behind `library://`: with three slashes or more the first part is a host, the first colon behind it begins the tags,
 * commas part them (A/S `internal/pkg/client/library/library.go` NormalizeLibraryRef). The engines check no more than that; what a
 * library's own address cannot hold is reported all the same.
 */
export function readLibraryReference(reader: ReferenceReader, start: number): ParsedReference {
  const body = reader.text.slice(start);
  const slashes = body.split('/').length - 1;
  const hostEnd = slashes > 2 ? body.indexOf('/') : -1;
  const pathStart = hostEnd + 1;
  const colon = body.indexOf(':', pathStart);
  const pathEnd = colon === -1 ? body.length : colon;
  const path = body.slice(pathStart, pathEnd);
  const tags = colon === -1 ? [] : body.slice(colon + 1).split(',');
  const host = hostEnd === -1 ? undefined : body.slice(0, hostEnd);
  setParts(reader, start, { hostEnd, pathStart, pathEnd, colon, tags });

  const report = (from: number, to: number, flaw: Flaw | undefined): void => reportFlaw(reader, start + from, to - from, flaw);
  if (body === '') report(0, 0, { code: 'build/reference-empty', message: t('The reference is empty.') });
  else {
    report(0, Math.max(hostEnd, 0), hostFlawOf(host));
    report(0, body.length, host === undefined ? missedHost(body) : undefined);
    if (path.includes('@')) report(0, body.length, atSignFlaw(body, pathStart));
    else {
      report(pathStart, pathEnd, pathFlaw(path));
      let offset = colon + 1;
      for (const tag of tags) {
        report(offset, offset + tag.length, tagFlaw(tag));
        offset += tag.length + 1;
      }
      report(colon + 1, body.length, furtherTags(tags));
    }
  }
  const components = path.split('/');
  const [container = '', collection, entity] = components.toReversed();
  const digest = hashOfTag(tags[0]);
  const reference: LibraryReference = {
    kind: 'library',
    scheme: 'library',
    ...(host !== undefined && { host }),
    ...(host === undefined && reader.options.library !== undefined && { library: reader.options.library }),
    path,
    ...(entity !== undefined && { entity }),
    ...(collection !== undefined && { collection }),
    container,
    tags,
    ...(digest && { digest }),
  };
  return reader.finish('library', reference);
}

function hostFlawOf(host: string | undefined): Flaw | undefined {
  if (host === undefined || isHost(host)) return undefined;
  return { code: 'build/reference-host', message: t('`{0}` is not a host name with an optional port.', host) };
}

/** A host was meant, but too few parts follow for the engine to see one. */
function missedHost(body: string): Flaw | undefined {
  const first = /^([^/]+)\//.exec(body)?.[1];
  if (first === undefined || !/^(?:localhost|[^/:]+\.[a-z]{2,})$|^[^/:]+:\d+$/.test(first)) return undefined;
  const message = t(
    'The engine takes `{0}` for a part of the name: a host is read only before `entity/collection/container`. Write all three, or set `Library:` (in a recipe) or `--library`.',
    first,
  );
  return { code: 'lint/reference-library-host', message, to: first.length };
}

function atSignFlaw(body: string, pathStart: number): Flaw {
  const hex = /@(?:sha256[:.])?([a-fA-F0-9]{64})$/.exec(body)?.[1]?.toLowerCase();
  const message = t('A library knows no `@`: the hash of an image stands in the place of the tag, as `:sha256.<hex>`.');
  const from = body.indexOf('@', pathStart);
  return { code: 'build/reference-digest', message, from, ...(hex !== undefined && { replacement: `:sha256.${hex}` }) };
}

function pathFlaw(path: string): Flaw | undefined {
  const code = 'build/reference-name';
  const mended = path.replace(/\/{2,}/g, '/').replace(/^\/|\/$/g, '');
  if (mended !== path) return { code: 'build/reference-slashes', message: t('There is a slash too many.'), replacement: mended };
  if (path === '') return { code, message: t('A container name is missing.') };
  const levels = path.split('/').length;
  if (levels > 3) return { code, message: t('A library has three levels: entity, collection and container. This name has {0}.', levels) };
  const wrong = /[^a-zA-Z0-9._/-]/.exec(path);
  if (!wrong) return undefined;
  const message = t('`{0}` cannot stand in the name of a container in a library: letters, digits, `.`, `_` and `-` can.', wrong[0]);
  return { code, message, from: wrong.index, to: wrong.index + 1 };
}

function tagFlaw(tag: string): Flaw | undefined {
  if (tag === '') return { code: 'build/reference-tag', message: t('A tag is missing here.'), from: -1, replacement: '' };
  const otherSign = /^sha256[:\-_]([a-fA-F0-9]{64})$/.exec(tag)?.[1];
  if (otherSign !== undefined) {
    const message = t('A library writes the hash of an image with a dot: `sha256.<hex>`.');
    return { code: 'build/reference-digest', message, replacement: `sha256.${otherSign.toLowerCase()}` };
  }
  if (/^sha256\.[a-fA-F0-9]*$/.test(tag) && !isLibraryHash(tag)) {
    const message = t('The hash of an image has 64 hexadecimal digits in lower case; this one has {0}.', tag.length - 'sha256.'.length);
    return { code: 'build/reference-digest', message };
  }
  if (/^[a-zA-Z0-9._+-]+$/.test(tag)) return undefined;
  return { code: 'build/reference-tag', message: t('`{0}` is not a tag: letters, digits, `.`, `_` and `-`.', tag) };
}

function furtherTags(tags: readonly string[]): Flaw | undefined {
  const [first = '', ...further] = tags;
  if (further.length === 0 || tags.includes('')) return undefined;
  const message = t('Only the first tag is pulled: the engine ignores `{0}`.', further.join(','));
  return { code: 'lint/reference-tags', message, from: first.length };
}

/** The digest that a library hash carries: `sha256.<hex>`; a `sif.<uuid>` carries none. */
export function hashOfTag(tag: string | undefined): Digest | undefined {
  const hex = /^sha256\.([a-f0-9]{64})$/.exec(tag ?? '')?.[1];
  return hex === undefined ? undefined : { algorithm: 'sha256', hex };
}

/** Whether a tag is a library's hash of an image: `sha256.<hex>` or `sif.<uuid>` (LC `client/util.go`). */
export function isLibraryHash(tag: string): boolean {
  return hashOfTag(tag) !== undefined || /^sif\.[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(tag);
}

interface Offsets {
  readonly hostEnd: number;
  readonly pathStart: number;
  readonly pathEnd: number;
  readonly colon: number;
  readonly tags: readonly string[];
}

function setParts(reader: ReferenceReader, start: number, { hostEnd, pathStart, pathEnd, colon, tags }: Offsets): void {
  const slash = reader.text.slice(start, start + pathEnd).lastIndexOf('/');
  const nameStart = Math.max(slash + 1, pathStart);
  let offset = start + colon + 1;
  const tagParts = tags.flatMap((tag) => {
    const part = reader.part(offset, offset + tag.length);
    offset += tag.length + 1;
    return part ? [part] : [];
  });
  const tagText = colon === -1 ? undefined : reader.part(start + colon + 1, reader.text.length);
  reader.setParts({
    host: hostEnd === -1 ? undefined : reader.part(start, start + hostEnd),
    path: reader.part(start + pathStart, start + pathEnd),
    namespace: nameStart > pathStart ? reader.part(start + pathStart, start + nameStart - 1) : undefined,
    name: reader.part(start + nameStart, start + pathEnd),
    tag: tagText,
    tags: tagParts.length > 0 ? tagParts : undefined,
    digest: isLibraryHash(tags[0] ?? '') ? tagParts[0] : undefined,
  });
}
