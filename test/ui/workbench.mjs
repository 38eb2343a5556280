// A person at VS Code's workbench in the browser: opens files, calls commands, reads what is shown.
//
// The machine may be slow and busy: rows move while a list is filled, a click is lost while the window is laid out, a menu ignores the
// mouse in its first moment. So nothing here sleeps and hopes: each act is followed by a look whether what it should bring is there, and is
// repeated until it is (`until`).
import fs from 'node:fs';
import path from 'node:path';

/** How long (ms) a state may take to come: long, because only a failing test waits that long. */
const patience = 90_000;
/** How long (ms) an act may take to show before it is repeated. */
const once = 8000;

/** What the window is drawn in: what the system wishes, and the mark of the theme that VS Code takes for it (settings `themed`). */
const themes = {
  light: { wish: { colorScheme: 'light', forcedColors: 'none' }, mark: '.vs' },
  dark: { wish: { colorScheme: 'dark', forcedColors: 'none' }, mark: '.vs-dark' },
  'high-contrast': { wish: { colorScheme: 'dark', forcedColors: 'active' }, mark: '.hc-black' },
  'high-contrast-light': { wish: { colorScheme: 'light', forcedColors: 'active' }, mark: '.hc-light' },
};

/** Settings with which VS Code takes another theme as soon as the system wishes so. */
export const themed = { 'window.autoDetectColorScheme': true, 'window.autoDetectHighContrast': true };

/** Opens the workbench on a folder and waits until the explorer shows it. Our extension writes into its log which commands are called. */
export async function openWorkbench(browser, { origin, folder, screenshots, locale }) {
  const { wish } = themes.light;
  const context = await browser.newContext({
    viewport: { width: 1280, height: 800 },
    reducedMotion: 'reduce',
    permissions: [],
    locale,
    ...wish,
  });
  await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin });
  // What a language pack would set; none is needed to see our own texts in that language.
  if (locale !== undefined) await context.addInitScript((language) => (globalThis._VSCODE_NLS_LANGUAGE = language), locale);
  const page = await context.newPage();
  page.setDefaultTimeout(patience);
  const payload = JSON.stringify([['logLevel', 'container-metalink.container-metalink=debug']]);
  await page.goto(`${origin}/?${new URLSearchParams({ folder, payload })}`, { timeout: 2 * patience, waitUntil: 'commit' });
  const workbench = new Workbench(page, { folder, screenshots });
  await workbench.isOpen();
  return workbench;
}

class Workbench {
  constructor(page, { folder, screenshots }) {
    this.page = page;
    this.folder = folder;
    this.screenshots = screenshots;
  }

  /**
   * Acts until `shown` holds: a locator of what must be visible, or a function. The act must be harmless when it comes twice. An act that
   * fails (what it wants to click has just gone) is an act that showed nothing.
   */
  async until(act, shown, { within = patience, each = once } = {}) {
    const isShown = async (timeout) => {
      if (typeof shown === 'function') return waitUntil(shown, timeout);
      await shown.first().waitFor({ timeout });
      return true;
    };
    let problem;
    for (const end = Date.now() + within; ;) {
      try {
        await act();
        problem = undefined;
      } catch (error) {
        problem = error;
      }
      try {
        // What an act that failed did not bring does not come by waiting.
        if (await isShown(problem === undefined ? each : 1000)) return;
      } catch (error) {
        problem ??= error;
      }
      if (process.env.TRACE) console.log(`  again: ${problem?.message.split('\n')[0] ?? 'nothing shown'} ${callers()}`);
      if (Date.now() > end || this.page.isClosed()) throw problem ?? new Error(`What was waited for did not come: ${String(shown)}`);
    }
  }

  /** Opens a file by Quick Open, goes to its start, and waits for its text. */
  async open(name, text) {
    const base = path.basename(name);
    // By its whole path: a name finds reports about the file too, and while they come, rows change their places under the mouse.
    const row = this.page.locator(`.quick-input-list .monaco-list-row[aria-label^="${base},"]`).first();
    const tab = this.page.locator(`.tab.active[data-resource-name="${base}"]`);
    await this.until(async () => {
      await this.showQuickInput('Control+p', path.join(this.folder, name));
      await this.pressRow(row);
    }, tab);
    const editor = this.page.locator('.editor-group-container.active .editor-instance');
    const focused = editor.locator('.monaco-editor.focused');
    await this.until(() => editor.locator('.view-line').first().click({ timeout: once }), focused);
    await this.page.keyboard.press('Control+Home');
    if (text !== undefined) await this.line(text).first().waitFor();
  }

