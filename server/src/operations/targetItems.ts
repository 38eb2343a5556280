import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { HubOptions, OpenedFile, OpenedImage } from '../hub/hub';
import { registeredHashName } from '../image/digest';
import { parseReference } from '../image/reference';
import { withoutUserinfo } from '../image/referenceNames';
import { decodeXml } from '../metalink/xml/decode';
import { withoutCredentials } from '../platform/proxySettings';
import type { Target } from '../protocol';
import { recipeImages } from '../recipe/images';
import { parseRecipe } from '../recipe/parse';
import { t } from '../text/l10n';
import type { Expectation } from '../verify/expectation';
import { announcedSignatures } from './announcedSignatures';
import type { AnnouncedSignatures } from './announcedSignatures';
import { documentLanguage } from './language';
import { metalinkFiles } from './metalinkFiles';
import type { MetalinkOrigin } from './metalinkFiles';
import { readMetalinkFile } from './metalinkFile';
import type { PullableFile, PullableImage, TargetItem } from './pullable';
import { siteMirrors } from './siteMirrors';
import { readTextFile } from './textFile';
import type { World } from './world';

export interface TargetOptions {
  /** A metalink file whose entry of the same name tells what the target must be. */
  readonly metalink?: string;
  readonly signal: AbortSignal;
  readonly openText?: (uri: string) => string | undefined;
}

const metalinkLimit = 16 << 20;

/** What a target is made of: files that can be fetched, OCI images, local images; what cannot be had is there with its reason. */
export async function targetItems(world: World, target: Target, options: TargetOptions): Promise<TargetItem[]> {
  const declared =
    options.metalink === undefined
      ? undefined
      : { text: await readMetalinkFile(options.metalink), origin: { name: options.metalink, channel: 'file' as const } };
  const items = await itemsOf(world, target, options);
  return declared === undefined ? items : items.map((item) => withDeclaration(world, item, declared));
}

async function itemsOf(world: World, target: Target, options: TargetOptions): Promise<TargetItem[]> {
  switch (target.kind) {
    case 'path':
      return [{ kind: 'local', title: path.basename(target.path), path: target.path, expectations: [] }];
    case 'reference':
      return referenceItems(world, target.reference, options);
    case 'document': {
      const file = fileURLToPath(target.uri);
      const text = options.openText?.(target.uri) ?? (await readTextFile(file));
      if (documentLanguage(target.uri, text) === 'metalink')
        return metalinkFiles(text, { name: path.basename(file), channel: 'file', folder: path.dirname(file) }, world.settings, target.file);
      return recipeItems(world, text, { file, only: target.file }, options);
    }
  }
}

/** The images that a recipe is built from, with the fingerprints that its header demands. */
async function recipeItems(
  world: World,
  text: string,
  { file, only }: { readonly file: string; readonly only: string | undefined },
  options: TargetOptions,
): Promise<TargetItem[]> {
  const items: TargetItem[] = [];
  for (const image of recipeImages(parseRecipe(text))) {
    if (only !== undefined && only !== image.reference) continue;
    const requiredFingerprints = (image.fingerprints ?? '')
      .split(',')
      .map((f) => f.trim())
      .filter((f) => f !== '');
    const required = requiredFingerprints.length > 0 ? { requiredFingerprints } : {};
    if (image.unresolved)
      items.push({ kind: 'unreachable', title: image.value, problem: t('{0} has a placeholder without a value.', image.value) });
    else if (image.agent === 'localimage')
      items.push({ kind: 'local', title: image.value, path: path.resolve(path.dirname(file), image.value), expectations: [], ...required });
    else if (image.parsed !== undefined)
      for (const item of await referenceItems(world, image.reference, options))
        items.push(item.kind === 'file' || item.kind === 'local' ? { ...item, ...required } : item);
  }
  return items.length > 0 ? items : [{ kind: 'unreachable', title: path.basename(file), problem: t('The recipe names no image.') }];
}

