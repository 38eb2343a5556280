// A recipe in daily use: colours, outline, mistakes and their fixes, hover, completion, snippets.
import assert from 'node:assert/strict';

export const tests = {
  'a recipe has its language, an outline, and lenses above its images': async (workbench) => {
    await workbench.open('tool.def', 'Bootstrap: docker');
    await workbench.page.locator('.statusbar-item', { hasText: 'Singularity Definition' }).waitFor();
    await workbench.codeLens('Verify').first().waitFor();
    await workbench.pictures('recipe');
  },
  'the menu of the editor has what can be done with a recipe': async (workbench) => {
    await workbench.openMenu(workbench.line('%post').first(), ['Container', 'Pin Images to Digests']);
    await workbench.pictures('menu-editor');
    await workbench.closeMenus();
  },
  'mistakes are marked, and say what the engine does about them': async (workbench) => {
    await workbench.open('mistakes.def', '%tests');
    await workbench.page.locator('.squiggly-error').first().waitFor({ state: 'attached' });
    const hover = await workbench.hover('%tests', 'invalid section');
    assert.match(await hover.innerText(), /%test/);
    await workbench.pictures('recipe-mistake');
    await workbench.page.keyboard.press('Escape');
  },
  'a quick fix mends a section name': async (workbench) => {
    const fix = await workbench.quickFix('%tests', '%test');
    await workbench.pictures('recipe-quick-fix');
    await workbench.until(() => fix.click({ timeout: 5000 }), workbench.line(/^%test$/));
  },
  'a hover on From tells what the hub says': async (workbench) => {
    await workbench.open('tool.def', 'Bootstrap: docker');
    const hover = await workbench.hover('demo/base:1.0', 'sha256:');
    assert.match(await hover.innerText(), /linux\/amd64/);
    await workbench.pictures('recipe-hover');
    await workbench.page.keyboard.press('Escape');
  },
  'completion offers tags of the hub': async (workbench, playground) => {
    await workbench.open('oras.def', 'Bootstrap: oras');
    await workbench.clickLine('From:');
    await workbench.page.keyboard.press('Shift+Home');
    await workbench.page.keyboard.type(`From: ${new URL(playground.hub.origin).host}/demo/tool:`);
    const offer = suggestion(workbench, '1.3');
    await workbench.until(() => askForSuggestions(workbench), offer);
    await workbench.pictures('recipe-completion');
    await workbench.page.keyboard.press('Escape');
    await workbench.page.keyboard.press('Control+z');
  },
  'a snippet makes a whole recipe': async (workbench) => {
    await workbench.command('Create: New File');
    await workbench.pick('Container Recipe');
    await workbench.pick('A container image of a registry');
    await workbench.line('Bootstrap: docker').first().waitFor();
    await workbench.page.keyboard.press('Control+a');
    await workbench.page.keyboard.type('multi-stage');
    const offer = suggestion(workbench, 'multi-stage');
    await workbench.until(() => askForSuggestions(workbench), offer);
    await workbench.pictures('recipe-snippet');
    await workbench.until(() => offer.first().click({ timeout: 5000 }), workbench.line('%files from build'));
    await workbench.page.keyboard.press('Escape');
  },
};

function suggestion(workbench, text) {
  return workbench.page.locator('.suggest-widget.visible .monaco-list-row', { hasText: text });
}

/** What is shown already answers an earlier text: it is closed first. */
async function askForSuggestions({ page }) {
  await page.keyboard.press('Escape');
  await page.keyboard.press('Control+Space');
}
