// The main job: verify a container from a metalink with bad mirrors, read the report, trust the key, pull it into the cache.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';

export const tests = {
  'a metalink has its language, lenses and hover': async (workbench) => {
    await workbench.open('tool-1.4.meta4', '<metalink');
    await workbench.page.locator('.statusbar-item', { hasText: 'Metalink' }).first().waitFor();
    await workbench.codeLens('Verify').first().waitFor();
    await workbench.picture('metalink');
  },
  'Verify Container tells the verdict first, then every check': async (workbench) => {
    await workbench.command('Containers: Verify Container');
    await workbench.line('INTACT').waitFor({ timeout: 90_000 });
    const report = await workbench.shownText();
    assert.match(report, /✓ sha-256/);
    assert.match(report, /pieces/);
    assert.match(report, /signature/);
    await workbench.codeLens('Trust this key').first().waitFor();
    await workbench.settled();
    await workbench.picture('report');
  },
  'a key is trusted only after a question, and then the verdict is signed': async (workbench) => {
    await workbench.codeLens('Trust this key').first().click();
    await workbench.dialog().waitFor();
    await workbench.picture('trust-key');
    await workbench.pressDialogButton('Trust');
    await workbench.notification('The key is trusted').waitFor();
    await workbench.clearNotifications();
    await workbench.codeLens('Verify again').first().click();
    await workbench
      .line(/sif\s+SIGNED\sBY/)
      .first()
      .waitFor({ timeout: 90_000 });
    await workbench.settled();
    await workbench.picture('report-signed');
  },
  'Pull and Verify Container into Cache: progress, then a verified image although mirrors are bad': async (workbench, playground) => {
    await workbench.open('tool-1.4.meta4', '<metalink');
    await workbench.command('Containers: Pull and Verify Container into Cache');
    await workbench.notification('Pulling').first().waitFor();
    await workbench.picture('pull-progress');
    await workbench.notification(/is in the .*cache/i).waitFor({ timeout: 120_000 });
    await workbench.picture('pulled');
    const cached = fs.readdirSync(path.join(playground.folder, 'apptainer/cache'), { recursive: true }).map(String);
    const image = cached.find((name) => fs.statSync(path.join(playground.folder, 'apptainer/cache', name)).size > 100_000);
    assert.ok(image, `no image in the cache: ${cached.join(', ')}`);
    assert.deepEqual(
      cached.filter((name) => name.includes('tmp_')),
      [],
    );
    await workbench.pressNotificationButton(/is in the .*cache/i, 'Show Report');
    await workbench.line('sha-256').first().waitFor();
    await workbench.clearNotifications();
  },
  'a damaged image fails, and the first line says so': async (workbench) => {
    const row = workbench.page.locator('.explorer-folders-view .monaco-list-row', { hasText: 'images' });
    await row.click();
    const damaged = workbench.page.locator('.explorer-folders-view .monaco-list-row', { hasText: 'damaged.sif' });
    await damaged.click({ button: 'right' });
    await contextMenu(workbench, 'Container Image', 'Verify Container');
    await workbench.line('FAILED').waitFor({ timeout: 60_000 });
    await workbench.settled();
    assert.match(await workbench.shownText(), /✗/);
    await workbench.picture('report-failed');
  },
  'the contents of an image are shown from the explorer': async (workbench) => {
    const image = workbench.page.locator('.explorer-folders-view .monaco-list-row', { hasText: 'tool-1.4.sif' });
    await image.click({ button: 'right' });
    await workbench.picture('menu-image');
    await contextMenu(workbench, 'Container Image', 'Show Contents of Image');
    await workbench.line('Labels').waitFor();
    await workbench.picture('contents');
    await workbench.codeLens('Open recipe').first().click();
    await workbench
      .line(/^Bootstrap/i)
      .first()
      .waitFor();
    await workbench.picture('contents-recipe');
  },
  'Show Manifest from a recipe': async (workbench) => {
    await workbench.open('tool.def', 'Bootstrap: docker');
    await workbench.command('Containers: Show Manifest');
    await workbench.line('Platforms').first().waitFor();
    assert.match(await workbench.shownText(), /sha256:[0-9a-f]{64}/);
    await workbench.picture('manifest');
  },
  'Pin Images to Digests, and back': async (workbench) => {
    await workbench.open('tool.def', 'Bootstrap: docker');
    await workbench.command('Containers: Pin Images to Digests');
    await workbench
      .line(/@sha256:[0-9a-f]{64}/)
      .first()
      .waitFor();
    await workbench.picture('pinned');
    await workbench.command('Containers: Unpin Images from Digests');
    await workbench
      .line(/@sha256:/)
      .first()
      .waitFor({ state: 'detached' });
    await workbench.clearNotifications();
  },
  'Resolve Sizes and Hashes': async (workbench) => {
    await workbench.open('unhashed.meta4', '<metalink');
    await workbench.command('Containers: Resolve Sizes and Hashes');
    await workbench.line('<size>').first().waitFor({ timeout: 60_000 });
    await workbench.picture('resolved');
    await workbench.page.keyboard.press('Escape');
    await workbench.clearNotifications();
  },
  'Check Mirrors': async (workbench) => {
    await workbench.open('tool-1.4.meta4', '<metalink');
    await workbench.command('Containers: Check Mirrors');
    await workbench.pressNotificationButton(/mirrors/, 'Show List');
    await workbench
      .line(/mirrors.(do.not.)?answer/)
      .first()
      .waitFor();
    await workbench.picture('mirrors');
    await workbench.clearNotifications();
  },
  'Convert to Metalink 4': async (workbench) => {
    await workbench.open('old.metalink', '<metalink');
    await workbench.command('Containers: Convert to Metalink 4');
    await workbench.line('urn:ietf:params:xml:ns:metalink').waitFor();
    await workbench.picture('converted');
    await workbench.clearNotifications();
  },
};

/** Chooses from a submenu of the context menu that is open. */
export async function contextMenu(workbench, submenu, entry) {
  const menu = workbench.page.locator('.monaco-menu');
  await menu.locator('.action-item', { hasText: submenu }).first().hover();
  const item = workbench.page.locator('.monaco-menu .action-item', { hasText: entry }).last();
  await item.waitFor();
  // A menu that has only just opened ignores the mouse, so that nobody runs what they did not see: then it takes a second click.
  for (let attempt = 0; attempt < 5 && (await item.isVisible()); attempt++) {
    await item.click({ timeout: 5000 });
    await item.waitFor({ state: 'detached', timeout: 2000 }).catch((error) => {
      if (attempt === 4) throw error;
    });
  }
}