async function referenceItems(world: World, text: string, options: TargetOptions): Promise<TargetItem[]> {
  const parsed = parseReference(text);
  const shown = withoutUserinfo(text);
  const { reference } = parsed;
  if (reference === undefined)
    return [{ kind: 'unreachable', title: shown, problem: parsed.problems[0]?.message ?? t('{0} is no image reference.', shown) }];
  if (reference.kind === 'local')
    return [{ kind: 'unreachable', title: shown, problem: t('{0} is on this machine only: name the file itself.', shown) }];
  const hubOptions: HubOptions = { signal: options.signal, reason: 'command' };
  if (reference.kind === 'url' && /\.(meta4|metalink)$/i.test(new URL(reference.url).pathname))
    return remoteMetalink(world, reference.url, options);
  let opened: OpenedImage;
  try {
    opened = await world.hubs.open(reference, hubOptions);
  } catch (error) {
    options.signal.throwIfAborted();
    return [{ kind: 'unreachable', title: shown, problem: error instanceof Error ? error.message : String(error) }];
  }
  if (opened.manifest !== undefined && opened.files.some(({ role }) => role === 'layer')) return [ociImage(opened, opened.manifest, shown)];
  const file = opened.files.find(({ role }) => role === 'image');
  if (file === undefined) return [{ kind: 'unreachable', title: shown, problem: t('{0} is no image file.', shown) }];
  const own = pullableFile(world, opened, file, shown);
  const described = await describedFile(world, opened, own, options);
  const signed = described === undefined ? own : { ...own, ...joined(own, described) };
  return [withSignatures(signed, await announcedSignatures(world, opened.signatures ?? [], options.signal))];
}

/**
 * RFC 6249 §4.1: a metalink that the server itself names tells pieces and mirrors that header fields cannot. The file in it is the one
 * whose name the server tells, else the one with the image's name, else the only one, if both tell the same hash.
 */
async function describedFile(
  world: World,
  opened: OpenedImage,
  own: PullableFile,
  options: TargetOptions,
): Promise<PullableFile | undefined> {
  const [document] = opened.describedBy ?? [];
  if (document === undefined) return undefined;
  const items = await remoteMetalink(world, document.url, options);
  const files = items.filter((item): item is PullableFile => item.kind === 'file');
  const name = document.name ?? own.name;
  const only = files.length === 1 ? files[0] : undefined;
  return files.find((file) => file.name === name) ?? (only !== undefined && isSameFile(only, own) ? only : undefined);
}

/** Both tell the same digest of one strong kind. */
function isSameFile(a: PullableFile, b: PullableFile): boolean {
  return a.hashes.some(
    ({ type, hex }) => /^sha-(?:256|384|512)$/.test(type) && b.hashes.some((hash) => hash.type === type && hash.hex === hex),
  );
}

/** What header fields announce (RFC 6249 §5), beside what a metalink carries. */
function withSignatures(item: PullableFile, { signatures, unread }: AnnouncedSignatures): PullableFile {
  const detachedSignatures = [
    ...(item.detachedSignatures ?? []),
    ...signatures.filter((text) => item.detachedSignatures?.includes(text) !== true),
  ];
  return {
    ...item,
    ...(detachedSignatures.length > 0 && { detachedSignatures }),
    ...(unread.length > 0 && { unreadSignatures: unread }),
  };
}

async function remoteMetalink(world: World, url: string, { signal }: TargetOptions): Promise<TargetItem[]> {
  const name = withoutCredentials(url);
  try {
    const response = await world.http.request({ url, signal, reason: 'command' });
    if (response.status !== 200) {
      await response.discard();
      return [{ kind: 'unreachable', title: name, problem: t('{0} answers with status {1}.', name, response.status) }];
    }
    const { text } = decodeXml(await response.bytes(metalinkLimit));
    const origin: MetalinkOrigin = { name, channel: new URL(response.url).protocol === 'https:' ? 'https' : 'http' };
    return metalinkFiles(text, origin, world.settings);
  } catch (error) {
    signal.throwIfAborted();
    return [{ kind: 'unreachable', title: name, problem: error instanceof Error ? error.message : String(error) }];
  }
}

function pullableFile(world: World, opened: OpenedImage, file: OpenedFile, reference: string): PullableFile {
  const [source] = file.sources;
  const sha256 = file.expected.find(({ digest }) => digest.algorithm === 'sha256')?.digest.hex;
  const site = siteMirrors(world.settings, {
    name: file.name,
    ...(sha256 !== undefined && { digest: sha256 }),
    ...(source && { url: source.url }),
  });
  return {
    kind: 'file',
    title: reference,
    name: file.name,
    ...(file.size !== undefined && { size: BigInt(file.size) }),
    hashes: file.expected.map(({ digest, source: who }) => ({ type: registeredHashName(digest.algorithm), hex: digest.hex, source: who })),
    ...(file.pieces && { pieces: [file.pieces] }),
    sources: [
      ...site,
      ...file.sources.map((each) => ({
        url: each.url,
        priority: each.priority,
        ...(each.location !== undefined && { location: each.location }),
        ...(each.preferred && { preferred: true }),
        ...(each.etag !== undefined && { etag: each.etag }),
        ...headersOf(each),
      })),
    ],
    expectations: expectationsOf(opened, file),
    identities: opened.identity ? [opened.identity] : [],
    reference,
  };
}

