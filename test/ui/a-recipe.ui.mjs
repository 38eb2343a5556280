// A recipe in daily use: colours, outline, mistakes and their fixes, hover, completion.
import assert from 'node:assert/strict';

export const tests = {
  'a recipe has its language, an outline, and lenses above its images': async (workbench) => {
    await workbench.open('tool.def', 'Bootstrap: docker');
    await workbench.page.locator('.statusbar-item', { hasText: 'Singularity Definition' }).waitFor();
    await workbench.codeLens('Verify').first().waitFor();
    await workbench.picture('recipe');
  },
  'mistakes are marked, and say what the engine does about them': async (workbench) => {
    await workbench.open('mistakes.def', '%tests');
    await workbench.page.locator('.squiggly-error').first().waitFor({ state: 'attached' });
    const hover = await workbench.hover('%tests', 'invalid section');
    assert.match(await hover.innerText(), /%test/);
    await workbench.picture('recipe-mistake');
    await workbench.page.keyboard.press('Escape');
  },
  'a quick fix mends a section name': async (workbench) => {
    await workbench.clickLine('%tests');
    await workbench.page.keyboard.press('Control+.');
    const menu = workbench.page.locator('.action-widget:not(.action-list-submenu-panel)');
    await menu.waitFor();
    await workbench.picture('recipe-quick-fix');
    await menu.locator('.monaco-list-row', { hasText: '%test' }).first().click();
    await workbench.line(/^%test$/).waitFor();
  },
  'a hover on From tells what the hub says': async (workbench) => {
    await workbench.open('tool.def', 'Bootstrap: docker');
    const hover = await workbench.hover('demo/base:1.0', 'sha256:');
    assert.match(await hover.innerText(), /linux\/amd64/);
    await workbench.picture('recipe-hover');
    await workbench.page.keyboard.press('Escape');
  },
  'completion offers sections, then tags of the hub': async (workbench) => {
    await workbench.open('oras.def', 'Bootstrap: oras');
    await workbench.clickLine('From:');
    await workbench.page.keyboard.press('Shift+Home');
    await workbench.page.keyboard.type(`From: ${await hubOf(workbench)}/demo/tool:`);
    const widget = workbench.page.locator('.suggest-widget.visible');
    await widget.locator('.monaco-list-row', { hasText: '1.3' }).first().waitFor();
    await workbench.picture('recipe-completion');
    await workbench.page.keyboard.press('Escape');
    await workbench.page.keyboard.press('Control+z');
  },
};

async function hubOf(workbench) {
  return /127\.0\.0\.1:\d+/.exec(await workbench.shownText())?.[0];
}
