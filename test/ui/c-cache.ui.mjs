// The view of the container caches: two caches, kinds, a damaged entry, a leftover; filter, verify, delete, clean.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import crypto from 'node:crypto';

/** Fills both caches before the window opens. */
export function prepare(playground) {
  const image = fs.readFileSync(path.join(playground.workspace, 'images/tool-1.4.sif'));
  const older = fs.readFileSync(path.join(playground.workspace, 'images/tool-1.3.sif'));
  const digest = (bytes) => crypto.createHash('sha256').update(bytes).digest('hex');
  const put = (engine, kind, name, bytes) => {
    const folder = path.join(playground.folder, engine, 'cache', kind);
    fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
    fs.writeFileSync(path.join(folder, name), bytes, { mode: 0o700 });
    return path.join(folder, name);
  };
  put('apptainer', 'oras', `sha256:${digest(image)}`, image);
  put('apptainer', 'library', `sha256.${digest(older)}`, older);
  const damaged = Buffer.from(image);
  damaged[damaged.length - 100] ^= 0xff;
  put('apptainer', 'library', `sha256.${digest(image)}`, damaged);
  put('apptainer', 'net', digest(Buffer.from('http://example.org/tool.sifMon')), image);
  const leftover = put('apptainer', 'oras', 'tmp_123456789', image.subarray(0, 50_000));
  const longAgo = new Date(Date.now() - 40 * 86_400_000);
  fs.utimesSync(leftover, longAgo, longAgo);
  put('singularity', 'library', `sha256.${digest(older)}`, older);
}

export const tests = {
  'the view shows both caches with their totals, named by what is inside': async (workbench) => {
    await workbench.command('Containers: Focus on Caches View');
    await workbench.treeRow('Apptainer').first().waitFor();
    await workbench.treeRow('SingularityCE').first().waitFor();
    await expand(workbench, 'oras');
    await expand(workbench, 'library');
    await workbench.picture('cache');
  },
  'details of an entry open as a document': async (workbench) => {
    await workbench
      .treeRow(/tool.*1\.4/)
      .first()
      .click();
    await workbench.line('Labels').waitFor();
    await workbench.picture('cache-details');
  },
  'Verify All finds the damaged entry': async (workbench) => {
    await workbench.command('Containers: Verify All Cache Entries');
    const toast = workbench.notification(/damaged/);
    await toast.waitFor({ timeout: 60_000 });
    await workbench.treeRow('damaged').first().waitFor();
    await workbench.picture('cache-verified');
    await workbench.clearNotifications();
  },
  'a filter looks into all kinds': async (workbench) => {
    await workbench.command('Containers: Filter Cache Entries');
    await workbench.answer('1.3');
    await workbench.treeRow('oras').first().waitFor({ state: 'detached' });
    await workbench.picture('cache-filtered');
    await workbench.command('Containers: Clear Filter');
    await workbench.treeRow('oras').first().waitFor();
  },
  'Clean Caches shows what would go, and takes only that': async (workbench, playground) => {
    await workbench.command('Containers: Clean Caches');
    await workbench.pick('Leftovers');
    await workbench.dialog().waitFor();
    await workbench.picture('cache-clean');
    await workbench.pressDialogButton('Delete');
    await workbench.notification(/deleted/).waitFor();
    assert.deepEqual(
      fs.readdirSync(path.join(playground.folder, 'apptainer/cache/oras')).filter((name) => name.startsWith('tmp_')),
      [],
    );
    await workbench.clearNotifications();
  },
  'an entry is deleted by key, after a question': async (workbench, playground) => {
    const row = workbench.treeRow(/tool.*1\.3/).first();
    await standsStill(row);
    await row.click();
    await workbench.line('path').first().waitFor();
    await deleteByKey(workbench, row);
    await workbench.pressDialogButton('Delete');
    await workbench.notification(/deleted/).waitFor();
    assert.deepEqual(fs.readdirSync(path.join(playground.folder, 'apptainer/cache/library')), []);
  },
};

/** Presses Delete on a row until the question comes: a click opens the details, and the editor may take the focus a moment later. */
async function deleteByKey(workbench, row) {
  for (let attempt = 1; ; attempt++) {
    await row.click();
    await workbench.page.locator('.customview-tree .monaco-list:focus .monaco-list-row.focused').waitFor();
    await workbench.page.keyboard.press('Delete');
    try {
      await workbench.dialog().waitFor({ timeout: 5000 });
      return;
    } catch (error) {
      if (attempt === 5) throw error;
    }
  }
}

/** Waits until a row has stood at one place for half a second: a view that is being read anew moves its rows under the mouse. */
async function standsStill(row) {
  await row.waitFor();
  let before;
  for (let attempt = 0; attempt < 40; attempt++) {
    const box = JSON.stringify(await row.boundingBox());
    if (box === before) return;
    before = box;
    await row.page().waitForTimeout(500);
  }
}

async function expand(workbench, kind) {
  const row = workbench.treeRow(kind).first();
  await standsStill(row);
  await row.click();
}
