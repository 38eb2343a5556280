// Restricted Mode: language features only, and it says so.
import assert from 'node:assert/strict';

export const workspaceTrust = true;

export const tests = {
  'diagnostics and outline work, nothing is asked from the hub': async (workbench, playground) => {
    await workbench.open('mistakes.def', '%tests');
    await workbench.page.locator('.squiggly-error').first().waitFor({ state: 'attached' });
    await workbench.open('tool.def', 'Bootstrap: docker');
    await workbench.hover('%post');
    const image = await workbench.wordBox('demo/base:1.0');
    await workbench.page.mouse.move(image.x + 5, image.y + 5);
    await workbench.page.waitForTimeout(1500);
    await workbench.picture('restricted');
    await workbench.page.keyboard.press('Escape');
    assert.deepEqual(playground.hub.requests, []);
  },
  'what needs the network is not offered, and the status item says why': async (workbench) => {
    const entries = await workbench.paletteEntries('Containers:');
    assert.ok(!entries.some((entry) => entry.includes('Pull and Verify')), entries.join('\n'));
    await workbench.page.locator('#status\\.languageStatus').click();
    await workbench.page.locator('.hover-language-status', { hasText: 'Restricted Mode' }).first().waitFor();
    await workbench.picture('restricted-status');
  },
};
