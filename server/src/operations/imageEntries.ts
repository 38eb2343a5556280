import path from 'node:path';
import type { HubOptions, OpenedFile, OpenedImage } from '../hub/hub';
import { formatDigest, registeredHashName } from '../image/digest';
import { parseReference } from '../image/reference';
import type { FileEntry } from '../metalink/write';
import { withoutCredentials } from '../platform/proxySettings';
import type { ImageContents } from '../sif/contents';
import { t } from '../text/l10n';
import { cachedCopies } from './cacheLookup';
import { readImageFile } from './contentsView';
import type { CreateOptions } from './createOptions';
import { remoteContents } from './describe';
import { describedEntry } from './describedEntry';
import type { Description } from './describedEntry';
import { hashedEntry } from './hashedEntry';
import { fillTemplate, siteMirrors } from './siteMirrors';
import type { World } from './world';

/** What entries are made with: `report` takes a line for everything that needs a look. */
export interface EntryMaking {
  readonly world: World;
  readonly options: CreateOptions;
  readonly report: string[];
}

/** A file on this disk, hashed. */
export async function localEntry(making: EntryMaking, file: string, name: string): Promise<FileEntry> {
  const { world, options } = making;
  const contents = await readImageFile(file, options.signal).catch(() => undefined); // no image of ours: nothing is told about its inside
  options.signal.throwIfAborted();
  return withUrls(making, { ...descriptionOf(world, contents), name, ...(await hashedEntry(file, name, options)) }, []);
}

/** The files that a reference stands for: the image file, or manifest, config and layers of an OCI image. Rejects with a message for people. */
export async function referenceEntries(making: EntryMaking, text: string): Promise<FileEntry[]> {
  const { world, options, report } = making;
  const parsed = parseReference(text);
  const { reference } = parsed;
  if (reference === undefined) throw new Error(parsed.problems[0]?.message ?? t('{0} is no image reference.', text));
  if (reference.kind === 'local') throw new Error(t('{0} is on this machine only: name the file itself.', text));
  const hubOptions: HubOptions = { signal: options.signal, reason: 'command' };
  const opened = await world.hubs.open(reference, hubOptions);
  for (const note of opened.notes ?? []) report.push(`${opened.reference}: ${note}`);
  if (opened.manifest !== undefined && opened.files.some(({ role }) => role === 'layer')) {
    const summary = await world.hubs.manifest(reference, hubOptions);
    return layoutEntries(making, opened, describedEntry(summary.labels ?? {}, world.settings['metalink.publisher']));
  }
  const file = opened.files.find(({ role }) => role === 'image');
  if (file === undefined) throw new Error(t('{0} is no image file.', opened.reference));
  const contents = await remoteContents(world, reference, hubOptions);
  const known = (await fromCache(making, opened, file)) ?? declared(file);
  noteWhatIsMissing(making, opened, known);
  return [withUrls(making, { ...descriptionOf(world, contents), name: file.name, ...known }, urlsOf(file))];
}

/** A copy in a cache stands for the remote file where its content has the digest that the hub declares. */
async function fromCache({ world, options, report }: EntryMaking, opened: OpenedImage, file: OpenedFile): Promise<Hashed | undefined> {
  const expected = file.expected.find(({ digest }) => digest.algorithm === 'sha256')?.digest.hex;
  if (expected === undefined || opened.identity === undefined) return undefined;
  const [copy] = await cachedCopies(world, [opened.identity]);
  if (copy === undefined) return undefined;
  const hashed = await hashedEntry(copy.path, file.name, options);
  if (hashed.hashes?.some(({ type, value }) => type === 'sha-256' && value === expected)) return hashed;
  report.push(t('{0}: the copy in the cache is another file, and was not used: {1}', opened.reference, copy.path));
  return undefined;
}

type Hashed = Pick<FileEntry, 'size' | 'hashes' | 'pieces'>;

function declared(file: OpenedFile): Hashed {
  const hashes = file.expected.map(({ digest }) => ({ type: registeredHashName(digest.algorithm), value: digest.hex }));
  return { ...(file.size !== undefined && { size: file.size }), hashes };
}

function noteWhatIsMissing({ report }: EntryMaking, opened: OpenedImage, { hashes = [], pieces }: Hashed): void {
  const { reference } = opened;
  if (hashes.length === 0)
    report.push(t('{0}: the server declares no hash. "metalink resolve --download" fetches the file and computes it.', reference));
  else if (pieces === undefined)
    report.push(
      t('{0}: no piece hashes, they can only be computed from the file itself. Pull it into a cache first to have them.', reference),
    );
  if (opened.files.some((file) => file.sources.some(({ url }) => isRegistryUrl(url)))) report.push(tokenNote(reference));
}

