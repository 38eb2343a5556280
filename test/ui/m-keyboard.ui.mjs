// Without a mouse: from a mistake in a recipe to its fix, to a verification report, to the cache; and everything has a name to be read out.
import assert from 'node:assert/strict';
import path from 'node:path';
import { breaches } from './accessibility.mjs';
export { prepare } from './c-cache.ui.mjs';

export const tests = {
  'from a mistake to its quick fix': async (workbench) => {
    await openByKeys(workbench, 'mistakes.def');
    await workbench.line('%tests').waitFor();
    await workbench.page.locator('.squiggly-error').first().waitFor({ state: 'attached' });
    // F8 goes from one mistake to the next and reads it out.
    const message = workbench.page.locator('.marker-widget', { hasText: 'Form' });
    await workbench.until(() => press(workbench, 'Control+Home', 'F8'), message);
    await workbench.pictures('keyboard-mistake');
    await press(workbench, 'Escape');
    const menu = workbench.page.locator('.action-widget:not(.action-list-submenu-panel) .monaco-list-row', { hasText: 'From' }).first();
    await workbench.until(() => press(workbench, 'Escape', 'Control+.'), menu);
    await workbench.until(() => press(workbench, 'Enter'), workbench.line(/^From:/));
  },
  'from a metalink to its report, and to what can be done there': async (workbench) => {
    await openByKeys(workbench, 'tool-1.4.meta4');
    await workbench.line('<metalink').waitFor();
    await commandByKeys(workbench, 'Containers: Verify Container');
    await workbench.line('INTACT').waitFor();
    await workbench.settled();
    // The report has the focus: its lines are read with the arrows, what can be done is listed by a command of VS Code.
    await workbench.page.locator('.editor-group-container.active .editor-instance .monaco-editor.focused').waitFor();
    await workbench.codeLens('Verify again').first().waitFor();
    await workbench.until(
      async () => {
        await press(workbench, 'Escape', 'Control+Home');
        await commandByKeys(workbench, 'Show CodeLens Commands for Current Line');
      },
      workbench.quickInput().locator('.monaco-list-row', { hasText: 'Verify again' }),
    );
    await workbench.pictures('keyboard-lenses');
    await workbench.leaveQuickInput();
    // A report is searched like any text.
    await press(workbench, 'Control+f');
    await workbench.page.keyboard.type('sha-256');
    await workbench.page.locator('.find-widget.visible .matchesCount', { hasText: /\d+ of \d+/ }).waitFor();
    await press(workbench, 'Escape');
  },
  'through the cache view: unfold, details, menu, delete': async (workbench) => {
    await commandByKeys(workbench, 'Containers: Focus on Caches View');
    const tree = workbench.page.locator('.customview-tree .monaco-list:focus');
    await tree.waitFor();
    await workbench.treeRow('library').first().waitFor();
    const focused = workbench.page.locator('.customview-tree .monaco-list-row.focused');
    await workbench.until(() => press(workbench, 'Home'), focused.filter({ hasText: 'Apptainer' }));
    await workbench.until(() => press(workbench, 'ArrowDown'), focused.filter({ hasText: 'library' }), { each: 500 });
    await workbench.until(() => press(workbench, 'ArrowRight'), workbench.treeRow(/tool.*1\.3/));
    await workbench.until(() => press(workbench, 'ArrowDown'), focused.filter({ hasText: /tool.*1\.3/ }), { each: 500 });
    await workbench.until(() => press(workbench, 'Shift+F10'), workbench.menuItem('Show Details'));
    await workbench.picture('keyboard-menu');
    await workbench.until(
      () => press(workbench, 'Escape'),
      async () => !(await workbench.menuItem('Show Details').isVisible()),
    );
    await workbench.until(() => press(workbench, 'Delete'), workbench.dialog());
    await workbench.until(
      () => press(workbench, 'Escape'),
      async () => !(await workbench.dialog().isVisible()),
    );
    await workbench.until(() => press(workbench, 'Enter'), workbench.line('Labels'));
  },
  'F6 goes round the parts of the window, and comes to the view': async (workbench) => {
    const inView = workbench.page.locator('.customview-tree .monaco-list:focus, .pane-header:focus', { hasText: /library|Caches/ });
    await workbench.until(() => press(workbench, 'F6'), inView, { each: 700 });
  },
  'rows, buttons and the status item have names': async (workbench) => {
    const names = (selector) =>
      workbench.page.locator(selector).evaluateAll((found) => found.map((item) => item.getAttribute('aria-label') ?? ''));
    const rows = await names('.customview-tree .monaco-list-row');
    assert.ok(rows.length > 4 && rows.every((name) => name !== ''), rows.join('\n'));
    assert.ok(
      rows.some((name) => /Cache of Apptainer in .*, .*B/.test(name)),
      rows.join('\n'),
    );
    const buttons = await names('.sidebar .title-actions .action-item a');
    assert.ok(buttons.length > 0 && buttons.every((name) => name !== ''), buttons.join('\n'));
    await workbench.open('tool.def', 'Bootstrap');
    const [status] = await names('#status\\.languageStatus a');
    assert.ok(status, 'the status item has no name');
    const [editor] = await names(
      '.editor-group-container.active .editor-instance .native-edit-context, .editor-group-container.active textarea.inputarea',
    );
    assert.match(editor ?? '', /tool\.def/);
  },
  'axe finds nothing in the cache view, in any theme': async (workbench) => {
    await workbench.command('Containers: Focus on Caches View');
    await workbench.unfold('library');
    await findsNothing(workbench, '.part.sidebar .customview-tree');
    await findsNothing(workbench, '.part.sidebar .composite.title');
  },
  'axe finds nothing in a report, in any theme': async (workbench) => {
    await workbench.open('tool-1.4.meta4', '<metalink');
    await workbench.command('Containers: Verify Container');
    await workbench.line('INTACT').waitFor();
    await workbench.settled();
    await findsNothing(workbench, '.editor-group-container.active .editor-instance');
  },
  'axe finds nothing in the walkthrough, in any theme': async (workbench) => {
    await workbench.command('Welcome: Open Walkthrough');
    await workbench.pick('Get Started with Containers');
    await workbench.page.locator('.getting-started-step').first().waitFor();
    await findsNothing(workbench, '.gettingStartedDetailsContent');
  },
  'a button of the walkthrough is reached and pressed': async (workbench) => {
    const focused = workbench.page.locator('.getting-started-step :focus', { hasText: 'Open Sample Recipe' });
    await workbench.until(() => press(workbench, 'Tab'), focused, { each: 300 });
    await workbench.until(() => press(workbench, 'Enter'), workbench.line('%tests'));
  },
};

