// A pull that is cancelled: what came so far is kept and used by the next pull, or deleted, as the user chooses.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { waitFor } from './workbench.mjs';

const slow = { kind: 'rate', bytesPerSecond: 20_000 };
let fast = () => undefined;

export function prepare(playground) {
  const { hub, workspace } = playground;
  const { size, sha256 } = hub.images.image('tool-1.4.sif');
  const url = `${hub.origin}/mirror/a/tool-1.4.sif`;
  const file = `<file name="tool-1.4.sif">\n    <size>${size}</size>\n    <hash type="sha-256">${sha256}</hash>\n    <url>${url}</url>\n  </file>`;
  fs.writeFileSync(path.join(workspace, 'slow.meta4'), `<metalink xmlns="urn:ietf:params:xml:ns:metalink">\n  ${file}\n</metalink>\n`);
  fast = hub.misbehave('/mirror/a/tool-1.4.sif', slow);
}

const cancelled = 'What came so far is kept';

export const tests = {
  'a pull tells how far it is and how fast, and is cancelled': async (workbench, playground) => {
    await pullAndCancel(workbench, () => workbench.pictures('pull-rate'));
    await workbench.notification(cancelled).waitFor();
    await workbench.pictures('pull-cancelled');
    assert.notDeepEqual(partialFiles(playground), []);
  },
  'Go On: the next pull goes on from there': async (workbench, playground) => {
    fast();
    playground.hub.requests.length = 0;
    await workbench.pressNotificationButton(cancelled, 'Go On');
    await workbench.notification(/is in the .*cache/i).waitFor();
    const fetched = playground.hub.requests.filter(({ method, path: place }) => method === 'GET' && place.startsWith('/mirror/a/'));
    const ranges = fetched.map(({ headers }) => headers.range);
    assert.ok(ranges.length > 0 && ranges.every((range) => range !== undefined && !range.startsWith('bytes=0-')), JSON.stringify(ranges));
    assert.deepEqual(partialFiles(playground), []);
    await workbench.clearNotifications();
  },
  'Delete the Partial File: nothing is left of it': async (workbench, playground) => {
    fs.rmSync(path.join(playground.folder, 'apptainer/cache'), { recursive: true });
    fast = playground.hub.misbehave('/mirror/a/tool-1.4.sif', slow);
    await pullAndCancel(workbench);
    await workbench.notification(cancelled).waitFor();
    assert.notDeepEqual(partialFiles(playground), []);
    await workbench.pressNotificationButton(cancelled, 'Delete the Partial File');
    await waitFor('the partial file is gone', () => partialFiles(playground).length === 0);
    fast();
  },
};

/** Starts a pull, waits until some of it has come, and presses Cancel. */
async function pullAndCancel(workbench, look) {
  await workbench.open('slow.meta4', '<metalink');
  await workbench.command('Containers: Pull and Verify Container into Cache');
  const progress = workbench.notification('Pulling').first();
  await workbench.notification(/Pulling.*[1-9]\d* %.*\/s/).waitFor();
  await look?.();
  const cancel = progress.getByRole('button', { name: 'Cancel' });
  await workbench.until(
    () => cancel.click({ timeout: 5000 }),
    async () => !(await progress.isVisible()),
  );
}

/** What is not finished yet, beside the cache. */
function partialFiles(playground) {
  const folder = path.join(playground.folder, 'apptainer');
  if (!fs.existsSync(folder)) return [];
  return fs
    .readdirSync(folder, { recursive: true })
    .map(String)
    .filter((name) => /\.part(\.journal)?$/.test(name));
}