  /** Calls a command from the palette by its title. */
  async command(title) {
    const row = this.page.locator('.quick-input-list .monaco-list-row', { hasText: title }).first();
    const asked = `>${title}`;
    let called = false;
    await this.until(
      async () => {
        called = false;
        // In a window that has just opened, commands of extensions come a little later, and an open palette does not see them come.
        await this.showQuickInput('F1', asked);
        await this.pressRow(row);
        called = true;
      },
      // The palette closes, or gives its place to what the command asks.
      async () => called && (!(await this.quickInput().isVisible()) || (await this.inputValue()) !== asked),
    );
  }

  /** Opens Quick Open or the palette and puts a text into it. */
  async showQuickInput(key, text) {
    const input = this.page.locator('.quick-input-widget input.input');
    await this.page.keyboard.press('Escape');
    // A key is lost while the focus moves from one part of the window to another.
    await this.until(() => this.page.keyboard.press(key), input, { within: once, each: 1500 });
    // It may close again at once, because something else takes the focus: then the caller asks for it once more.
    await input.fill(text, { timeout: 2000 });
  }

  /** Clicks a row of Quick Open or the palette once it is there; fails at once when the list has closed, because something else took the focus. */
  async pressRow(row) {
    const come = async () => (await row.isVisible()) || !(await this.quickInput().isVisible());
    await waitFor('the row is there', come, once);
    await row.click({ timeout: 2000 });
  }

  inputValue() {
    return this.page.locator('.quick-input-widget input.input').inputValue({ timeout: once });
  }

  /** Waits until the palette offers a command, and leaves it. */
  async offers(title) {
    const row = this.page.locator('.quick-input-list .monaco-list-row .label-name', { hasText: title });
    await this.until(() => this.showQuickInput('F1', `>${title}`), row, { each: 3000 });
    await this.leaveQuickInput();
  }

  /** Titles that the palette offers for a text that begins a category of ours. */
  async paletteEntries(text) {
    const names = this.page.locator('.quick-input-list .monaco-list-row .label-name');
    // The list is filled in steps: what counts is what stays the same for a while.
    let rows;
    await this.until(
      async () => {
        await this.showQuickInput('F1', `>${text}`);
        rows = await steady(() => names.allInnerTexts());
      },
      async () => rows.length > 0,
    );
    await this.leaveQuickInput();
    return rows;
  }

  async leaveQuickInput() {
    await this.until(
      () => this.page.keyboard.press('Escape'),
      async () => !(await this.quickInput().isVisible()),
      { each: 1000 },
    );
  }

  /** Lines of the active editor that hold a text. Blanks of the editor are no-break spaces. */
  line(text) {
    const pattern = typeof text === 'string' ? new RegExp(escape(text).replace(/ /g, '[ \\u00a0]')) : text;
    return this.page.locator('.editor-group-container.active .editor-instance .view-line', { hasText: pattern });
  }

  /** Puts the cursor on the end of a line that holds a text. */
  async clickLine(text) {
    const focused = this.page.locator('.editor-group-container.active .editor-instance .monaco-editor.focused');
    await this.until(() => this.line(text).first().click({ timeout: once }), focused);
    await this.page.keyboard.press('End');
  }

  /** Rests the mouse on a word and gives the hover. */
  async hover(text, wanted) {
    const hover = this.page.locator('.monaco-hover:visible', wanted === undefined ? {} : { hasText: wanted }).first();
    // While the editor is still laying itself out, the word moves away from under the mouse: then the mouse goes there again.
    const rest = async () => {
      const place = await this.wordBox(text);
      // A place that had nothing to tell once, while providers were not there yet, is asked anew only after the mouse has been elsewhere.
      await this.page.mouse.move(640, 5);
      await this.page.mouse.move(place.x + place.width / 2 - 2, place.y + place.height / 2);
      await this.page.mouse.move(place.x + place.width / 2, place.y + place.height / 2);
    };
    await this.until(rest, hover, { each: 5000 });
    return hover;
  }

