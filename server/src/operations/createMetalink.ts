import fs from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { HubOptions, OpenedFile, OpenedImage } from '../hub/hub';
import { formatDigest } from '../image/digest';
import { parseReference } from '../image/reference';
import { writeMetalink } from '../metalink/write';
import type { FileEntry } from '../metalink/write';
import type { MetalinkTextResult, Target } from '../protocol';
import type { ImageContents } from '../sif/contents';
import { t } from '../text/l10n';
import { cachedCopies } from './cacheLookup';
import { readImageFile } from './contentsView';
import { remoteContents } from './describe';
import { hashedEntry } from './hashedEntry';
import { documentLanguage } from './inspect';
import { createRecipeContext } from './languages';
import type { ProgressListener } from './progress';
import { placesOf } from './referencePlaces';
import { fillTemplate, siteMirrors } from './siteMirrors';
import { readTextFile } from './textFile';
import type { World } from './world';
import { noWorkspaceRules } from './workspaceRules';
import { createSourceText } from '../text/sourceText';

export interface CreateOptions {
  /** URLs or URL templates (as in the settings) of further mirrors, best first. */
  readonly mirrors: readonly string[];
  /** Bytes; chosen by the file's size when absent. */
  readonly pieceLength?: number;
  /** A sha-512 beside the sha-256. */
  readonly sha512?: boolean;
  /** An armored detached OpenPGP signature; only for one target. */
  readonly signature?: string;
  readonly signal: AbortSignal;
  readonly onProgress: ProgressListener;
  readonly openText?: (uri: string) => string | undefined;
}

/** Metalink 4 text for images: references, local images, cache entries, the images of a recipe, a folder of images. */
export async function createMetalink(world: World, targets: readonly Target[], options: CreateOptions): Promise<MetalinkTextResult> {
  const report: string[] = [];
  const entries: FileEntry[] = [];
  for (const target of targets) for (const entry of await entriesFor(world, target, options, report)) entries.push(entry);
  if (entries.length === 0) throw new Error(report[0] ?? t('There is nothing to write a metalink for.'));
  const signed = await withSignature(entries, options);
  const now = new Date().toISOString().replace(/\.\d+Z$/, 'Z');
  const text = writeMetalink({
    generator: `container-metalink/${process.env['CONTAINER_METALINK_VERSION'] ?? 'development'}`,
    published: now,
    files: merged(signed, report),
  });
  return { text, report };
}

async function entriesFor(world: World, target: Target, options: CreateOptions, report: string[]): Promise<FileEntry[]> {
  switch (target.kind) {
    case 'reference':
      return referenceEntries(world, target.reference, options, report);
    case 'path':
      return (await fs.stat(target.path)).isDirectory()
        ? folderEntries(world, target.path, options, report)
        : [await localEntry(world, target.path, path.basename(target.path), options)];
    case 'document': {
      const text = options.openText?.(target.uri) ?? (await readTextFile(fileURLToPath(target.uri)));
      if (documentLanguage(target.uri, text) !== 'recipe') throw new Error(t('{0} is a metalink already.', target.uri));
      const context = createRecipeContext(createSourceText(text), { settings: world.settings, workspace: noWorkspaceRules });
      const references = [...new Set(placesOf('recipe', context).map((place) => place.text))];
      if (references.length === 0) report.push(t('The recipe is built from no image that a metalink could name.'));
      const entries: FileEntry[] = [];
      for (const reference of references) entries.push(...(await referenceEntries(world, reference, options, report)));
      return entries;
    }
  }
}

/** Images of a folder: what is a sandbox itself is not one file, and is said so. */
async function folderEntries(world: World, folder: string, options: CreateOptions, report: string[]): Promise<FileEntry[]> {
  const names = (await fs.readdir(folder, { withFileTypes: true }))
    .filter((item) => item.isFile() && /\.(sif|simg|img|sqsh|squashfs)$/i.test(item.name))
    .map((item) => item.name);
  if (names.length === 0) report.push(t('{0} holds no image file.', folder));
  const entries: FileEntry[] = [];
  for (const name of names.sort()) entries.push(await localEntry(world, path.join(folder, name), name, options));
  return entries;
}

