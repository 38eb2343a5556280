// In German: commands, messages of the server and of the client, reports.
import assert from 'node:assert/strict';

export const locale = 'de';

export { prepare } from './c-cache.ui.mjs';

export const tests = {
  'commands and diagnostics': async (workbench) => {
    await workbench.open('mistakes.def', '%tests');
    await workbench.page.locator('.squiggly-error').first().waitFor({ state: 'attached' });
    await workbench.offers('Container: Container prüfen');
    const hover = await workbench.hover('%tests', 'Unbekannter Abschnitt');
    await workbench.picture('german-recipe');
    assert.match(await hover.innerText(), /invalid section/); // the engine's own words stay
    await workbench.page.keyboard.press('Escape');
  },
  'a report, its lenses and what is asked': async (workbench) => {
    await workbench.open('tool-1.4.meta4', '<metalink');
    await workbench.command('Container: Container prüfen');
    await workbench.line('UNVERSEHRT').waitFor();
    await workbench.codeLens('Diesem Schlüssel vertrauen').first().waitFor();
    assert.match(await workbench.shownText(), /wie angegeben/);
    await workbench.settled();
    await workbench.picture('german-report');
    await workbench.pressLens('Diesem Schlüssel vertrauen', workbench.dialog());
    await workbench.picture('german-question');
    await workbench.until(
      () => workbench.page.keyboard.press('Escape'),
      async () => !(await workbench.dialog().isVisible()),
    );
  },
  'the cache view, its menu, and what is asked before cleaning': async (workbench) => {
    await workbench.command('Container: Focus on Caches View');
    await workbench.unfold('oras');
    await workbench
      .treeRow(/tool.*1\.4/)
      .first()
      .waitFor();
    await workbench.openMenu(workbench.treeRow(/tool.*1\.4/).first(), ['Einzelheiten zeigen']);
    await workbench.picture('german-cache');
    await workbench.closeMenus();
    await workbench.command('Container: Caches aufräumen');
    await workbench.quickInput().locator('.monaco-list-row', { hasText: 'Reste und Verwaistes' }).waitFor();
    await workbench.picture('german-clean');
    await workbench.leaveQuickInput();
  },
  'a step of the walkthrough': async (workbench) => {
    await workbench.command('Welcome: Open Walkthrough');
    await workbench.pick('Erste Schritte mit Containern');
    await workbench.page.locator('.getting-started-step', { hasText: 'Ein Beispielrezept öffnen' }).waitFor();
    await workbench.picture('german-walkthrough');
    await workbench.page.getByRole('button', { name: 'Beispielrezept öffnen', exact: true }).last().waitFor();
  },
};