  /** Where a text stands on the screen, in an editor. */
  async wordBox(text) {
    return this.line(text)
      .first()
      .evaluate((line, wanted) => {
        const walker = document.createTreeWalker(line, NodeFilter.SHOW_TEXT);
        let whole = '';
        const nodes = [];
        for (let node = walker.nextNode(); node; node = walker.nextNode()) {
          nodes.push([node, whole.length]);
          whole += node.textContent.replace(/\u00a0/g, ' ');
        }
        const at = whole.indexOf(wanted);
        const place = (offset) => {
          const [node, start] = nodes.findLast(([, start]) => start <= offset);
          return [node, Math.min(offset - start, node.textContent.length)];
        };
        const range = document.createRange();
        range.setStart(...place(at));
        range.setEnd(...place(at + wanted.length));
        const { x, y, width, height } = range.getBoundingClientRect();
        return { x, y, width, height };
      }, text);
  }

  /** A quick fix by its title, on the line that holds a text. */
  async quickFix(text, title) {
    const menu = this.page.locator('.action-widget:not(.action-list-submenu-panel)');
    const entry = menu.locator('.monaco-list-row', { hasText: title }).first();
    // A light bulb that comes before the diagnostics offers nothing: then it is asked again.
    await this.until(async () => {
      await this.page.keyboard.press('Escape');
      await this.clickLine(text);
      await this.page.keyboard.press('Control+.');
    }, entry);
    return entry;
  }

  /** A notification, as long as it is shown in the corner. */
  notification(text) {
    return this.page.locator('.notifications-toasts .notification-list-item', { hasText: text });
  }

  /** Presses a button of a notification; of one that has left the corner already, in the list of notifications. */
  async pressNotificationButton(text, button) {
    const anywhere = this.page.locator('.notification-list-item', { hasText: text }).first();
    const press = anywhere.getByRole('button', { name: button, exact: true });
    await anywhere.waitFor({ state: 'attached' });
    await this.until(
      async () => {
        if (!(await anywhere.isVisible())) {
          await this.command('Notifications: Show Notifications');
          await anywhere.click({ timeout: once });
        }
        await press.click({ timeout: once });
      },
      async () => !(await press.isVisible()),
    );
  }

  async clearNotifications() {
    await this.until(
      () => this.command('Notifications: Clear All Notifications'),
      async () => (await this.page.locator('.notifications-toasts .notification-list-item').count()) === 0,
    );
  }

  dialog() {
    return this.page.locator('.monaco-dialog-box');
  }

  async pressDialogButton(name) {
    const button = this.dialog().getByRole('button', { name, exact: true });
    await this.dialog().waitFor();
    await this.until(
      () => button.click({ timeout: once }),
      async () => !(await this.dialog().isVisible()),
    );
  }

  quickInput() {
    return this.page.locator('.quick-input-widget');
  }

  /** Chooses an entry of the list that is shown. */
  async pick(text) {
    const row = this.page.locator('.quick-input-list .monaco-list-row', { hasText: text }).first();
    await row.waitFor();
    await this.until(
      () => row.click({ timeout: once }),
      async () => !(await row.isVisible()),
    );
  }

  /** Answers the input box that is shown. */
  async answer(text) {
    await this.page.locator('.quick-input-widget input.input').fill(text);
    await this.page.keyboard.press('Enter');
  }

  /** Waits for the question with this title, and answers it. */
  async answerQuestion(title, text) {
    await this.question(title).waitFor();
    await this.answer(text);
    await this.question(title).waitFor({ state: 'hidden' });
  }

  question(title) {
    return this.page.locator('.quick-input-widget .quick-input-title:visible', { hasText: title });
  }

  /** Presses a button of the active editor's title, until what it should bring is there. */
  async pressTitleButton(name, shown) {
    const button = this.page.locator('.editor-group-container.active .editor-actions').getByRole('button', { name }).first();
    await this.until(() => button.click({ timeout: once }), shown, { each: 20_000 });
  }