async function localEntry(world: World, file: string, name: string, options: CreateOptions): Promise<FileEntry> {
  const contents = await readImageFile(file).catch(() => undefined); // no image of ours: then nothing is told about its inside
  return withUrls(world, { ...described(world, contents), name, ...(await hashedEntry(file, name, options)) }, [], options);
}

async function referenceEntries(world: World, text: string, options: CreateOptions, report: string[]): Promise<FileEntry[]> {
  const parsed = parseReference(text);
  const { reference } = parsed;
  if (reference === undefined) throw new Error(parsed.problems[0]?.message ?? t('{0} is no image reference.', text));
  if (reference.kind === 'local') throw new Error(t('{0} is on this machine only: name the file itself.', text));
  const hubOptions: HubOptions = { signal: options.signal, reason: 'command' };
  const opened = await world.hubs.open(reference, hubOptions);
  for (const note of opened.notes ?? []) report.push(`${opened.reference}: ${note}`);
  if (opened.manifest !== undefined && opened.files.some(({ role }) => role === 'layer'))
    return layoutEntries(world, opened, options, report);
  const file = opened.files.find(({ role }) => role === 'image');
  if (file === undefined) throw new Error(t('{0} is no image file.', opened.reference));
  const contents = await remoteContents(world, reference, hubOptions);
  const [copy] = opened.identity ? await cachedCopies(world, [opened.identity]) : [];
  const known = copy && copyMatches(file) ? await hashedEntry(copy.path, file.name, options) : declared(file);
  if (copy === undefined)
    report.push(t('{0}: no piece hashes; they are computed from a copy in a cache. Pull it first to have them.', opened.reference));
  return [withUrls(world, { ...described(world, contents), name: file.name, ...known }, urlsOf(file), options)];
}

/** A cached copy stands for the remote file only where the entry's name is its content's hash. */
function copyMatches(file: OpenedFile): boolean {
  return file.expected.some(({ digest }) => digest.algorithm === 'sha256');
}

/** Manifest, config and layers as files of an OCI layout: after the download the folder is one. */
function layoutEntries(world: World, opened: OpenedImage, options: CreateOptions, report: string[]): FileEntry[] {
  const { manifest } = opened;
  if (manifest === undefined) return [];
  const [first] = opened.files;
  const base = first?.sources[0]?.url.replace(/\/blobs\/[^/]+$/, '');
  const manifestUrls = base === undefined ? [] : [{ url: `${base}/manifests/${formatDigest(manifest.digest)}` }];
  report.push(
    t('{0}: registries ask for a token, which a metalink must not hold: other programs may need mirrors that do not.', opened.reference),
  );
  const entry = (hex: string, size: number, urls: FileEntry['urls']): FileEntry =>
    withUrls(
      world,
      { name: `blobs/sha256/${hex}`, identity: opened.reference, size, hashes: [{ type: 'sha-256', value: hex }] },
      urls ?? [],
      options,
    );
  const blobs = opened.files.flatMap((file) => {
    const digest = file.expected.find((e) => e.digest.algorithm === 'sha256')?.digest;
    return digest === undefined || file.size === undefined ? [] : [entry(digest.hex, file.size, urlsOf(file))];
  });
  return [entry(manifest.digest.hex, manifest.bytes.length, manifestUrls), ...blobs];
}

function urlsOf(file: OpenedFile): { url: string; priority?: number; location?: string }[] {
  return file.sources.map(({ url, priority, location }) => ({ url, priority, ...(location !== undefined && { location }) }));
}

function declared(file: OpenedFile): Pick<FileEntry, 'size' | 'hashes'> {
  const hashes = file.expected.map(({ digest }) => ({ type: digest.algorithm.replace(/^sha(\d)/, 'sha-$1'), value: digest.hex }));
  return { ...(file.size !== undefined && { size: file.size }), hashes };
}