function isRegistryUrl(url: string): boolean {
  return /^https?:\/\/[^/]+\/v2\/.+\/blobs\//.test(url);
}

function tokenNote(reference: string): string {
  return t(
    '{0}: most registries ask for a token, which a metalink must not hold. This program fetches one; others need a mirror that asks for none.',
    reference,
  );
}

/** Manifest, config and layers with the paths of an OCI layout. What an image is called and who made it stands at its manifest. */
function layoutEntries(making: EntryMaking, opened: OpenedImage, description: Description): FileEntry[] {
  const { manifest } = opened;
  if (manifest === undefined) return [];
  const base = opened.files[0]?.sources[0]?.url.replace(/\/blobs\/[^/]+$/, '');
  const digest = formatDigest(manifest.digest);
  making.report.push(
    tokenNote(opened.reference),
    t(
      '{0}: a complete OCI layout has two more small files, "oci-layout" and an "index.json" that names {1}. No registry serves them; "pull" makes them beside the verified files.',
      opened.reference,
      digest,
    ),
  );
  const entry = (hex: string, size: number, urls: NonNullable<FileEntry['urls']>): FileEntry =>
    withUrls(making, { identity: opened.reference, name: `blobs/sha256/${hex}`, size, hashes: [{ type: 'sha-256', value: hex }] }, urls);
  const blobs = opened.files.flatMap((file) => {
    const found = file.expected.find((expected) => expected.digest.algorithm === 'sha256')?.digest;
    return found === undefined || file.size === undefined ? [] : [entry(found.hex, file.size, urlsOf(file))];
  });
  if (manifest.digest.algorithm !== 'sha256' || blobs.length < opened.files.length)
    throw new Error(t('{0}: not every part of the image has a sha-256 and a size, so no metalink can describe it.', opened.reference));
  const manifestUrls = base === undefined ? [] : [{ url: `${base}/manifests/${digest}` }];
  return [{ ...entry(manifest.digest.hex, manifest.bytes.length, manifestUrls), ...description, identity: opened.reference }, ...blobs];
}

function urlsOf(file: OpenedFile): { url: string; priority?: number; location?: string }[] {
  return file.sources.map(({ url, priority, location }) => ({ url, priority, ...(location !== undefined && { location }) }));
}

function descriptionOf(world: World, contents: ImageContents | undefined): Partial<FileEntry> {
  const labels = { ...contents?.ociConfig?.labels, ...contents?.labels };
  return {
    ...describedEntry(labels, world.settings['metalink.publisher']),
    ...(contents === undefined ? {} : { operatingSystems: ['LINUX'] }),
  };
}

/** The mirrors of the command and of the settings beside the hub's own URLs; every URL once, none with a password. */
function withUrls({ world, options, report }: EntryMaking, entry: FileEntry, own: NonNullable<FileEntry['urls']>): FileEntry {
  const digest = entry.hashes?.find((hash) => hash.type === 'sha-256')?.value;
  const values = { name: entry.name, ...(digest !== undefined && { digest }), ...(own[0] && { url: own[0].url }) };
  const given = options.mirrors.flatMap((template, index) => {
    const url = fillTemplate(template.includes('{') || !template.endsWith('/') ? template : `${template}{name}`, values);
    if (url === undefined)
      report.push(
        t('{0}: the mirror {1} makes no URL for it.', entry.name, URL.canParse(template) ? withoutCredentials(template) : template),
      );
    return url === undefined ? [] : [{ url, priority: index + 1 }];
  });
  // The mirrors of the command are tried before the hub itself.
  const hub = own.map((url) => ({ ...url, ...(url.priority !== undefined && { priority: url.priority + given.length }) }));
  const seen = new Set<string>();
  const urls = [...given, ...siteMirrors(world.settings, values), ...hub]
    .map((item) => ({ ...item, url: withoutCredentials(item.url) }))
    .filter(({ url }) => !seen.has(url) && seen.add(url))
    .toSorted((a, b) => (a.priority ?? Infinity) - (b.priority ?? Infinity));
  return { ...entry, urls };
}

/** A name for a file that has none of its own, such as the entry of a cache. */
export function imageName(file: string, contents: ImageContents | undefined): string {
  const base = path.basename(file);
  if (/\.(sif|simg|img|sqsh|squashfs|sqfs|ext3)$/i.test(base)) return base;
  const { identity, version } = describedEntry({ ...contents?.ociConfig?.labels, ...contents?.labels });
  const words = identity === undefined ? base.replace(/^sha256\./, '').slice(0, 12) : [identity, version].filter(Boolean).join('-');
  return `${words.replace(/[^\w.+-]+/g, '_').replace(/^[._-]+/, '')}.sif`;
}