function headersOf(source: OpenedFile['sources'][number]): { headers?: () => Promise<Readonly<Record<string, string>>> } {
  return source.headers ? { headers: async () => source.headers?.() ?? {} } : {};
}

function expectationsOf(opened: OpenedImage, file: OpenedFile): Expectation[] {
  const channel = file.sources[0]?.url.startsWith('https:') === true ? 'https' : 'http';
  const size: Expectation[] =
    file.size === undefined ? [] : [{ kind: 'size', value: file.size, source: t('as {0} tells', opened.reference), channel }];
  const digests = file.expected.map((expected): Expectation => {
    const origin = { source: expected.source, channel: expected.channel };
    if (opened.identity?.kind === 'library') return { kind: 'library-hash', value: opened.identity.hash, ...origin };
    if (expected.digest.algorithm === 'md5') return { kind: 'shub-md5', value: expected.digest.hex, ...origin };
    return { kind: 'digest', value: expected.digest, ...origin };
  });
  const pieces: Expectation[] = file.pieces ? [{ kind: 'pieces', ...file.pieces, channel: 'user' }] : [];
  return [...size, ...digests, ...pieces];
}

function ociImage(opened: OpenedImage, manifest: NonNullable<OpenedImage['manifest']>, title: string): PullableImage {
  const blobs = opened.files.flatMap((file) => {
    const digest = file.expected.find((expected) => expected.digest.algorithm === 'sha256')?.digest;
    if (digest === undefined) return [];
    return [
      {
        title: t('{0} of {1}', file.role === 'config' ? t('configuration') : t('layer'), title),
        name: digest.hex,
        hex: digest.hex,
        ...(file.size !== undefined && { size: BigInt(file.size) }),
        hashes: file.expected.map((expected) => ({
          type: registeredHashName(expected.digest.algorithm),
          hex: expected.digest.hex,
          source: expected.source,
        })),
        sources: file.sources.map((each) => ({ url: each.url, priority: each.priority, ...headersOf(each) })),
        expectations: expectationsOf(opened, file),
        identities: [],
      },
    ];
  });
  return {
    kind: 'oci',
    title,
    reference: opened.reference,
    manifest: { hex: manifest.digest.hex, mediaType: manifest.mediaType, bytes: manifest.bytes },
    blobs,
    expectations: [],
    ...(opened.identity && { identity: opened.identity }),
  };
}

/** What the metalink says about a file, added to what the hub says: more sources, more expectations. */
function joined(own: PullableFile, declared: PullableFile): Partial<PullableFile> {
  const known = new Set(own.sources.map(({ url }) => url));
  return {
    ...(own.size === undefined && declared.size !== undefined && { size: declared.size }),
    hashes: [...own.hashes, ...declared.hashes],
    ...(declared.pieces && { pieces: declared.pieces }),
    sources: [...own.sources, ...declared.sources.filter(({ url }) => !known.has(url))],
    expectations: [...own.expectations, ...declared.expectations],
    ...(declared.detachedSignatures && { detachedSignatures: declared.detachedSignatures }),
    ...(declared.xmlSigned && { xmlSigned: true }),
  };
}

/** `--metalink FILE`: the entry with the item's name, or the only one, tells what the bytes must be. */
function withDeclaration(world: World, item: TargetItem, { text, origin }: { text: string; origin: MetalinkOrigin }): TargetItem {
  if (item.kind === 'unreachable' || item.kind === 'oci') return item;
  const files = metalinkFiles(text, origin, world.settings).filter((file): file is PullableFile => file.kind === 'file');
  const name = item.kind === 'file' ? item.name : path.basename(item.path);
  const entry = files.find((file) => path.posix.basename(file.name) === name) ?? (files.length === 1 ? files[0] : undefined);
  if (entry === undefined) return { kind: 'unreachable', title: item.title, problem: t('{0} has no entry for {1}.', origin.name, name) };
  if (item.kind === 'file') return { ...item, ...joined(item, entry) };
  return {
    ...item,
    expectations: [...item.expectations, ...entry.expectations],
    ...(entry.detachedSignatures && { detachedSignatures: entry.detachedSignatures }),
    ...(entry.xmlSigned && { xmlSigned: true }),
  };
}
