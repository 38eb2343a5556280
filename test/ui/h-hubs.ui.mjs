// A private registry in daily use: completion from scheme to tag, hover, pin; signing in and out.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { waitFor } from './workbench.mjs';

const account = { user: 'alice', password: 'wonderland' };

export function prepare({ workspace, hub, profile }) {
  const { host } = new URL(hub.origin);
  const recipe = (from) => `Bootstrap: docker\nFrom: ${from}\n\n%post\n    true\n`;
  for (const [name, text] of Object.entries({
    'new.def': '\n',
    'private.def': recipe(`${host}/private/base:1.1`),
  }))
    fs.writeFileSync(path.join(workspace, name), text);
  Object.assign(profile.settings, { 'containerMetalink.online.findings': true, 'containerMetalink.online.hosts': ['127.0.0.1'] });
}

export const tests = {
  'completion leads from the scheme to the tag': async (workbench, { hub }) => {
    const { page } = workbench;
    const { host } = new URL(hub.origin);
    await workbench.open('new.def');
    await page.keyboard.type('Bootstrap: do');
    await suggestion(workbench, 'docker');
    await workbench.picture('hubs-scheme');
    await page.keyboard.press('Tab');
    await workbench.line('Bootstrap: docker').first().waitFor();
    await page.keyboard.press('Escape');
    await page.keyboard.press('End');
    await page.keyboard.press('Enter');
    await page.keyboard.type('From: ');
    await page.keyboard.press('Control+Space');
    await suggestion(workbench, `${host}/`);
    await workbench.picture('hubs-host');
    await page.keyboard.type(host.slice(0, 5));
    await choose(workbench, `${host}/`);
    await page.keyboard.type('dem');
    await suggestion(workbench, `${host}/demo/many`);
    await workbench.pictures('hubs-repository');
    await choose(workbench, `${host}/demo/base`);
    await page.keyboard.type(':');
    const tag = await suggestion(workbench, '1.2');
    const shown = (await page.locator('.suggest-widget.visible .monaco-list-row .label-name').allInnerTexts()).slice(0, 3);
    assert.equal(shown[0], 'latest');
    await workbench.pictures('hubs-tag');
    // What is chosen tells digest and platforms beside the list.
    await tag.click();
    await workbench.line(`${host}/demo/base:1.2`).first().waitFor();
  },
  'a hover tells digest, platforms and age': async (workbench) => {
    const hover = await workbench.hover('demo/base:1.2', 'sha256:');
    assert.match(await hover.innerText(), /for linux\/amd64 · created \d+ months ago/);
    await workbench.picture('hubs-hover');
    await workbench.page.keyboard.press('Escape');
  },
  'a quick fix pins the image to its digest': async (workbench) => {
    const { page } = workbench;
    await workbench.clickLine('demo/base:1.2');
    await page.keyboard.press('Control+.');
    const menu = page.locator('.action-widget:not(.action-list-submenu-panel)');
    await menu.waitFor();
    await menu
      .locator('.monaco-list-row', { hasText: /[Pp]in/ })
      .first()
      .waitFor();
    await workbench.pictures('hubs-pin-menu');
    await menu
      .locator('.monaco-list-row', { hasText: /[Pp]in/ })
      .first()
      .click();
    await workbench
      .line(/demo\/base@sha256:[0-9a-f]{64}.#.tag:.1\.2/)
      .first()
      .waitFor();
    await workbench.picture('hubs-pinned');
    await workbench.clearNotifications();
  },
  'Update Pinned Digests follows the tag': async (workbench, { hub, workspace }) => {
    const { host } = new URL(hub.origin);
    const old = `${host}/demo/base@sha256:${'0'.repeat(64)} # tag: 1.2`;
    fs.writeFileSync(path.join(workspace, 'outdated.def'), `Bootstrap: docker\nFrom: ${old}\n\n%post\n    true\n`);
    await workbench.open('outdated.def', 'demo/base@sha256:0000');
    await workbench.command('Containers: Update Pinned Digests');
    await workbench.notification('One digest was renewed').waitFor();
    await workbench.line('@sha256:0000').waitFor({ state: 'detached' });
    await workbench.clearNotifications();
  },
  'Ask Hubs Anew: the next hover asks again': async (workbench, { hub }) => {
    await workbench.open('tool.def', 'demo/base');
    await workbench.hover('demo/base:1.0', 'sha256:');
    await workbench.page.keyboard.press('Escape');
    const asked = hub.requests.length;
    await workbench.command('Containers: Ask Hubs Anew');
    await workbench.hover('demo/base:1.0', 'sha256:');
    await waitFor('the hub was asked again', () => hub.requests.length > asked);
    await workbench.page.keyboard.press('Escape');
  },
  'a private registry asks for a sign-in, at the reference and in the status item': async (workbench) => {
    await workbench.open('private.def', 'private/base');
    const hover = await workbench.hover('private/base:1.1', /sign-in/);
    assert.doesNotMatch(await hover.innerText(), /sha256:/);
    await workbench.pictures('hubs-sign-in-needed');
    await workbench.page.keyboard.press('Escape');
    await languageStatus(workbench, /sign-in/);
    await workbench.pictures('hubs-sign-in-status');
    await closeStatus(workbench);
  },
  'Sign In to Registry: the answer is there at once, the password nowhere': async (workbench, { hub, folder, workspace }) => {
    const { host } = new URL(hub.origin);
    await workbench.command('Containers: Sign In to Registry');
    await workbench.answerQuestion('Sign in to a registry', host);
    await workbench.quickInput().getByText('User name').first().waitFor();
    await workbench.answer(account.user);
    await workbench.quickInput().getByText('Password').first().waitFor();
    await workbench.answer('wrong-password');
    await workbench.notification('was not stored').first().waitFor();
    await workbench.pictures('hubs-sign-in-refused');
    await workbench.pressNotificationButton('was not stored', 'Try Again');
    await workbench.quickInput().getByText('User name').first().waitFor();
    await workbench.answer(account.user);
    await workbench.quickInput().getByText('Password').first().waitFor();
    await workbench.page.locator('.quick-input-widget input.input').fill(account.password);
    await workbench.pictures('hubs-sign-in');
    await workbench.page.keyboard.press('Enter');
    await workbench.notification(`${host} takes the sign-in`).first().waitFor();
    await workbench.clearNotifications();
    const hover = await workbench.hover('private/base:1.1', 'sha256:');
    assert.match(await hover.innerText(), /linux\/amd64/);
    await workbench.picture('hubs-signed-in');
    await workbench.page.keyboard.press('Escape');
    // The samples' README tells it, for people; nothing of VS Code's or ours holds it.
    assert.deepEqual(
      filesWith(folder, account.password).filter((name) => !name.startsWith(workspace)),
      [],
    );
  },
  'Sign Out of Registry: the registry asks again': async (workbench, { hub }) => {
    const { host } = new URL(hub.origin);
    await workbench.command('Containers: Sign Out of Registry');
    await workbench.pick(host);
    await workbench.notification('was removed').first().waitFor();
    await workbench.clearNotifications();
    await workbench.command('Containers: Clear Stored Answers of Hubs');
    await workbench.notification('stored answers').first().waitFor();
    await workbench.clearNotifications();
    await workbench.hover('private/base:1.1', /sign-in/);
    await workbench.page.keyboard.press('Escape');
  },
};

/** Waits for an entry of the list of suggestions; on a busy machine the first list comes late, and is asked for again. */
async function suggestion({ page }, label) {
  const row = page.locator('.suggest-widget.visible .monaco-list-row', { has: page.getByText(label, { exact: true }) }).first();
  for (let tries = 1; ; tries++) {
    try {
      await row.waitFor({ timeout: 10_000 });
      return row;
    } catch (error) {
      if (tries === 5) throw error;
      await page.keyboard.press('Escape');
      await page.keyboard.press('Control+Space');
    }
  }
}

/** Takes an entry of the list of suggestions. */
async function choose(workbench, label) {
  await (await suggestion(workbench, label)).click();
}

/** Opens the language status and waits until it says something. */
async function languageStatus({ page }, wanted) {
  const item = page.locator('.hover-language-status', { hasText: wanted }).first();
  for (let tries = 1; !(await item.isVisible()); tries++) {
    await page.locator('#status\\.languageStatus').click();
    await item.waitFor({ timeout: 5000 }).catch((error) => {
      if (tries === 4) throw error;
    });
  }
}

/** What a click has opened stays open, over the buttons of notifications: a second click closes it. */
async function closeStatus({ page }) {
  const item = page.locator('.hover-language-status').first();
  for (let tries = 1; await item.isVisible(); tries++) {
    if (tries === 5) throw new Error('The language status stays open.');
    await page.locator('#status\\.languageStatus').click();
    await item.waitFor({ state: 'hidden', timeout: 5000 }).catch(() => page.locator('.editor-instance .view-line').first().click());
  }
}

/** Names of files below a folder that hold a text. */
function filesWith(folder, text) {
  return fs
    .readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .filter((name) => fs.statSync(name).size < 5_000_000 && fs.readFileSync(name).includes(text));
}
