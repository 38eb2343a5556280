// Everything that can be done with an entry of the cache view: what stands in its menu, repair, layers below their image, several at once,
// the keyboard, and a cache that is turned off.
import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';

let host;

/** SingularityCE's cache is turned off: the view says so. */
export function prepare(playground) {
  host = new URL(playground.hub.origin).host;
  playground.profile.env.SINGULARITY_DISABLE_CACHE = 'yes';
  playground.profile.env.APPTAINER_DISABLE_CACHE = '0';
  const damaged = fs.readFileSync(path.join(playground.workspace, 'images/tool-1.3.sif'));
  damaged[damaged.length - 100] ^= 0xff;
  const folder = path.join(playground.folder, 'apptainer/cache/library');
  fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
  for (const letter of ['a', 'b']) fs.writeFileSync(path.join(folder, `sha256.${letter.repeat(64)}`), damaged, { mode: 0o700 });
}

export const tests = {
  'images are pulled by what is typed, and stand in the view by their names': async (workbench, playground) => {
    const cache = path.join(playground.folder, 'apptainer/cache');
    await pull(
      workbench,
      `oras://${host}/open/tool:1.4`,
      () => fs.existsSync(path.join(cache, 'oras')) && inCache(playground, 'oras').length === 1,
    );
    await pull(workbench, `docker://${host}/open/base:1.0`, () => fs.existsSync(path.join(cache, 'blob/index.json')));
    await workbench.command('Containers: Focus on Caches View');
    await unfold(workbench, 'oras');
    await row(workbench, 'intact').waitFor();
    assert.equal(inCache(playground, 'oras').length, 1);
    await row(workbench, 'truth value').waitFor(); // SINGULARITY_DISABLE_CACHE=yes is none
    await workbench.picture('cache-actions');
  },
  'layers stand below the image that uses them': async (workbench) => {
    await unfold(workbench, 'layers');
    await unfold(workbench, `docker://${host}/open/base:1.0`);
    await row(workbench, /^layer [0-9a-f]{12}…/).waitFor();
    await row(workbench, /^configuration/).waitFor();
    await workbench.pictures('cache-layers');
    await row(workbench, /^layer [0-9a-f]{12}…/).click();
    await workbench.line('Part of').waitFor();
    await workbench.line(`docker://${host}/open/base:1.0`).waitFor();
    await workbench.pictures('cache-layer-details');
    await row(workbench, 'layers').click(); // folded again: what follows stands still
  },
  'the menu of an entry': async (workbench) => {
    await openMenu(workbench, 'intact');
    const entries = await workbench.page.locator('.monaco-menu .action-item .action-label').allInnerTexts();
    for (const wanted of [
      'Show Details',
      'Open Recipe Inside',
      'Verify',
      'Pull Again',
      'Use in Recipe',
      'Create Metalink from Image',
      'Copy Reference',
      'Copy Digest',
      'Copy Path',
      'Reveal in File Manager',
      'Delete…',
    ])
      assert.ok(entries.includes(wanted), `no ${wanted} among ${entries.join(', ')}`);
    await workbench.pictures('cache-menu');
    await workbench.page.keyboard.press('Escape');
  },
  'Copy Reference, Copy Digest, Copy Path': async (workbench, playground) => {
    const [name] = inCache(playground, 'oras');
    const wanted = {
      'Copy Reference': `oras://${host}/open/tool:1.4`,
      'Copy Digest': name,
      'Copy Path': path.join(playground.folder, 'apptainer/cache/oras', name),
    };
    for (const [entry, text] of Object.entries(wanted)) {
      await choose(workbench, 'intact', entry);
      await eventually(async () => assert.equal(await workbench.page.evaluate(() => navigator.clipboard.readText()), text));
    }
  },
  'Use in Recipe inserts the reference at the cursor': async (workbench, playground) => {
    fs.writeFileSync(path.join(playground.workspace, 'from-cache.def'), '\n%post\n    true\n');
    await workbench.open('from-cache.def');
    await choose(workbench, 'intact', 'Use in Recipe');
    await workbench.line('Bootstrap: oras').waitFor();
    await workbench.line(`From: ${host}/open/tool:1.4`).waitFor();
    await workbench.picture('cache-used-in-recipe');
    await workbench.page.keyboard.press('Control+s');
    await eventually(async () =>
      assert.match(fs.readFileSync(path.join(playground.workspace, 'from-cache.def'), 'utf8'), /^Bootstrap: oras\nFrom: .*tool:1\.4\n/),
    );
  },
  'Open Recipe Inside': async (workbench) => {
    await choose(workbench, 'intact', 'Open Recipe Inside');
    await workbench
      .line(/^\s*(bootstrap|from)\s*:/i)
      .first()
      .waitFor();
    await workbench.page.locator('.tab.active', { hasText: 'tool 1.4 · amd64.def' }).waitFor();
    await workbench.picture('cache-recipe-inside');
  },
  'Create Metalink from Image': async (workbench) => {
    await choose(workbench, 'intact', 'Create Metalink from Image');
    await workbench.line('urn:ietf:params:xml:ns:metalink').waitFor({ timeout: 60_000 });
    await workbench
      .line(/sha-256/)
      .first()
      .waitFor();
    await workbench.page.locator('.tab.active', { hasText: 'tool-1.4-amd64.meta4' }).waitFor();
    await workbench.picture('cache-metalink');
  },
  'Reveal opens a terminal beside the entry where there is no file manager': async (workbench) => {
    await choose(workbench, 'intact', 'Reveal in File Manager');
    await workbench.page.locator('.terminal-wrapper').first().waitFor();
    await workbench.picture('cache-reveal');
    await workbench.command('View: Toggle Panel Visibility');
  },
  'a damaged entry is found, pulled again, and intact': async (workbench, playground) => {
    const [name] = inCache(playground, 'oras');
    const file = path.join(playground.folder, 'apptainer/cache/oras', name);
    const bytes = fs.readFileSync(file);
    bytes[bytes.length - 5000] ^= 0xff;
    fs.writeFileSync(file, bytes);
    await workbench.command('Containers: Refresh Caches');
    const reference = `oras://${host}/open/tool:1.4`;
    await choose(workbench, /tool.*1\.4/, 'Verify');
    await workbench.notification(/damaged/).waitFor({ timeout: 60_000 });
    await workbench.pictures('cache-damaged');
    await workbench.clearNotifications();
    // Its reference was noted with a file that is another one now; the view still knows what was pulled under this name.
    await choose(workbench, /tool.*1\.4/, 'Pull Again');
    await workbench.dialog().waitFor({ timeout: 60_000 });
    await workbench.pictures('cache-replace');
    await workbench.pressDialogButton('Replace');
    await workbench.notification(/is in the .*cache/i).waitFor({ timeout: 60_000 });
    await workbench.clearNotifications();
    assert.equal(`sha256:${crypto.createHash('sha256').update(fs.readFileSync(file)).digest('hex')}`, name, reference);
    await row(workbench, 'intact').waitFor();
  },
  'Cleaning offers damaged entries apart from leftovers': async (workbench) => {
    await workbench.command('Containers: Clean Caches');
    await eventually(async () => {
      const choices = await workbench.page.locator('.quick-input-list .monaco-list-row').allInnerTexts();
      for (const wanted of ['Leftovers and orphans', 'Damaged entries', 'Duplicates', 'Only: oras'])
        assert.ok(
          choices.some((text) => text.includes(wanted)),
          `no ${wanted} among ${choices.join(', ')}`,
        );
    });
    await workbench.pictures('cache-clean-choices');
    await workbench.pick('Leftovers and orphans');
    await workbench.notification('There is nothing to delete').waitFor();
    await workbench.clearNotifications();
  },
  'several entries are deleted at once, by the keyboard': async (workbench, playground) => {
    await unfold(workbench, 'library');
    const rows = workbench.treeRow(/tool.*1\.3/);
    await standsStill(rows.first());
    await rows.first().click();
    await workbench.line('path').first().waitFor();
    // The details are a glance: the keys are still the list's.
    await workbench.page.locator('.customview-tree .monaco-list:focus').waitFor();
    await workbench.page.keyboard.press('Shift+ArrowDown');
    await workbench.page.keyboard.press('Delete');
    await workbench.dialog().waitFor();
    assert.match(await workbench.dialog().innerText(), /Delete 2 cache entries/);
    await workbench.pictures('cache-delete-two');
    await workbench.pressDialogButton('Delete');
    await workbench.notification(/2 entries were deleted/).waitFor();
    await workbench.clearNotifications();
    assert.deepEqual(inCache(playground, 'library'), []);
    // What described them is gone, too.
    await workbench.page.locator('.tab', { hasText: 'cache entry' }).waitFor({ state: 'detached' });
  },
  'nothing is left when everything is cleaned, and the view says what it is': async (workbench, playground) => {
    await workbench.command('Containers: Clean Caches');
    await workbench.pick('Everything');
    await workbench.dialog().waitFor();
    await workbench.pressDialogButton('Delete');
    await workbench.notification(/deleted/).waitFor();
    await workbench.clearNotifications();
    assert.deepEqual(inCache(playground, 'oras'), []);
    await row(workbench, /^Apptainer.*0 bytes/).waitFor();
    await workbench.pictures('cache-emptied');
  },
};

