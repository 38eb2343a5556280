// What is asked of the slow disk, in a process of its own: node --require fakeDisk.cjs driver.cjs WHAT. Prints what came of it as JSON.
import fs from 'node:fs';
import path from 'node:path';
import type { CacheLocation } from '../../../../server/src/cache/find';
import { listKind } from '../../../../server/src/cache/list';
import { listCaches } from '../../../../server/src/operations/caches';
import { createWorld } from '../../../../server/src/operations/world';
import { defaultSettings } from '../../../../server/src/settings';

const root = path.dirname(process.env.FAKE_FOLDER ?? '');
const cache: CacheLocation = { engine: 'apptainer', parent: path.dirname(root), root, source: 'setting', shared: false };
/** How many entries the disk was asked about so far. */
const asked = (): number => fs.readFileSync(process.env.FAKE_LOG ?? '', 'latin1').replaceAll(/[^l]/g, '').length;

async function run(what: string | undefined): Promise<object> {
  const { signal } = new AbortController();
  switch (what) {
    case 'outline': {
      const { caches } = await listCaches(world(), { totals: false }, signal);
      return { kinds: caches.flatMap(({ kinds }) => kinds.map(({ kind }) => kind)) };
    }
    case 'list': {
      const first: number[] = [];
      let chunks = 0;
      const entries = await listKind(cache, 'net', {
        onFound: () => {
          if (chunks++ === 0) first.push(asked());
        },
      });
      return { entries: entries.length, chunks, askedBeforeFirst: first[0] };
    }
    case 'cancel': {
      const controller = new AbortController();
      const outcome = await listKind(cache, 'net', { signal: controller.signal, onFound: () => controller.abort() }).then(
        () => 'ended',
        () => 'cancelled',
      );
      return { outcome };
    }
    case 'page': {
      const { entries, more } = await listCaches(world(), { root, kind: 'net', limit: 50 }, signal);
      return { entries: entries.length, more };
    }
    default:
      throw new Error(`asked for ${what ?? 'nothing'}`);
  }
}

function world() {
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined, debug: () => undefined };
  const settings = { ...defaultSettings, 'cache.apptainer': cache.parent, 'cache.singularity': path.join(cache.parent, 'none') };
  return createWorld({ settings, environment: { HOME: cache.parent }, log, isTrusted: () => true, http: {} });
}

// The disk answers late: what was given up is still under way, and nobody waits for it.
void run(process.argv[2]).then((result) => {
  process.stdout.write(JSON.stringify(result), () => process.exit(0));
});
