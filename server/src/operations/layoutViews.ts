import fs from 'node:fs/promises';
import path from 'node:path';
import type { BlobRole, LayoutUse } from '../cache/blobs';
import type { CacheEntryView } from '../protocol';
import { t } from '../text/l10n';

/** Configs are a few KB; longer ones are not read for a name. */
const configLimit = 1 << 20;
/** Images of a layout whose config is read for their name. */
const namedLimit = 200;

/**
 * Entries of an OCI layout with what they are and which images use them; images are named by what they were pulled by, else by their
 * config. `folder` is the one of the blobs. Rejects when aborted.
 */
export async function blobViews(
  folder: string,
  views: readonly CacheEntryView[],
  use: LayoutUse,
  signal: AbortSignal,
): Promise<CacheEntryView[]> {
  const usedBy = new Map<string, string[]>();
  for (const { hex, blobs } of use.images)
    for (const blob of blobs) if (blob !== hex) usedBy.set(blob, [...(usedBy.get(blob) ?? []), path.join(folder, hex)]);
  const bytes = new Map(views.map((view) => [path.basename(view.path), view.bytes]));
  const total = new Map(use.images.map(({ hex, blobs }) => [hex, [...blobs].reduce((sum, blob) => sum + (bytes.get(blob) ?? 0), 0)]));
  const named: CacheEntryView[] = [];
  let read = 0;
  for (const view of views) {
    signal.throwIfAborted();
    const hex = path.basename(view.path);
    const role = path.dirname(view.path) === folder ? use.roles.get(hex) : undefined;
    if (role === undefined) {
      named.push(view);
      continue;
    }
    const { unnamed, ...known } = view;
    const images = usedBy.get(hex);
    const isUnnamedImage = role === 'image' && unnamed === true && read++ < namedLimit;
    const title = isUnnamedImage ? await imageTitle(folder, hex) : unnamed === true ? roleTitle(role, view.title) : undefined;
    const imageBytes = total.get(hex);
    named.push({
      ...(title === undefined ? view : { ...known, title }),
      role,
      ...(imageBytes !== undefined && { imageBytes }),
      ...(images && { usedBy: images }),
    });
  }
  return named;
}

function roleTitle(role: BlobRole, name: string): string | undefined {
  switch (role) {
    case 'layer':
      return t('layer {0}', name);
    case 'config':
      return t('configuration {0}', name);
    case 'index':
      return t('list of platforms {0}', name);
    case 'image':
      return undefined;
  }
}

/** What a config says of its image: name and version of its labels, else how many layers it has; with its platform. */
async function imageTitle(folder: string, hex: string): Promise<string | undefined> {
  const manifest = await readJson(path.join(folder, hex));
  const layers = Array.isArray(manifest?.layers) ? manifest.layers.length : 0;
  const digest = isRecord(manifest?.config) && typeof manifest.config.digest === 'string' ? manifest.config.digest : '';
  const config = /^sha256:[0-9a-f]{64}$/.test(digest) ? await readJson(path.join(folder, digest.slice(7))) : undefined;
  const inner = isRecord(config?.config) ? config.config : {};
  const labels = isRecord(inner.Labels) ? inner.Labels : {};
  const label = (...names: readonly string[]) =>
    names.map((name) => labels[name]).find((value) => typeof value === 'string' && value !== '');
  const title = label('org.opencontainers.image.title', 'org.label-schema.name', 'org.opencontainers.image.ref.name');
  const version = label('org.opencontainers.image.version', 'org.label-schema.version');
  const name = typeof title === 'string' ? [title, version].filter((word) => typeof word === 'string').join(' ') : undefined;
  if (name === undefined && layers === 0) return undefined;
  const architecture = typeof config?.architecture === 'string' ? config.architecture : undefined;
  const count = layers === 1 ? t('image of one layer') : t('image of {0} layers', layers);
  return [name?.replace(/\s+/g, ' ').slice(0, 80) ?? count, architecture].filter((word) => word !== undefined).join(' · ');
}

async function readJson(file: string): Promise<Readonly<Record<string, unknown>> | undefined> {
  try {
    if ((await fs.stat(file)).size > configLimit) return undefined;
    const value: unknown = JSON.parse(await fs.readFile(file, 'utf8'));
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined; // not here, or no JSON: the blob keeps its digest for a name
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
