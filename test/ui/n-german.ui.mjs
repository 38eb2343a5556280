// In German: commands, messages of the server and of the client, reports.
import assert from 'node:assert/strict';

export const locale = 'de';

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
};
