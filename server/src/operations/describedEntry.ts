import type { FileEntry } from '../metalink/write';
import type { Settings } from '../settings';

/** What a metalink tells about a file for people. */
export type Description = Pick<FileEntry, 'identity' | 'version' | 'description' | 'publisher'>;

/** Labels that name the same thing: OCI annotations first, then label-schema.org, then what people write by hand. */
const names = {
  identity: ['org.opencontainers.image.title', 'org.label-schema.name', 'Name', 'name'],
  version: ['org.opencontainers.image.version', 'org.label-schema.version', 'Version', 'version'],
  description: ['org.opencontainers.image.description', 'org.label-schema.description', 'Description', 'description'],
  publisher: [
    'org.opencontainers.image.vendor',
    'org.label-schema.vendor',
    'org.opencontainers.image.authors',
    'Maintainer',
    'maintainer',
    'Author',
    'author',
  ],
  publisherUrl: ['org.opencontainers.image.url', 'org.label-schema.url'],
} as const;

/** Identity, version, description and publisher from an image's labels; `own`, the publisher of the settings, comes first. */
export function describedEntry(labels: Readonly<Record<string, string>>, own: Settings['metalink.publisher'] = {}): Description {
  const label = (keys: readonly string[]) => keys.map((key) => cleaned(labels[key])).find((value) => value !== undefined);
  const publisher = cleaned(own.name) ?? label(names.publisher);
  const url = cleaned(own.url) ?? label(names.publisherUrl);
  const identity = label(names.identity);
  const version = label(names.version);
  const description = label(names.description);
  return {
    ...(identity !== undefined && { identity }),
    ...(version !== undefined && { version }),
    ...(description !== undefined && { description }),
    ...(publisher !== undefined && { publisher: { name: publisher, ...(url !== undefined && URL.canParse(url) && { url }) } }),
  };
}

/** Without what XML cannot hold and white space around it; undefined when nothing is left. */
function cleaned(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  const text = value.replace(/[\u0000-\u0008\u000b-\u001f\ufffe\uffff]/g, '').trim();
  return text === '' ? undefined : text;
}
