import fs from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeMetalink } from '../metalink/write';
import type { FileEntry } from '../metalink/write';
import { hasCode } from '../platform/systemError';
import type { MetalinkTextResult, Target } from '../protocol';
import { createSourceText } from '../text/sourceText';
import { t } from '../text/l10n';
import { noSuchFile } from '../text/noSuchFile';
import { readImageFile } from './contentsView';
import { imageName, localEntry, referenceEntries } from './imageEntries';
import type { EntryMaking } from './imageEntries';
import { documentLanguage } from './language';
import { createRecipeContext } from './languages';
import { placesOf } from './referencePlaces';
import { readTextFile } from './textFile';
import type { World } from './world';
import { noWorkspaceRules } from './workspaceRules';
import type { CreateOptions } from './createOptions';

/**
 * Metalink 4 text for images: references, local images, cache entries, the images of a recipe, a folder of images. Rejects with a
 * message for people when a target cannot be described.
 */
export async function createMetalink(world: World, targets: readonly Target[], options: CreateOptions): Promise<MetalinkTextResult> {
  const report: string[] = [];
  const making: EntryMaking = { world, options, report };
  const entries: FileEntry[] = [];
  for (const target of targets) {
    options.signal.throwIfAborted();
    entries.push(...(await entriesFor(making, target)));
  }
  if (entries.length === 0) throw new Error(report[0] ?? t('There is nothing to write a metalink for.'));
  const signed = await withSignature(entries, options);
  const now = new Date().toISOString().replace(/\.\d+Z$/, 'Z');
  const text = writeMetalink({
    generator: `container-metalink/${process.env.CONTAINER_METALINK_VERSION ?? 'development'}`,
    published: now,
    updated: now,
    files: merged(signed, report),
  });
  return { text, report: [...new Set(report)] };
}

async function entriesFor(making: EntryMaking, target: Target): Promise<FileEntry[]> {
  switch (target.kind) {
    case 'reference':
      return referenceEntries(making, target.reference);
    case 'path':
      return pathEntries(making, target.path);
    case 'document':
      return recipeEntries(making, target.uri);
  }
}

async function pathEntries(making: EntryMaking, file: string): Promise<FileEntry[]> {
  const stat = await fs.stat(file).catch((error: unknown) => {
    throw hasCode(error, 'ENOENT', 'ENOTDIR') ? new Error(noSuchFile(file), { cause: error }) : error;
  });
  if (stat.isDirectory()) return folderEntries(making, file);
  if (!stat.isFile()) throw new Error(t('{0} is no file.', file));
  const { world, options } = making;
  // An entry of a cache was pulled by a reference, which knows where the file can be fetched; its own name is a digest.
  const inCache = world.caches().some(({ root }) => file.startsWith(`${root}${path.sep}`));
  if (!inCache) return [await localEntry(making, file, path.basename(file))];
  const reference = (await world.cacheIndex()).get(file, stat.size, stat.mtimeMs)?.reference;
  if (reference !== undefined) return referenceEntries(making, reference);
  const contents = await readImageFile(file, options.signal).catch(() => undefined); // no image: it has no better name than its own
  return [await localEntry(making, file, imageName(file, contents))];
}

/** Images of a folder, not of the folders in it. */
async function folderEntries(making: EntryMaking, folder: string): Promise<FileEntry[]> {
  const items = await fs.readdir(folder, { withFileTypes: true });
  if (items.some(({ name }) => name === '.singularity.d'))
    throw new Error(t('{0} is a sandbox, not one file that could be downloaded. Build a SIF from it first.', folder));
  const names = items.filter((item) => item.isFile() && /\.(sif|simg|img|sqsh|squashfs)$/i.test(item.name)).map((item) => item.name);
  if (names.length === 0) making.report.push(t('{0} holds no image file.', folder));
  const entries: FileEntry[] = [];
  for (const name of names.sort()) entries.push(await localEntry(making, path.join(folder, name), name));
  return entries;
}

/** Every image that a recipe is built from. */
async function recipeEntries(making: EntryMaking, uri: string): Promise<FileEntry[]> {
  const { world, options, report } = making;
  const file = uri.startsWith('file:') ? fileURLToPath(uri) : uri;
  const text = options.openText?.(uri) ?? (await readTextFile(file));
  if (documentLanguage(uri, text) !== 'recipe')
    throw new Error(t('{0} is a metalink already. "metalink merge" joins two of them, "metalink resolve" completes one.', file));
  const context = createRecipeContext(createSourceText(text), { settings: world.settings, workspace: noWorkspaceRules });
  const places = placesOf('recipe', context);
  const remote = places.filter(({ reference }) => reference !== undefined && reference.kind !== 'local');
  if (remote.length === 0) report.push(t('{0} is built from no image that a metalink could name.', file));
  const entries: FileEntry[] = [];
  for (const reference of new Set(remote.map((place) => place.text))) entries.push(...(await referenceEntries(making, reference)));
  return entries;
}

async function withSignature(entries: readonly FileEntry[], { signature }: CreateOptions): Promise<readonly FileEntry[]> {
  if (signature === undefined) return entries;
  const [entry, ...more] = entries;
  if (entry === undefined || more.length > 0) throw new Error(t('A signature belongs to one file; there are {0}.', entries.length));
  const value = await fs.readFile(signature, 'utf8').catch((error: unknown) => {
    throw hasCode(error, 'ENOENT') ? new Error(noSuchFile(signature), { cause: error }) : error;
  });
  // The whole file: a signed SIF holds such a block too.
  if (!/^\s*-----BEGIN PGP SIGNATURE-----\r?\n[\x09-\x7e]*-----END PGP SIGNATURE-----\s*$/.test(value))
    throw new Error(t('{0} is no armored OpenPGP signature ("gpg --armor --detach-sign" makes one).', signature));
  return [{ ...entry, signatures: [{ mediatype: 'application/pgp-signature', value: `\n${value.trim()}\n` }] }];
}

/** Equal digests in two images are one file (M4-032) with the URLs of both; equal names of different files get a number. */
function merged(entries: readonly FileEntry[], report: string[]): FileEntry[] {
  const byName = new Map<string, FileEntry>();
  for (const entry of entries) {
    const there = byName.get(entry.name);
    if (there === undefined) byName.set(entry.name, entry);
    else if (isSameFile(there, entry)) byName.set(entry.name, withUrlsOf(there, entry));
    else {
      const name = freeName(entry.name, byName);
      byName.set(name, { ...entry, name });
      report.push(t('Two files are called {0}: the second one is written as {1}.', entry.name, name));
    }
  }
  for (const { name, urls } of byName.values())
    if ((urls ?? []).length === 0) report.push(t('{0} has no URL yet: add where it can be fetched (M4-045).', name));
  return [...byName.values()];
}

function isSameFile(a: FileEntry, b: FileEntry): boolean {
  return (a.hashes ?? []).some(
    ({ type, value }) => type === 'sha-256' && b.hashes?.some((hash) => hash.type === type && hash.value === value),
  );
}

function withUrlsOf(entry: FileEntry, other: FileEntry): FileEntry {
  const known = new Set(entry.urls?.map(({ url }) => url));
  return { ...entry, urls: [...(entry.urls ?? []), ...(other.urls ?? []).filter(({ url }) => !known.has(url))] };
}

function freeName(name: string, taken: ReadonlyMap<string, unknown>): string {
  const extension = path.posix.extname(name);
  const stem = name.slice(0, name.length - extension.length);
  let number = 2;
  while (taken.has(`${stem}-${number}${extension}`)) number++;
  return `${stem}-${number}${extension}`;
}