/** Pulls what is typed until it is in the cache: its message may be gone before anybody looks, and in a fresh window a key may be lost. */
async function pull(workbench, reference, isThere) {
  await workbench.until(
    async () => {
      await workbench.command('Containers: Pull and Verify Container into Cache');
      await workbench.answerQuestion('Pull which container into the cache?', reference);
    },
    async () => isThere(),
    { each: 20_000 },
  );
  await workbench.settled();
  await workbench.clearNotifications();
}

function row(workbench, text) {
  return workbench.treeRow(text).first();
}

/** Unfolds a row once it stands still: a view that is being read anew moves its rows under the mouse. */
async function unfold(workbench, text) {
  await standsStill(row(workbench, text));
  for (let attempt = 0; (await row(workbench, text).getAttribute('aria-expanded')) !== 'true' && attempt < 5; attempt++) {
    await row(workbench, text).locator('.monaco-tl-twistie').click();
    await workbench.page.waitForTimeout(500);
  }
}

async function openMenu(workbench, text) {
  const menu = workbench.page.locator('.monaco-menu');
  for (let attempt = 1; !(await menu.isVisible()); attempt++) {
    await standsStill(row(workbench, text));
    await row(workbench, text).click({ button: 'right' });
    await menu.waitFor({ timeout: 5000 }).catch((error) => {
      if (attempt === 4) throw error;
    });
  }
}

/** Chooses from the menu of a row. A menu that has only just opened ignores the mouse: then it takes a second click. */
async function choose(workbench, text, entry) {
  await openMenu(workbench, text);
  const item = workbench.page.locator('.monaco-menu .action-item', { has: workbench.page.getByText(entry, { exact: true }) }).first();
  for (let attempt = 0; attempt < 5 && (await item.isVisible()); attempt++) {
    await item.click({ timeout: 5000 });
    await item.waitFor({ state: 'detached', timeout: 2000 }).catch((error) => {
      if (attempt === 4) throw error;
    });
  }
}

async function standsStill(place) {
  await place.waitFor();
  let before;
  for (let attempt = 0; attempt < 40; attempt++) {
    const box = JSON.stringify(await place.boundingBox());
    if (box === before) return;
    before = box;
    await place.page().waitForTimeout(400);
  }
}

async function eventually(assertion) {
  for (let attempt = 0; ; attempt++) {
    try {
      return await assertion();
    } catch (error) {
      if (attempt === 20) throw error;
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
  }
}

function inCache(playground, kind) {
  return fs.readdirSync(path.join(playground.folder, 'apptainer/cache', kind)).filter((name) => !name.startsWith('tmp_'));
}
