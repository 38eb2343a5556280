// The view of the container caches: two caches, kinds, a damaged entry, a leftover; filter, verify, delete, clean.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import crypto from 'node:crypto';
import { standsStill, waitFor } from './workbench.mjs';

/** Fills both caches before the window opens. */
export function prepare(playground) {
  const image = fs.readFileSync(path.join(playground.workspace, 'images/tool-1.4.sif'));
  const older = fs.readFileSync(path.join(playground.workspace, 'images/tool-1.3.sif'));
  const put = (engine, kind, name, bytes) => {
    const folder = path.join(playground.folder, engine, 'cache', kind);
    fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
    fs.writeFileSync(path.join(folder, name), bytes, { mode: 0o700 });
    return path.join(folder, name);
  };
  put('apptainer', 'oras', `sha256:${digestOf(image)}`, image);
  put('apptainer', 'library', `sha256.${digestOf(older)}`, older);
  const damaged = Buffer.from(image);
  damaged[damaged.length - 100] ^= 0xff;
  put('apptainer', 'library', `sha256.${digestOf(image)}`, damaged);
  put('apptainer', 'net', digestOf(Buffer.from('http://example.org/tool.sifMon')), image);
  leaveOver(playground);
  put('singularity', 'library', `sha256.${digestOf(older)}`, older);
}

export const tests = {
  'the view shows both caches with their totals, named by what is inside': async (workbench) => {
    await workbench.command('Containers: Focus on Caches View');
    await workbench.treeRow('Apptainer').first().waitFor();
    await workbench.treeRow('SingularityCE').first().waitFor();
    await workbench.unfold('oras');
    await workbench.unfold('library');
    await workbench
      .treeRow(/tool.*1\.3/)
      .first()
      .waitFor();
    await workbench.pictures('cache');
  },
  'details of an entry open as a document': async (workbench) => {
    const row = workbench.treeRow(/tool.*1\.4/).first();
    await workbench.until(() => row.click({ timeout: 5000 }), workbench.line('Labels'));
    await workbench.pictures('cache-details');
  },
  'Verify All finds the damaged entry': async (workbench) => {
    await workbench.command('Containers: Verify All Cache Entries');
    await workbench.notification(/is damaged/).waitFor();
    await workbench.treeRow('damaged').first().waitFor();
    // What is open about the entry says the same.
    await workbench.line(/verdict\s+damaged/).waitFor();
    await workbench.pictures('cache-verified');
    await workbench.clearNotifications();
  },
  'a filter looks into all kinds': async (workbench) => {
    await workbench.command('Containers: Filter Cache Entries');
    await workbench.answerQuestion('Filter cache entries', '1.3');
    await workbench.treeRow('oras').first().waitFor({ state: 'detached' });
    await workbench.pictures('cache-filtered');
    await workbench.command('Containers: Filter Cache Entries');
    await workbench.answerQuestion('Filter cache entries', 'nothing of this name');
    const clear = workbench.page.locator('.welcome-view').getByRole('button', { name: 'Clear Filter' });
    await clear.waitFor();
    await workbench.pictures('cache-nothing-found');
    await workbench.until(
      () => clear.click({ timeout: 5000 }),
      async () => !(await clear.isVisible()),
    );
    await workbench.treeRow('oras').first().waitFor();
  },
  'leftovers are told apart, and deleted by the button of their row': async (workbench, playground) => {
    const row = workbench.treeRow('leftover').first();
    await standsStill(row);
    const remove = row.getByRole('button', { name: 'Delete Leftovers' }).first();
    await workbench.until(async () => {
      await row.hover({ timeout: 5000 });
      await remove.click({ timeout: 5000 });
    }, workbench.dialog());
    await workbench.pictures('cache-leftovers');
    await workbench.pressDialogButton('Delete');
    await workbench.notification(/deleted/).waitFor();
    assert.deepEqual(leftovers(playground), []);
    await workbench.clearNotifications();
    leaveOver(playground);
    await workbench.command('Containers: Refresh Caches');
    await workbench.treeRow('leftover').first().waitFor();
  },
  'the menu of the title has what is done to all caches': async (workbench) => {
    const more = workbench.page.locator('.part.sidebar .composite.title').getByRole('button', { name: /^(Views and )?More Actions/ });
    await workbench.until(() => more.click({ timeout: 5000 }), workbench.menuItem('Clean Caches'));
    await workbench.menuItem('Pull and Verify Container into Cache').waitFor();
    await workbench.pictures('cache-title-menu');
    await workbench.closeMenus();
  },
  'Clean Caches shows what would go, and takes only that': async (workbench, playground) => {
    await workbench.command('Containers: Clean Caches');
    await workbench.pick('Leftovers');
    await workbench.dialog().waitFor();
    await workbench.pictures('cache-clean');
    await workbench.pressDialogButton('Delete');
    await workbench.notification(/deleted/).waitFor();
    assert.deepEqual(leftovers(playground), []);
    await workbench.clearNotifications();
  },
  'an entry is deleted by key, after a question': async (workbench, playground) => {
    await workbench.unfold('library');
    const row = workbench.treeRow(/tool.*1\.3/).first();
    await standsStill(row);
    // A click opens the details, and the editor may take the focus a moment later: then the key is no answer to the row.
    await workbench.until(async () => {
      await row.click({ timeout: 5000 });
      await workbench.page.locator('.customview-tree .monaco-list:focus .monaco-list-row.focused').waitFor({ timeout: 5000 });
      await workbench.page.keyboard.press('Delete');
    }, workbench.dialog());
    await workbench.pressDialogButton('Delete');
    await workbench.notification(/deleted/).waitFor();
    const older = fs.readFileSync(path.join(playground.workspace, 'images/tool-1.3.sif'));
    const entry = path.join(playground.folder, 'apptainer/cache/library', `sha256.${digestOf(older)}`);
    await waitFor('the entry is gone', () => !fs.existsSync(entry));
  },
};

/** What an interrupted download has left behind, some weeks ago. */
function leaveOver(playground) {
  const image = fs.readFileSync(path.join(playground.workspace, 'images/tool-1.4.sif'));
  const leftover = path.join(playground.folder, 'apptainer/cache/oras/tmp_123456789');
  fs.writeFileSync(leftover, image.subarray(0, 50_000), { mode: 0o700 });
  const longAgo = new Date(Date.now() - 40 * 86_400_000);
  fs.utimesSync(leftover, longAgo, longAgo);
}

function leftovers(playground) {
  return fs.readdirSync(path.join(playground.folder, 'apptainer/cache/oras')).filter((name) => name.startsWith('tmp_'));
}

function digestOf(bytes) {
  return crypto.createHash('sha256').update(bytes).digest('hex');
}
