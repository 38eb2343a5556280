// A pull that is cancelled: what came so far is kept and used by the next pull, or deleted, as the setting says.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { changeSettings, waitFor } from './workbench.mjs';

const slow = { kind: 'rate', bytesPerSecond: 6000 };
let fast = () => undefined;

export function prepare(playground) {
  const { hub, workspace } = playground;
  const { size, sha256 } = hub.images.image('tool-1.4.sif');
  const url = `${hub.origin}/mirror/a/tool-1.4.sif`;
  const file = `<file name="tool-1.4.sif">\n    <size>${size}</size>\n    <hash type="sha-256">${sha256}</hash>\n    <url>${url}</url>\n  </file>`;
  fs.writeFileSync(path.join(workspace, 'slow.meta4'), `<metalink xmlns="urn:ietf:params:xml:ns:metalink">\n  ${file}\n</metalink>\n`);
  fast = hub.misbehave('/mirror/a/tool-1.4.sif', slow);
}

export const tests = {
  'a pull tells how far it is, and is cancelled': async (workbench, playground) => {
    await pullAndCancel(workbench, playground, async () => {
      await workbench.notification(/Pulling.*\d+ %.*\/s/).waitFor();
      await workbench.picture('pull-rate');
    });
    await workbench.notification('What came so far is kept').waitFor();
    await workbench.picture('pull-cancelled');
    await waitFor('the partial file is at rest', () => partialFiles(playground).length > 0);
  },
  'the next pull goes on from there': async (workbench, playground) => {
    fast();
    playground.hub.requests.length = 0;
    await workbench.pressNotificationButton('What came so far is kept', 'Go On');
    await workbench.notification(/is in the .*cache/i).waitFor();
    const first = playground.hub.requests.filter(({ path: place }) => place.startsWith('/mirror/a/')).map(({ headers }) => headers.range);
    assert.ok(first.length > 0 && first.every((range) => range !== undefined && !range.startsWith('bytes=0-')), JSON.stringify(first));
    assert.deepEqual(partialFiles(playground), []);
    await workbench.clearNotifications();
  },
  'with the setting "delete" nothing is left': async (workbench, playground) => {
    fs.rmSync(path.join(playground.folder, 'apptainer/cache'), { recursive: true });
    fast = playground.hub.misbehave('/mirror/a/tool-1.4.sif', slow);
    await workbench.open('slow.meta4', '<metalink');
    await workbench.codeLens('Verify').first().waitFor();
    // Both settings are read at once: when the lenses are gone, the other counts too.
    changeSettings(playground, { 'containerMetalink.download.onCancel': 'delete', 'containerMetalink.codeLens.enabled': false });
    await workbench.codeLens('Verify').first().waitFor({ state: 'detached' });
    await pullAndCancel(workbench, playground);
    await workbench.notification('what came so far was deleted').waitFor();
    await waitFor('the partial file is gone', () => partialFiles(playground).length === 0);
    fast();
  },
};

/** Starts a pull, waits until some of it has come, and presses Cancel. */
async function pullAndCancel(workbench, playground, look) {
  await workbench.open('slow.meta4', '<metalink');
  await workbench.command('Containers: Pull and Verify Container into Cache');
  const progress = workbench.notification('Pulling').first();
  await progress.waitFor();
  await waitFor('some of the image has come', () =>
    partialFiles(playground).some((file) => fs.statSync(file, { throwIfNoEntry: false })?.size > 0),
  );
  await look?.();
  await workbench.until(
    () => progress.getByRole('button', { name: 'Cancel' }).click({ timeout: 5000 }),
    async () => !(await progress.isVisible()),
  );
}

/** What is not finished yet, beside the cache. */
function partialFiles(playground) {
  const folder = path.join(playground.folder, 'apptainer');
  if (!fs.existsSync(folder)) return [];
  const names = fs.readdirSync(folder, { recursive: true }).map(String);
  return names.filter((name) => name.endsWith('.part')).map((name) => path.join(folder, name));
}
