// A process that puts, cleans and lists at the word of test/faults/cache.mjs.
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { markUnusedBlobs, readLayoutUse } from '../../server/src/cache/blobs';
import { planClean } from '../../server/src/cache/clean';
import type { CacheLocation } from '../../server/src/cache/find';
import { listCache } from '../../server/src/cache/list';
import type { EntryName } from '../../server/src/cache/names';
import { putIntoCache } from '../../server/src/cache/put';
import { putImageIntoCache } from '../../server/src/cache/putLayout';
import { removePlanned } from '../../server/src/cache/remove';
import { noKeys } from '../../server/src/signature/keyMaterial';
import { verifiedFile } from '../../server/src/verify/verifiedFile';
import type { VerifiedFile } from '../../server/src/verify/verifiedFile';
import { verifyImage } from '../../server/src/verify/verifyImage';

type Order = { readonly id: number; readonly parent: string } & (
  | { readonly do: 'put'; readonly file: string; readonly entry: EntryName; readonly overwrite?: boolean; readonly move?: boolean }
  | { readonly do: 'putImage'; readonly layers: readonly string[]; readonly note: string }
  | { readonly do: 'clean'; readonly paths?: readonly string[]; readonly orphans?: boolean }
  | { readonly do: 'list' }
);

process.on('message', (order: Order) => {
  run(order).then(
    (result) => process.send?.({ id: order.id, result }),
    (error: unknown) => process.send?.({ id: order.id, error: error instanceof Error ? error.message : String(error) }),
  );
});

async function run(order: Order): Promise<unknown> {
  const { parent } = order;
  const cache: CacheLocation = { engine: 'apptainer', parent, root: path.join(parent, 'cache'), source: 'setting', shared: false };
  switch (order.do) {
    case 'put': {
      const { overwrite, move } = order;
      const options = { ...(overwrite !== undefined && { overwrite }), ...(move !== undefined && { move }) };
      return (await putIntoCache(await verified(order.file), cache, order.entry, options)).outcome;
    }
    case 'putImage':
      return putImage(cache, order.layers, order.note);
    case 'clean':
      return clean(cache, order.paths, order.orphans === true);
    case 'list': {
      const problems: string[] = [];
      const entries = await listCache(cache, { onProblem: (_, message) => problems.push(message) });
      return { count: entries.length, problems };
    }
  }
}

async function putImage(cache: CacheLocation, layers: readonly string[], note: string): Promise<string> {
  const blobs = await Promise.all(layers.map(async (file) => ({ hex: sha256(fs.readFileSync(file)), file: await verified(file) })));
  const bytes = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      layers: blobs.map(({ hex }) => ({ mediaType: 'application/vnd.oci.image.layer.v1.tar', digest: `sha256:${hex}` })),
      annotations: { note },
    }),
  );
  const hex = sha256(bytes);
  await putImageIntoCache(cache, { hex, bytes, mediaType: 'application/vnd.oci.image.manifest.v1+json' }, blobs);
  return hex;
}

async function clean(cache: CacheLocation, paths: readonly string[] | undefined, orphans: boolean): Promise<unknown> {
  const entries = await markUnusedBlobs(cache, await listCache(cache));
  const use = await readLayoutUse(cache);
  const layouts = new Map(use ? [[cache.root, use]] : []);
  const plan = planClean(
    { caches: [cache], entries, layouts, now: Date.now() },
    { ...(orphans && { waste: ['leftovers', 'unused', 'outdated'] }), ...(paths && { paths }) },
  );
  const result = await removePlanned([cache], plan);
  return { removed: result.removed.map(({ entry }) => ({ path: entry.path, bytes: entry.bytes })), kept: result.kept };
}

async function verified(file: string): Promise<VerifiedFile> {
  const value = sha256(fs.readFileSync(file));
  const expectation = { kind: 'hash', type: 'sha-256', value, source: 'test' } as const;
  const report = await verifyImage(file, [expectation], { keys: noKeys, signal: new AbortController().signal });
  const found = verifiedFile(report);
  if (!found) throw new Error(`${file} is not verified`);
  return found;
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
