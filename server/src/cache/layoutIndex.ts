import fs from 'node:fs/promises';
import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { renameDurably } from '../platform/durable';
import { hasCode } from '../platform/systemError';
import { isLock, tryLock } from '../platform/fileLock';
import { t } from '../text/l10n';

/** What an OCI layout's `index.json` holds, with everything that we do not know kept as it is. */
export interface LayoutIndex {
  readonly manifests: readonly LayoutDescriptor[];
  readonly rest: object;
}

export interface LayoutDescriptor {
  readonly digest: string;
  readonly size?: number;
  readonly mediaType?: string;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** Longest manifest or index that is read: registries allow 4 MiB; an index of many fetches is longer. */
export const jsonLimit = 32 << 20;
const lockPatience = 60_000;

/**
 * Runs `work` while no other process of ours changes the layout. Engines know no lock: for them everything is in an order in which the
 * layout is whole at every moment, and index.json is only replaced when it is still what was read.
 */
export async function withLayoutLock<T>(
  layout: string,
  purpose: string,
  signal: AbortSignal | undefined,
  work: () => Promise<T>,
): Promise<T> {
  const file = path.join(layout, '.container-metalink.lock');
  const until = Date.now() + lockPatience;
  for (;;) {
    signal?.throwIfAborted();
    const lock = await tryLock(file, purpose);
    if (isLock(lock)) return work().finally(() => lock.release());
    if (Date.now() > until) throw new Error(t('{0} is in use by process {1} on {2}. Try again later.', layout, lock.pid, lock.host));
    await new Promise((resolve) => setTimeout(resolve, 20 + Math.random() * 60));
  }
}

/** The index; an empty one when there is none. Rejects with a message for people when it is no index. */
export async function readLayoutIndex(layout: string): Promise<LayoutIndex> {
  const file = path.join(layout, 'index.json');
  const text = await textOf(file);
  return text === undefined ? { manifests: [], rest: {} } : parseIndex(text, file);
}

/**
 * Replaces the index by what `change` makes of it (undefined: it stays). When an engine wrote it meanwhile, `change` is asked again.
 * Rejects with a message for people.
 */
export async function changeLayoutIndex(
  layout: string,
  change: (index: LayoutIndex) => readonly LayoutDescriptor[] | undefined,
): Promise<void> {
  const file = path.join(layout, 'index.json');
  for (let attempt = 0; attempt < 20; attempt++) {
    const before = await textOf(file);
    const index = before === undefined ? { manifests: [], rest: {} } : parseIndex(before, file);
    const manifests = change(index);
    if (manifests === undefined) return;
    const temporary = await writeAside(
      file,
      JSON.stringify({ schemaVersion: 2, mediaType: 'application/vnd.oci.image.index.v1+json', ...index.rest, manifests }),
    );
    try {
      if ((await textOf(file)) !== before) continue;
      await renameDurably(temporary, file, { overwrite: true });
      return;
    } finally {
      await fs.rm(temporary, { force: true });
    }
  }
  throw new Error(t('{0} is being written by another program all the time. Try again later.', file));
}

/** Writes a small file that stands for itself (a manifest, `oci-layout`) unless it is there, with these permission bits. */
export async function writeUnlessThere(file: string, content: string | Uint8Array, mode?: number): Promise<void> {
  const standing = await fs.readFile(file).catch((error: unknown) => {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  });
  if (standing?.equals(Buffer.from(content)) === true) return;
  const temporary = await writeAside(file, content);
  try {
    if (mode !== undefined) await fs.chmod(temporary, mode);
    await renameDurably(temporary, file, { overwrite: true });
  } finally {
    await fs.rm(temporary, { force: true });
  }
}

async function textOf(file: string): Promise<string | undefined> {
  try {
    if ((await fs.stat(file)).size > jsonLimit) throw new Error(t('{0} is too long for an index of an OCI layout.', file));
    return await fs.readFile(file, 'utf8');
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

function parseIndex(text: string, file: string): LayoutIndex {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = undefined; // told below
  }
  if (typeof value !== 'object' || value === null || !('manifests' in value) || !Array.isArray(value.manifests))
    throw new Error(t('{0} is no index of an OCI layout; it is left as it is. "apptainer cache clean --type blob" makes a new one.', file));
  const { manifests, ...rest } = value as { manifests: unknown[] };
  return { manifests: manifests.filter(isDescriptor), rest };
}

function isDescriptor(value: unknown): value is LayoutDescriptor {
  return typeof value === 'object' && value !== null && 'digest' in value && typeof value.digest === 'string';
}

async function writeAside(file: string, content: string | Uint8Array): Promise<string> {
  const temporary = `${file}.tmp_${randomBytes(4).toString('hex')}`;
  const handle = await fs.open(temporary, 'wx', 0o644);
  try {
    await handle.writeFile(content);
    await handle.sync();
  } catch (error) {
    await fs.rm(temporary, { force: true });
    throw error;
  } finally {
    await handle.close();
  }
  return temporary;
}
