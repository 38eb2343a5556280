// Restricted Mode: language features only, and it says so; once the folder is trusted, everything.
import assert from 'node:assert/strict';

export const workspaceTrust = true;

export const tests = {
  'diagnostics and outline work, nothing is asked from the hub': async (workbench, playground) => {
    await workbench.open('mistakes.def', '%tests');
    await workbench.page.locator('.squiggly-error').first().waitFor({ state: 'attached' });
    await workbench.open('tool.def', 'Bootstrap: docker');
    const local = await workbench.hover('%post');
    assert.ok(await local.innerText());
    // The hover of an image comes too, from the text alone.
    await workbench.page.mouse.move(5, 5);
    await workbench.hover('demo/base:1.0', 'demo/base');
    await workbench.pictures('restricted');
    await workbench.page.keyboard.press('Escape');
    assert.deepEqual(playground.hub.requests, []);
  },
  'what needs the network is not offered, and the status item says why': async (workbench) => {
    await workbench.offers('Containers: Show Log');
    const entries = await workbench.paletteEntries('Containers: ');
    assert.ok(!entries.some((entry) => entry.includes('Pull and Verify')), entries.join('\n'));
    const item = workbench.page.locator('.hover-language-status', { hasText: 'Restricted Mode' }).first();
    await workbench.until(() => workbench.page.locator('#status\\.languageStatus').click({ timeout: 5000 }), item);
    // What helps is not cut off.
    const help = await item.getByText('Manage trust').boundingBox();
    assert.ok(help !== null && help.x + help.width < 1280, JSON.stringify(help));
    await workbench.pictures('restricted-status');
    await workbench.page.keyboard.press('Escape');
  },
  'a lens that needs the network asks for trust instead': async (workbench, playground) => {
    await workbench.open('tool.def', 'Bootstrap: docker');
    await workbench.pressLens('Pull into cache', workbench.notification('This folder is not trusted'));
    await workbench.pictures('restricted-asks');
    assert.deepEqual(playground.hub.requests, []);
    await workbench.pressNotificationButton('This folder is not trusted', 'Manage Trust');
    await workbench.page.getByRole('button', { name: 'Trust', exact: true }).first().waitFor();
  },
  'after the folder is trusted, a hover asks the hub': async (workbench, playground) => {
    const trust = workbench.page.getByRole('button', { name: 'Trust', exact: true }).first();
    await workbench.until(() => trust.click({ timeout: 5000 }), workbench.page.getByText('You trust this folder').first(), {
      each: 20_000,
    });
    await workbench.open('tool.def', 'Bootstrap: docker');
    await workbench.hover('demo/base:1.0', 'sha256:');
    await workbench.picture('trusted');
    await workbench.page.keyboard.press('Escape');
    assert.notDeepEqual(playground.hub.requests, []);
    await workbench.offers('Containers: Pull and Verify Container into Cache');
  },
};