  codeLens(text) {
    return this.page.locator('.editor-group-container.active .editor-instance .codelens-decoration a', { hasText: text });
  }

  /** Clicks a lens until what it should bring is there: lenses are drawn anew while their document changes. */
  async pressLens(text, shown, options) {
    const lens = this.codeLens(text).first();
    await lens.waitFor();
    await this.until(() => lens.click({ timeout: once }), shown, options);
  }

  /** All lines of the active editor that are on the screen. */
  async shownText() {
    const lines = this.page.locator('.editor-group-container.active .editor-instance .view-line');
    return (await lines.allInnerTexts()).join('\n').replace(/\u00a0/g, ' ');
  }

  /** A row of the explorer. Folders on the way must be open. */
  file(name) {
    return this.page.locator('.explorer-folders-view .monaco-list-row', { has: this.page.getByText(name, { exact: true }) });
  }

  /** Opens a folder of the explorer. */
  async openFolder(name, content) {
    await this.command('File: Focus on Files Explorer');
    // A second click would close it again: only one that brought nothing is repeated.
    if (!(await this.file(content).isVisible())) await this.until(() => this.file(name).click({ timeout: once }), this.file(content));
  }

  /** Chooses an entry of a row's context menu, if need be of a submenu, and waits for what it brings. */
  async chooseInMenu(row, entries, shown) {
    await this.until(
      async () => {
        await this.openMenu(row, entries);
        await this.pressMenuItem(entries.at(-1));
      },
      shown,
      { each: 20_000 },
    );
  }

  /**
   * Chooses an entry of the menu that is open. A menu that has only just opened ignores the mouse, so that nobody runs what they did not
   * see: it is clicked until the menu is gone.
   */
  async pressMenuItem(text) {
    const item = this.menuItem(text);
    await this.until(
      async () => {
        if (await item.isVisible()) await item.click({ timeout: once });
      },
      async () => !(await item.isVisible()),
      { within: 10_000, each: 300 },
    );
  }

  /** Opens a row's context menu and its submenu, so that the last of the entries is shown. */
  async openMenu(row, entries) {
    await this.closeMenus();
    await standsStill(row);
    await row.click({ button: 'right', timeout: once });
    for (const [index, entry] of entries.slice(0, -1).entries()) {
      await this.menuItem(entry).hover({ timeout: once });
      await this.menuItem(entries[index + 1]).waitFor({ timeout: once });
    }
  }

  /** Closes every menu that is open: one Escape closes a submenu only, and a menu keeps the mouse from what is below it. */
  async closeMenus() {
    const menus = this.page.locator('.monaco-menu-container');
    await this.until(
      async () => {
        if (await menus.first().isVisible()) await this.page.keyboard.press('Escape');
      },
      async () => !(await menus.first().isVisible()),
      { each: 300 },
    );
  }

  /** Rows of the terminal that hold a text, where it draws with elements (`terminal.integrated.gpuAcceleration` off). */
  terminal(text) {
    return this.page.locator('.terminal-wrapper.active .xterm-rows > div', { hasText: text }).first();
  }

  /** Types a line into the terminal that has the keyboard. */
  async typeInTerminal(text) {
    await this.page.locator('.terminal-wrapper.active .xterm.focus').waitFor();
    await this.page.keyboard.type(text);
    await this.page.keyboard.press('Enter');
  }

  menuItem(text) {
    return this.page.locator('.monaco-menu .action-item', { hasText: text }).last();
  }

  treeRow(text) {
    return this.page.locator('.customview-tree .monaco-list-row', { hasText: text });
  }

  /** Unfolds a row of the cache view. */
  async unfold(text) {
    const row = this.treeRow(text).first();
    await standsStill(row);
    await this.until(
      async () => {
        if ((await row.getAttribute('aria-expanded')) === 'false') await row.click({ timeout: once });
      },
      async () => (await row.getAttribute('aria-expanded')) === 'true',
    );
    await standsStill(row);
  }

  /** Keeps a picture of what a person sees now; `.png` below out/screenshots. */
  async picture(name) {
    await this.page.waitForTimeout(400); // toasts and lists fade in and out; only the looks of the picture depend on it
    await this.page.screenshot({ path: path.join(this.screenshots, `${name}.png`) });
  }

