// First minutes: the walkthrough with its five steps, new documents, the palette of a fresh window, settings that take effect at once.
import assert from 'node:assert/strict';

export const settings = { 'workbench.startupEditor': 'none' };

export const tests = {
  'the palette hides what needs an argument or another editor': async (workbench) => {
    for (const shown of ['Verify Container', 'Pull and Verify Container into Cache', 'New Container Recipe', 'Clean Caches'])
      await workbench.offers(`Containers: ${shown}`);
    const entries = await workbench.paletteEntries('Containers: ');
    for (const hidden of ['Copy Digest', 'Resolve Sizes and Hashes', 'Build Container', 'Pin Images'])
      assert.ok(!entries.some((entry) => entry.includes(hidden)), hidden);
  },
  'the walkthrough has five steps with pictures': async (workbench) => {
    await workbench.page.keyboard.press('Control+b'); // the pictures need the room
    await showWalkthrough(workbench);
    const steps = workbench.page.locator('.getting-started-step');
    assert.equal(await steps.count(), 5);
    await workbench.page.locator('.getting-started-media img').first().waitFor();
    await workbench.picture('walkthrough');
  },
  'step 1: the sample recipe opens, and the step is done': async (workbench) => {
    await pressStep(workbench, 'Open Sample Recipe', workbench.line('%tests'));
    await workbench.page.locator('.squiggly-error').first().waitFor({ state: 'attached' });
    await workbench.picture('walkthrough-sample');
  },
  'step 2: the quick fix mends it, and the step is done': async (workbench) => {
    const fix = await workbench.quickFix('%tests', '%test');
    await workbench.until(() => fix.click({ timeout: 5000 }), workbench.line(/^%test$/));
    await showWalkthrough(workbench);
    await isDone(workbench, 'fix');
    await workbench.picture('walkthrough-done');
  },
  'step 3: an image is pinned to its digest, and the step is done': async (workbench) => {
    await workbench.open('tool.def', 'Bootstrap: docker');
    await workbench.command('Containers: Pin Images to Digests');
    await workbench
      .line(/@sha256:/)
      .first()
      .waitFor();
    await showWalkthrough(workbench);
    await isDone(workbench, 'pin');
  },
  'step 4: a container is verified, and the step is done': async (workbench) => {
    await workbench.open('tool-1.4.meta4', '<metalink');
    await workbench.command('Containers: Verify Container');
    await workbench.line('INTACT').waitFor();
    await workbench.settled();
    await showWalkthrough(workbench);
    await isDone(workbench, 'pull');
  },
  'step 5: the view of the caches opens, and the step is done': async (workbench) => {
    await workbench.command('Containers: Focus on Caches View');
    await workbench.page
      .locator('.part.sidebar .composite.title', { hasText: /caches/i })
      .first()
      .waitFor();
    await workbench.picture('walkthrough-cache');
    await showWalkthrough(workbench);
    await isDone(workbench, 'cache');
    await workbench.command('View: Show Explorer');
  },
  'New Container Recipe offers what to start from': async (workbench) => {
    await workbench.command('Containers: New Container Recipe');
    await workbench.quickInput().locator('.monaco-list-row', { hasText: 'A container image of a registry' }).waitFor();
    await workbench.picture('new-recipe');
    await workbench.pick('A build stage and a small final image');
    await workbench.line('Stage: build').waitFor();
  },
  'New File… offers a recipe and a metalink': async (workbench) => {
    await workbench.command('Create: New File');
    await workbench.quickInput().locator('.monaco-list-row', { hasText: 'Container Recipe' }).waitFor();
    await workbench.picture('new-file');
    await workbench.pick(/^Metalink/); // the name of the extension stands behind each entry
    await workbench.pick('Skeleton');
    await workbench.line('urn:ietf:params:xml:ns:metalink').waitFor();
  },
  'the status item tells the state and that there is no engine': async (workbench) => {
    await workbench.open('tool.def', 'Bootstrap: docker');
    const item = workbench.page.locator('.hover-language-status', { hasText: 'Containers' }).first();
    await workbench.until(() => workbench.page.locator('#status\\.languageStatus').click({ timeout: 5000 }), item);
    assert.match(await item.innerText(), /no engine found: no build, no run/);
    await workbench.picture('status');
    await workbench.page.keyboard.press('Escape');
  },
  'without an engine the menu shows building greyed out, and the palette says why': async (workbench) => {
    await workbench.command('View: Show Explorer');
    await workbench.openMenu(workbench.file('tool.def'), ['Container', 'No Apptainer or SingularityCE Found']);
    const entry = workbench.menuItem('No Apptainer or SingularityCE Found');
    assert.match((await entry.getAttribute('class')) ?? '', /disabled/);
    await workbench.picture('menu-no-engine');
    await workbench.page.keyboard.press('Escape');
    await workbench.page.keyboard.press('Escape');
    await workbench.command('Containers: Why Are Build and Run Off');
    await workbench.notification('Neither apptainer nor singularity was found').waitFor();
    await workbench.picture('no-engine');
    await workbench.clearNotifications();
  },
  'settings are grouped and described': async (workbench) => {
    await workbench.command('Preferences: Open Settings (UI)');
    const search = workbench.page.locator('.settings-editor .search-container .monaco-editor');
    const kind = workbench.page.locator('.settings-editor .setting-item-label', { hasText: 'Kind' }).first();
    await workbench.until(
      async () => {
        await search.click({ timeout: 5000 });
        await workbench.page.keyboard.press('Control+a');
        await workbench.page.keyboard.type('@ext:container-metalink.container-metalink');
      },
      kind,
      { each: 20_000 },
    );
    await workbench.picture('settings');
  },
};

/** Presses the button of a step. */
async function pressStep(workbench, button, shown) {
  const press = workbench.page.getByText(button, { exact: true }).first();
  await press.waitFor();
  await workbench.until(() => press.click({ timeout: 5000 }), shown, { each: 20_000 });
}

/** Opens the walkthrough: its tab is one for glances, and gives way to the next one. */
async function showWalkthrough(workbench) {
  await workbench.command('Welcome: Open Walkthrough');
  await workbench.pick('Get Started with Containers');
  await workbench.page.locator('.getting-started-step').first().waitFor();
}

/** Waits until a step, named as in package.json, has its mark. */
async function isDone(workbench, step) {
  await workbench.page.locator(`.getting-started-step[data-step-id$="#${step}"] .codicon.complete`).first().waitFor();
}
