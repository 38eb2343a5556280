import fs from 'node:fs/promises';
import type { ByteSource } from '../image/byteSource';
import { openFile, openFolder } from '../platform/file';
import type { ImageContentsView } from '../protocol';
import { readContents } from '../sif/contents';
import type { ImageContents } from '../sif/contents';
import { openImage, openSandbox } from '../sif/image';
import { t } from '../text/l10n';

/** What is inside an image file or sandbox folder on this disk. Rejects with a message for people. */
export async function readImageFile(path: string, signal?: AbortSignal): Promise<ImageContents> {
  if ((await fs.stat(path)).isDirectory()) return readContents(await openSandbox(await openFolder(path), path), signal);
  const source = await openFile(path);
  try {
    return await readImageSource(source, signal);
  } finally {
    await source.close();
  }
}

/** What is inside an image that is read in parts; `source` stays the caller's to close. */
export async function readImageSource(source: ByteSource, signal?: AbortSignal): Promise<ImageContents> {
  return readContents(await openImage(source, signal), signal);
}

/** What people call an image: name and version of its labels, else what it was built from, with its architecture: `lolcow 1.0 · amd64`. */
export function contentsTitle(contents: ImageContents): string | undefined {
  const { labels } = contents;
  const named = labels['org.opencontainers.image.title'] ?? labels['org.label-schema.name'] ?? labels.Name ?? labels.name;
  const version = labels['org.opencontainers.image.version'] ?? labels['org.label-schema.version'] ?? labels.Version ?? labels.version;
  const from = labels['org.label-schema.usage.singularity.deffile.from'] ?? /^from:\s*(\S+)/im.exec(contents.recipe ?? '')?.[1];
  const base = labels['org.opencontainers.image.base.name'];
  const name = named ?? (from === undefined ? base : t('from {0}', from));
  if (name === undefined || name.trim() === '') return undefined;
  const words = [name, ...(named !== undefined && version !== undefined ? [version] : [])].join(' ').replace(/\s+/g, ' ').slice(0, 80);
  return contents.architecture === undefined ? words : `${words} · ${contents.architecture}`;
}

/** Contents as the client shows them. */
export function contentsView(contents: ImageContents): ImageContentsView {
  const config = contents.ociConfig;
  return {
    format: contents.format,
    ...(contents.architecture !== undefined && { architecture: contents.architecture }),
    ...(contents.created !== undefined && { created: contents.created }),
    labels: { ...config?.labels, ...contents.labels },
    ...(contents.recipe !== undefined && { recipe: contents.recipe }),
    scripts: contents.scripts,
    apps: contents.apps.map((app) => app.name),
    objects: contents.objects,
    signatures: signersOf(contents),
    notes: [...(contents.encrypted ? [t('The root file system is encrypted.')] : []), ...contents.notes],
  };
}

/** Fingerprints that the signature objects name; an unchecked claim. A signature without one is told as such. */
export function signersOf(contents: ImageContents): string[] {
  const signatures = contents.objects.filter((object) => object.type === 'Signature');
  return signatures.map(({ detail }) => /[0-9A-F]{40}/.exec(detail)?.[0] ?? t('a key that is not named'));
}
