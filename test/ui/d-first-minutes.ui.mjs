// First minutes: the walkthrough with its five steps, new documents, the palette of a fresh window, settings that take effect at once.
import assert from 'node:assert/strict';

export const settings = { 'workbench.startupEditor': 'none' };

/** As on a machine on which no engine has run yet: there is no cache, and no variable names one. */
export function prepare({ profile }) {
  for (const name of ['APPTAINER_CACHEDIR', 'SINGULARITY_CACHEDIR']) delete profile.env[name];
}

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
    await workbench.pictures('walkthrough');
  },
  'step 1: the sample recipe opens, and the step is done': async (workbench) => {
    await pressStep(workbench, 'open', 'Open Sample Recipe', workbench.line('%tests'));
    await workbench.page.locator('.squiggly-error').first().waitFor({ state: 'attached' });
    await workbench.picture('walkthrough-sample');
    await showWalkthrough(workbench);
    await isDone(workbench, 'open');
  },
  'step 2: the mistake is shown with its quick fix, which mends it, and the step is done': async (workbench) => {
    const fix = workbench.page.locator('.action-widget .monaco-list-row', { hasText: '%test' }).first();
    await pressStep(workbench, 'fix', 'Show the Mistake', fix);
    await workbench.pictures('walkthrough-mistake');
    await workbench.until(() => fix.click({ timeout: 5000 }), workbench.line(/^%test$/));
    await showWalkthrough(workbench);
    await isDone(workbench, 'fix');
    await workbench.picture('walkthrough-done');
  },
  'step 3: an image of an open recipe is pinned to its digest, and only then the step is done': async (workbench) => {
    await workbench.open('tool.def', 'Bootstrap: docker');
    await showWalkthrough(workbench);
    await pressStep(workbench, 'pin', 'Pin Images to Digests', workbench.question('Which of the open recipes?'));
    await workbench.pictures('walkthrough-which');
    assert.equal(await stepMark(workbench, 'pin').count(), 0);
    await workbench.pick('tool.def');
    await workbench
      .line(/@sha256:/)
      .first()
      .waitFor();
    await workbench.clearNotifications();
    await showWalkthrough(workbench);
    await isDone(workbench, 'pin');
  },
  'step 4: a container is verified, and the step is done': async (workbench) => {
    await pressStep(workbench, 'pull', 'Verify Container', workbench.question('Verify which container?'));
    await workbench.pictures('verify-asks');
    await workbench.pick('tool-1.4.meta4');
    await workbench.line('INTACT').waitFor();
    await workbench.settled();
    await showWalkthrough(workbench);
    await isDone(workbench, 'pull');
  },
  'step 5: the view of the caches opens, and the step is done': async (workbench) => {
    await pressStep(workbench, 'cache', 'Open Container Caches', workbench.page.getByText('There is no cache of Apptainer').first());
    await workbench.pictures('walkthrough-cache');
    await isDone(workbench, 'cache');
    await workbench.pictures('walkthrough-all-done');
  },
  'the empty view of the caches offers to pull, and shows what came': async (workbench) => {
    const offer = workbench.page.locator('.welcome-view').getByRole('button', { name: 'Pull and Verify Container into Cache' });
    await workbench.until(() => offer.click({ timeout: 5000 }), workbench.question('Pull which container into the cache?'));
    await workbench.pick('tool-1.4.meta4');
    await workbench.unfold('http');
    await workbench.treeRow('tool').first().waitFor();
    await workbench.settled();
    await workbench.clearNotifications();
    await workbench.command('View: Show Explorer');
  },
  'New Container Recipe offers what to start from': async (workbench) => {
    await workbench.command('Containers: New Container Recipe');
    await workbench.quickInput().locator('.monaco-list-row', { hasText: 'A container image of a registry' }).waitFor();
    await workbench.pictures('new-recipe');
    await workbench.pick('A build stage and a small final image');
    await workbench.line('Stage: build').waitFor();
  },
  'New File… offers a recipe and a metalink': async (workbench) => {
    await workbench.command('Create: New File');
    await workbench.quickInput().locator('.monaco-list-row', { hasText: 'Container Recipe' }).waitFor();
    await workbench.pictures('new-file');
    await workbench.pick(/^Metalink/); // the name of the extension stands behind each entry
    await workbench.pick('Skeleton');
    await workbench.line('urn:ietf:params:xml:ns:metalink').waitFor();
  },
  'the status item tells the state and that there is no engine': async (workbench) => {
    await workbench.open('tool.def', 'Bootstrap: docker');
    const item = workbench.page.locator('.hover-language-status', { hasText: 'Containers' }).first();
    await workbench.until(() => workbench.page.locator('#status\\.languageStatus').click({ timeout: 5000 }), item);
    assert.match(await item.innerText(), /no engine found: no build, no run/);
    await workbench.pictures('status');
    await workbench.page.keyboard.press('Escape');
  },
  'without an engine the menu shows building greyed out, and the palette says why': async (workbench) => {
    await workbench.command('View: Show Explorer');
    await workbench.openMenu(workbench.file('tool.def'), ['Container', 'No Apptainer or SingularityCE Found']);
    const entry = workbench.menuItem('No Apptainer or SingularityCE Found');
    assert.match((await entry.getAttribute('class')) ?? '', /disabled/);
    await workbench.pictures('menu-no-engine');
    await workbench.page.keyboard.press('Escape');
    await workbench.page.keyboard.press('Escape');
    await workbench.command('Containers: Why Are Build and Run Off');
    await workbench.notification('Neither apptainer nor singularity was found').waitFor();
    await workbench.pictures('no-engine');
    await workbench.clearNotifications();
  },
  'Show Log opens our log; Restart Language Server brings the marks back': async (workbench) => {
    await workbench.command('Containers: Show Log');
    const log = workbench.page.locator('.part.panel', { hasText: 'Container Metalink' });
    await log.waitFor();
    await workbench.command('View: Toggle Panel Visibility');
    await workbench.open('mistakes.def', '%tests');
    const mark = workbench.page.locator('.squiggly-error').first();
    await mark.waitFor({ state: 'attached' });
    await workbench.command('Containers: Restart Language Server');
    await workbench.page.locator('.statusbar', { hasText: 'The language server was started again' }).waitFor();
    await mark.waitFor({ state: 'attached' });
    await workbench.hover('%tests', 'invalid section');
    await workbench.page.keyboard.press('Escape');
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
    await workbench.pictures('settings');
  },
};

/** Unfolds a step of the walkthrough, named as in package.json, and presses one of its buttons. */
async function pressStep(workbench, step, button, shown) {
  const place = workbench.page.locator(`.getting-started-step[data-step-id$="#${step}"]`);
  const press = place.getByRole('button', { name: button, exact: true }).last();
  await workbench.until(
    async () => {
      if (!(await press.isVisible())) await place.locator('.step-title').first().click({ timeout: 5000 });
    },
    press,
    { each: 2000 },
  );
  await workbench.until(() => press.click({ timeout: 5000 }), shown, { each: 20_000 });
}

/** Opens the walkthrough: its tab is one for glances, and gives way to the next one. */
async function showWalkthrough(workbench) {
  await workbench.command('Welcome: Open Walkthrough');
  await workbench.pick('Get Started with Containers');
  await workbench.page.locator('.getting-started-step').first().waitFor();
}

/** Waits until a step has its mark. */
async function isDone(workbench, step) {
  await stepMark(workbench, step).first().waitFor();
}

function stepMark(workbench, step) {
  return workbench.page.locator(`.getting-started-step[data-step-id$="#${step}"] .codicon.complete`);
}