/** identity, version, description, publisher from the image's labels; the publisher of the settings first. */
function described(world: World, contents: ImageContents | undefined): Partial<FileEntry> {
  const labels = { ...contents?.ociConfig?.labels, ...contents?.labels };
  const label = (...names: string[]) => names.map((name) => labels[name]?.trim()).find((value) => value !== undefined && value !== '');
  const setting = world.settings['metalink.publisher'];
  const name =
    typeof setting['name'] === 'string' && setting['name'] !== ''
      ? setting['name']
      : label(
          'org.opencontainers.image.vendor',
          'org.label-schema.vendor',
          'org.opencontainers.image.authors',
          'Maintainer',
          'maintainer',
          'Author',
          'author',
        );
  const publisherUrl =
    typeof setting['url'] === 'string' && setting['url'] !== ''
      ? setting['url']
      : label('org.opencontainers.image.url', 'org.label-schema.url');
  const [identity, version, description] = [
    label('org.opencontainers.image.title', 'org.label-schema.name', 'Name', 'name'),
    label('org.opencontainers.image.version', 'org.label-schema.version', 'Version', 'version'),
    label('org.opencontainers.image.description', 'org.label-schema.description', 'Description', 'description'),
  ];
  return {
    ...(identity !== undefined && { identity }),
    ...(version !== undefined && { version }),
    ...(description !== undefined && { description }),
    ...(name !== undefined && {
      publisher: { name, ...(publisherUrl !== undefined && URL.canParse(publisherUrl) && { url: publisherUrl }) },
    }),
    ...(contents === undefined ? {} : { operatingSystems: ['LINUX'] }),
  };
}

/** The mirrors of the settings and of the command beside the hub's own URLs; every URL once. */
function withUrls(world: World, entry: FileEntry, own: NonNullable<FileEntry['urls']>, options: CreateOptions): FileEntry {
  const digest = entry.hashes?.find((hash) => hash.type === 'sha-256')?.value;
  const values = { name: entry.name, ...(digest !== undefined && { digest }), ...(own[0] && { url: own[0].url }) };
  const given = options.mirrors.flatMap((template, index) => {
    const url = fillTemplate(template.includes('{') || !template.endsWith('/') ? template : `${template}{name}`, values);
    return url === undefined ? [] : [{ url, priority: index + 1 }];
  });
  const seen = new Set<string>();
  const urls = [...given, ...siteMirrors(world.settings, values), ...own].filter(({ url }) => !seen.has(url) && seen.add(url));
  return { ...entry, urls };
}

async function withSignature(entries: readonly FileEntry[], { signature }: CreateOptions): Promise<readonly FileEntry[]> {
  if (signature === undefined) return entries;
  const [entry, ...more] = entries;
  if (entry === undefined || more.length > 0) throw new Error(t('A signature belongs to one file; there are {0}.', entries.length));
  const value = await fs.readFile(signature, 'utf8');
  if (!value.includes('-----BEGIN PGP SIGNATURE-----'))
    throw new Error(t('{0} is no armored OpenPGP signature ("gpg --armor --detach-sign" makes one).', signature));
  return [{ ...entry, signatures: [{ mediatype: 'application/pgp-signature', value: `\n${value.trim()}\n` }] }];
}

/** Equal digests in two images are one file (M4-032); equal names of different files get a number. */
function merged(entries: readonly FileEntry[], report: string[]): FileEntry[] {
  const byName = new Map<string, FileEntry>();
  for (const entry of entries) {
    const digest = entry.hashes?.[0]?.value;
    const there = byName.get(entry.name);
    if (there === undefined) byName.set(entry.name, entry);
    else if (digest === undefined || there.hashes?.[0]?.value !== digest) {
      let number = 2;
      const extension = path.posix.extname(entry.name);
      const stem = entry.name.slice(0, entry.name.length - extension.length);
      while (byName.has(`${stem}-${number}${extension}`)) number++;
      byName.set(`${stem}-${number}${extension}`, { ...entry, name: `${stem}-${number}${extension}` });
      report.push(t('Two files are called {0}: the second one is written as {1}.', entry.name, `${stem}-${number}${extension}`));
    }
  }
  for (const entry of byName.values())
    if ((entry.urls ?? []).length === 0)
      report.push(t('{0} has no URL yet: add where it can be fetched (M4-045), or give --mirror.', entry.name));
  return [...byName.values()];
}
