// First minutes: the walkthrough with its five steps, new documents, the palette of a fresh window.
import assert from 'node:assert/strict';

export const settings = { 'workbench.startupEditor': 'none' };

export const tests = {
  'the palette hides what needs an argument or another editor': async (workbench) => {
    for (const shown of ['Verify Container', 'Pull and Verify Container into Cache', 'New Container Recipe', 'Clean Caches'])
      await workbench.offers(`Containers: ${shown}`);
    for (const hidden of ['Copy Digest', 'Resolve Sizes and Hashes', 'Build Container', 'Pin Images'])
      assert.ok(!(await workbench.paletteEntries(`Containers: ${hidden}`)).some((entry) => entry.includes(hidden)), hidden);
  },
  'the walkthrough has five steps with pictures': async (workbench) => {
    await workbench.page.keyboard.press('Control+b'); // the pictures need the room
    await workbench.command('Welcome: Open Walkthrough');
    await workbench.pick('Get Started with Containers');
    const steps = workbench.page.locator('.getting-started-step');
    await steps.first().waitFor();
    assert.equal(await steps.count(), 5);
    await workbench.page.locator('.getting-started-media img').first().waitFor();
    await workbench.picture('walkthrough');
  },
  'step 1: the sample recipe opens, and the step is done': async (workbench) => {
    await workbench.page.getByText('Open Sample Recipe', { exact: true }).click();
    await workbench.line('%tests').waitFor();
    await workbench.page.locator('.squiggly-error').first().waitFor({ state: 'attached' });
    await workbench.picture('walkthrough-sample');
  },
  'step 2: the quick fix mends it, and the step is done': async (workbench) => {
    await workbench.clickLine('%tests');
    await workbench.page.keyboard.press('Control+.');
    await workbench.page.locator('.action-widget:not(.action-list-submenu-panel) .monaco-list-row', { hasText: '%test' }).first().click();
    await workbench.line(/^%test$/).waitFor();
    await workbench.page.locator('.tab', { hasText: 'Welcome' }).click();
    // Both steps are done: each has its mark.
    await workbench.page.locator('.getting-started-step .codicon.complete').nth(1).waitFor();
    await workbench.picture('walkthrough-done');
  },
  'New Container Recipe offers what to start from': async (workbench) => {
    await workbench.command('Containers: New Container Recipe');
    await workbench.quickInput().locator('.monaco-list-row', { hasText: 'A container image of a registry' }).waitFor();
    await workbench.picture('new-recipe');
    await workbench.pick('A build stage and a small final image');
    await workbench.line('Stage: build').waitFor();
  },
  'New Metalink opens a skeleton': async (workbench) => {
    await workbench.command('Containers: New Metalink');
    await workbench.pick('Skeleton');
    await workbench.line('urn:ietf:params:xml:ns:metalink').waitFor();
  },
  'the status item tells the state and that there is no engine': async (workbench) => {
    await workbench.open('tool.def', 'Bootstrap: docker');
    await workbench.page.locator('#status\\.languageStatus').click();
    await workbench.page.locator('.hover-language-status', { hasText: 'Containers' }).first().waitFor();
    await workbench.picture('status');
    await workbench.page.keyboard.press('Escape');
  },
  'settings are grouped and described': async (workbench) => {
    await workbench.command('Preferences: Open Settings (UI)');
    await workbench.page.locator('.settings-editor .search-container .monaco-editor').click();
    await workbench.page.keyboard.type('@ext:container-metalink.container-metalink');
    await workbench.page.locator('.settings-editor .setting-item-label', { hasText: 'Kind' }).first().waitFor();
    await workbench.picture('settings');
  },
};