  /** Keeps a picture, and one in each of the other themes beside it (below `themes/`): the window stays as it is, whatever is open in it. */
  async pictures(name) {
    await this.picture(name);
    await this.inOtherThemes((theme) => this.page.screenshot({ path: path.join(this.screenshots, 'themes', `${name}.${theme}.png`) }));
  }

  /** Does something in each theme but the light one, which the window has before and after. */
  async inOtherThemes(act) {
    const { light, ...others } = themes;
    const wear = async ({ wish, mark }) => {
      await this.page.emulateMedia(wish);
      await this.page.locator(`.monaco-workbench${mark}`).waitFor();
    };
    for (const [name, theme] of Object.entries(others)) {
      await wear(theme);
      await act(name);
    }
    await wear(light);
  }

  /** Waits until no progress notification is shown any more. */
  async settled() {
    await this.page.locator('.notification-list-item .monaco-progress-container.active').first().waitFor({ state: 'detached' });
  }

  /**
   * Writes settings of the profile and opens the window anew: VS Code in the browser does not notice a change of the file from outside, and
   * settings of machine scope count from the machine's file.
   */
  async reloadWith({ userDataDir }, settings) {
    for (const place of ['User', 'Machine']) {
      const file = path.join(userDataDir, place, 'settings.json');
      fs.writeFileSync(file, JSON.stringify({ ...JSON.parse(fs.readFileSync(file, 'utf8')), ...settings }, null, 2));
    }
    await this.page.reload({ timeout: 2 * patience, waitUntil: 'commit' });
    await this.isOpen();
  }

  /** Waits until the explorer shows the folder. */
  async isOpen() {
    await this.page
      .locator('.monaco-workbench .explorer-folders-view .monaco-list-row')
      .first()
      .waitFor({ timeout: 2 * patience });
  }

  /** Opens the language status and waits until it says something. */
  async status(wanted) {
    const item = this.page.locator('.hover-language-status', { hasText: wanted }).first();
    await this.until(async () => {
      if (!(await item.isVisible())) await this.page.locator('#status\\.languageStatus').click({ timeout: once });
    }, item);
    return item;
  }

  /** What a click has opened stays open, over the buttons of notifications: a second click closes it. */
  async closeStatus() {
    const item = this.page.locator('.hover-language-status').first();
    await this.until(
      async () => {
        if (await item.isVisible()) await this.page.locator('#status\\.languageStatus').click({ timeout: once });
      },
      async () => !(await item.isVisible()),
      { each: 3000 },
    );
  }

  async close() {
    await this.page.context().close();
  }
}

/** Waits until something holds; gives whether it came to hold within `timeout` milliseconds. */
export async function waitUntil(holds, timeout = patience) {
  for (const end = Date.now() + timeout; ; await new Promise((resolve) => setTimeout(resolve, 100))) {
    if (await holds()) return true;
    if (Date.now() > end) return false;
  }
}

/** Waits until something holds, and fails with its name when it does not. */
export async function waitFor(what, holds, timeout = patience) {
  if (!(await waitUntil(holds, timeout))) throw new Error(`Waited in vain until ${what}.`);
}

/** Waits until a row has stood at one place for half a second: a list that is being read anew moves its rows under the mouse. */
export async function standsStill(row) {
  await row.first().waitFor();
  await steady(() => row.first().boundingBox());
}

/** What `read` gives when it has given the same for half a second. */
async function steady(read) {
  let before;
  for (const end = Date.now() + patience; ; await new Promise((resolve) => setTimeout(resolve, 250))) {
    const now = await read();
    const text = JSON.stringify(now);
    if (before?.text === text && Date.now() - before.since >= 500) return now;
    if (before?.text !== text) before = { text, since: Date.now() };
    if (Date.now() > end) throw new Error('It does not come to rest.');
  }
}

/** Who has called, for TRACE=1. */
function callers() {
  const places = new Error().stack.match(/\w+(?:\.ui)?\.mjs:\d+/g) ?? [];
  return places.slice(2).join(' ');
}

function escape(text) {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
