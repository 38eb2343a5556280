// The main job: verify a container from a metalink with bad mirrors, read the report, trust the key, pull it into the cache.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { waitFor } from './workbench.mjs';

export const tests = {
  'a metalink has its language, lenses and hover': async (workbench) => {
    await workbench.open('tool-1.4.meta4', '<metalink');
    await workbench.page.locator('.statusbar-item', { hasText: 'Metalink' }).first().waitFor();
    await workbench.codeLens('Verify').first().waitFor();
    await workbench.hover('<size>');
    await workbench.pictures('metalink');
    await workbench.page.keyboard.press('Escape');
  },
  'mistakes in a metalink are marked, and say what the rule wants': async (workbench) => {
    await workbench.open('broken.meta4', '<metalink');
    await workbench.page.locator('.squiggly-error').first().waitFor({ state: 'attached' });
    await workbench.hover('sha256', 'sha-256');
    await workbench.pictures('metalink-mistake');
    await workbench.page.keyboard.press('Escape');
  },
  'Verify Container, a button of the title, tells the verdict first, then every check': async (workbench) => {
    await workbench.open('tool-1.4.meta4', '<metalink');
    await workbench.pressTitleButton('Verify Container', workbench.line('INTACT'));
    const report = await workbench.shownText();
    assert.match(report, /✓ sha-256/);
    assert.match(report, /pieces/);
    assert.match(report, /signature/);
    await workbench.codeLens('Trust this key').first().waitFor();
    await workbench.settled();
    await workbench.pictures('report');
  },
  'a key is trusted only after a question, and then the verdict is signed': async (workbench) => {
    await workbench.pressLens('Trust this key', workbench.dialog());
    await workbench.pictures('trust-key');
    await workbench.pressDialogButton('Trust');
    await workbench.notification('The key is trusted').waitFor();
    await workbench.clearNotifications();
    await workbench.pressLens('Verify again', workbench.line(/sif\s+SIGNED\sBY/), { each: 30_000 });
    await workbench.settled();
    await workbench.pictures('report-signed');
  },
  'Pull and Verify Container into Cache: progress, then a verified image although mirrors are bad': async (workbench, playground) => {
    await workbench.open('tool-1.4.meta4', '<metalink');
    await workbench.command('Containers: Pull and Verify Container into Cache');
    await workbench.notification('Pulling').first().waitFor();
    await workbench.picture('pull-progress');
    await workbench.notification(/is in the .*cache/i).waitFor();
    await workbench.page.mouse.move(500, 785); // away from the tab, whose tooltip would be in the picture
    await workbench.pictures('pulled');
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
  'a key is forgotten by a lens of a report, and no longer counts': async (workbench) => {
    await workbench.open('tool-1.4.meta4', '<metalink');
    await workbench.pressTitleButton('Verify Container', workbench.line(/sif\s+SIGNED\sBY/));
    await workbench.settled();
    await workbench.pressLens('Forget this key', workbench.notification('is no longer trusted'));
    await workbench.clearNotifications();
    await workbench.pressLens('Verify again', workbench.line(/INTACT.*NOT/), { each: 30_000 });
    await workbench.settled();
  },
  'Trust Key takes a whole fingerprint only': async (workbench) => {
    await workbench.command('Containers: Trust Key');
    await workbench.question('Trust a key').waitFor();
    await workbench.answer('5C0B8C9A');
    await workbench.quickInput().getByText('Short key ids can be forged').waitFor();
    await workbench.pictures('trust-key-asks');
    await workbench.leaveQuickInput();
  },
  'Pull and Verify Container to Folder': async (workbench, playground) => {
    const target = path.join(playground.workspace, 'pulled');
    fs.mkdirSync(target);
    const here = workbench.quickInput().getByText('Pull to Here', { exact: true });
    await workbench.chooseInMenu(workbench.file('tool-1.4.meta4'), ['Container', 'Pull and Verify Container to Folder'], here);
    await workbench.page.locator('.quick-input-widget input.input').fill(`${target}/`);
    await workbench.picture('pull-to-folder');
    await workbench.until(
      () => here.click({ timeout: 5000 }),
      async () => !(await here.isVisible()),
    );
    await waitFor('the image is in the folder', () => fs.existsSync(path.join(target, 'tool-1.4.sif')));
    await workbench.settled();
    await workbench.clearNotifications();
  },
  'a damaged image fails, and the first line says so': async (workbench) => {
    await workbench.openFolder('images', 'damaged.sif');
    await workbench.chooseInMenu(workbench.file('damaged.sif'), ['Container Image', 'Verify Container'], workbench.line('FAILED'));
    await workbench.settled();
    assert.match(await workbench.shownText(), /✗/);
    await workbench.picture('report-failed');
  },
  'the contents of an image are shown from the explorer': async (workbench) => {
    const image = workbench.file('tool-1.4.sif');
    const entries = ['Container Image', 'Show Contents of Image'];
    await workbench.openMenu(image, entries);
    await workbench.pictures('menu-image');
    await workbench.chooseInMenu(image, entries, workbench.line('Labels'));
    await workbench.pictures('contents');
    await workbench.pressLens('Open recipe', workbench.line(/^Bootstrap/i));
    await workbench.picture('contents-recipe');
  },
  'Show Manifest from a recipe': async (workbench) => {
    await workbench.open('tool.def', 'Bootstrap: docker');
    await workbench.command('Containers: Show Manifest');
    await workbench.line('Platforms').first().waitFor();
    assert.match(await workbench.shownText(), /sha256:[0-9a-f]{64}/);
    await workbench.pictures('manifest');
  },
  'Pin Images to Digests, and back': async (workbench) => {
    await workbench.open('tool.def', 'Bootstrap: docker');
    const digest = workbench.line(/@sha256:[0-9a-f]{64}/).first();
    await workbench.command('Containers: Pin Images to Digests');
    await digest.waitFor();
    await workbench.page.mouse.move(640, 780); // no tooltip of a tab
    await workbench.picture('pinned');
    await workbench.command('Containers: Unpin Images from Digests');
    await digest.waitFor({ state: 'detached' });
    await workbench.clearNotifications();
  },
  'Resolve Sizes and Hashes': async (workbench) => {
    await workbench.open('unhashed.meta4', '<metalink');
    await workbench.command('Containers: Resolve Sizes and Hashes');
    await workbench.line('<size>').first().waitFor();
    await workbench.settled();
    await workbench.picture('resolved');
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
    await workbench.pictures('mirrors');
    await workbench.clearNotifications();
  },
  'Sort Sources by Priority': async (workbench, playground) => {
    const url = (priority) => `    <url priority="${priority}">https://mirror-${priority}.example.org/tool.sif</url>\n`;
    const text = `<metalink xmlns="urn:ietf:params:xml:ns:metalink">\n  <file name="tool.sif">\n${url(2)}${url(1)}  </file>\n</metalink>\n`;
    fs.writeFileSync(path.join(playground.workspace, 'unsorted.meta4'), text);
    await workbench.open('unsorted.meta4', '<metalink');
    await workbench.command('Containers: Sort Sources by Priority');
    await waitFor('the best mirror is first', async () => /mirror-1[^]*mirror-2/.test(await workbench.shownText()));
  },
  'Convert to Metalink 4': async (workbench) => {
    await workbench.open('old.metalink', '<metalink');
    await workbench.command('Containers: Convert to Metalink 4');
    await workbench.line('urn:ietf:params:xml:ns:metalink').waitFor();
    await workbench.picture('converted');
    await workbench.clearNotifications();
  },
  'Create Metalink from the explorer describes an image, signatures and pieces included': async (workbench) => {
    const entries = ['Container Image', 'Create Metalink'];
    await workbench.chooseInMenu(workbench.file('tool-1.3.sif'), entries, workbench.line('<size>'));
    await workbench.line(/<hash.type="sha-256">[0-9a-f]{64}</).waitFor();
    assert.match(await workbench.shownText(), /<file name="tool-1\.3\.sif">/);
    await workbench.settled();
    await workbench.picture('created');
    await workbench.clearNotifications();
  },
  'Create Metalink asks for the image when nothing is named': async (workbench, playground) => {
    await workbench.command('View: Close All Editors');
    await discardChanges(workbench);
    await workbench.command('Containers: Create Metalink');
    await workbench.question('Create a metalink for which image?').waitFor();
    const reference = `oras://${new URL(playground.hub.origin).host}/demo/tool:1.4`;
    await workbench.page.locator('.quick-input-widget input.input').fill(reference);
    await workbench.quickInput().locator('.monaco-list-row', { hasText: 'image reference' }).first().waitFor();
    await workbench.pictures('create-asks');
    await workbench.page.keyboard.press('Enter');
    await workbench.line('/v2/demo/tool/blobs/sha256:').first().waitFor();
    await workbench.clearNotifications();
  },
  'Merge Metalinks asks which, and joins their mirrors': async (workbench, playground) => {
    const mirror = (name) =>
      `<metalink xmlns="urn:ietf:params:xml:ns:metalink">\n  <file name="tool.sif">\n    <hash type="sha-256">${'0123456789abcdef'.repeat(4)}</hash>\n    <url>https://${name}.example.org/tool.sif</url>\n  </file>\n</metalink>\n`;
    for (const name of ['east', 'west']) fs.writeFileSync(path.join(playground.workspace, `${name}.meta4`), mirror(name));
    await workbench.file('west.meta4').waitFor();
    await workbench.command('Containers: Merge Metalinks');
    await workbench.question('Merge which metalinks?').waitFor();
    for (const name of ['east.meta4', 'west.meta4']) await check(workbench, name);
    await workbench.pictures('merge-asks');
    const join = workbench.quickInput().getByText('OK', { exact: true });
    await workbench.until(() => join.click({ timeout: 5000 }), workbench.line('east.example.org'));
    await workbench.line('west.example.org').waitFor();
    assert.equal((await workbench.shownText()).match(/<file /g)?.length, 1);
    await workbench.picture('merged');
    await workbench.clearNotifications();
  },
};

/** Ticks an entry of a list in which many can be chosen. */
async function check(workbench, text) {
  const row = workbench.quickInput().locator('.monaco-list-row', { hasText: text }).first();
  const box = row.locator('[role=checkbox], .quick-input-list-checkbox').first();
  await waitFor(`${text} is ticked`, async () => {
    if ((await box.getAttribute('aria-checked')) === 'true') return true;
    await box.click({ timeout: 5000 });
    return (await box.getAttribute('aria-checked')) === 'true';
  });
}

/** Answers the question about unsaved documents that comes when all editors are closed. */
export async function discardChanges(workbench) {
  const discard = workbench.dialog().getByRole('button', { name: /Don't Save/ });
  await workbench.until(
    async () => {
      if (await discard.isVisible()) await discard.click({ timeout: 5000 });
    },
    async () => (await workbench.page.locator('.tab').count()) === 0,
    { each: 500 },
  );
}