/** Runs axe on a part of the window, in the light theme and in the others. */
async function findsNothing(workbench, selector) {
  const found = await breaches(workbench.page, selector);
  await workbench.inOtherThemes(async (theme) => {
    for (const breach of await breaches(workbench.page, selector)) found.push(`${theme}: ${breach}`);
  });
  assert.deepEqual(found, []);
}

async function press({ page }, ...keys) {
  for (const key of keys) await page.keyboard.press(key);
}

async function openByKeys(workbench, name) {
  const row = workbench.page.locator('.quick-input-list .monaco-list-row.focused', { hasText: name });
  await workbench.until(() => workbench.showQuickInput('Control+p', path.join(workbench.folder, name)), row);
  await workbench.until(() => press(workbench, 'Enter'), workbench.page.locator('.tab.active', { hasText: name }));
}

async function commandByKeys(workbench, title) {
  // Titles that hold the same words stand before it in the alphabet: the arrows go down to it.
  const rows = workbench.page.locator('.quick-input-list .monaco-list-row');
  await workbench.until(() => workbench.showQuickInput('F1', `>${title}`), rows.filter({ hasText: title }));
  const focused = workbench.page.locator('.quick-input-list .monaco-list-row.focused', { hasText: title });
  await workbench.until(
    async () => {
      if (!(await focused.isVisible())) await press(workbench, 'ArrowDown');
    },
    focused,
    { each: 500 },
  );
  await press(workbench, 'Enter');
}
