// A person at VS Code's workbench in the browser: opens files, calls commands, reads what is shown.
import fs from 'node:fs';
import path from 'node:path';

const patience = 30_000;

/** Opens the workbench on a folder and waits until the explorer shows it. */
export async function openWorkbench(browser, { origin, folder, screenshots, theme }) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, reducedMotion: 'reduce', permissions: [] });
  await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin });
  const page = await context.newPage();
  page.setDefaultTimeout(patience);
  await page.goto(`${origin}/?folder=${encodeURIComponent(folder)}`, { timeout: 90_000 });
  await page.locator('.monaco-workbench .explorer-folders-view .monaco-list-row').first().waitFor({ timeout: 90_000 });
  return new Workbench(page, screenshots, theme);
}

class Workbench {
  constructor(page, screenshots, theme) {
    this.page = page;
    this.screenshots = screenshots;
    this.theme = theme;
  }

  /** Opens a file by Quick Open, goes to its start, and waits for its text. */
  async open(name, text) {
    const base = path.basename(name);
    const row = this.page.locator('.quick-input-list .monaco-list-row', { has: this.page.getByText(base, { exact: true }) }).first();
    for (let tries = 1; ; tries++) {
      await this.page.keyboard.press('Control+p');
      await this.page.locator('.quick-input-widget input.input').fill(name);
      try {
        await row.click({ timeout: 5000 });
        await this.page.locator('.tab.active').getByText(base, { exact: true }).waitFor({ timeout: 5000 });
        break;
      } catch (error) {
        if (tries === 4) throw error;
        await this.page.keyboard.press('Escape');
      }
    }
    await this.page.locator('.editor-instance .view-line').first().click();
    await this.page.keyboard.press('Control+Home');
    if (text !== undefined) await this.line(text).first().waitFor();
  }

  /** Calls a command of ours from the palette by its title. */
  async command(title) {
    const row = this.page.locator('.quick-input-list .monaco-list-row', { hasText: title }).first();
    // In a window that has just opened, commands of extensions come a little later, and an open palette does not see them come.
    for (let tries = 1; ; tries++) {
      await this.page.keyboard.press('F1');
      await this.page.locator('.quick-input-widget input.input').fill(`>${title}`);
      try {
        await row.click({ timeout: 5000 });
        return;
      } catch (error) {
        if (tries === 6) throw error;
        await this.page.keyboard.press('Escape');
      }
    }
  }

  /** Waits until the palette offers a command, and leaves it. */
  async offers(title) {
    for (let tries = 1; !(await this.paletteEntries(title)).some((entry) => entry.includes(title)); tries++)
      if (tries === 10) throw new Error(`The palette does not offer ${title}.`);
  }

  /** Titles that the palette offers for a text. */
  async paletteEntries(text) {
    await this.page.keyboard.press('F1');
    await this.page.locator('.quick-input-widget input.input').fill(`>${text}`);
    await this.page.waitForTimeout(700);
    const rows = await this.page.locator('.quick-input-list .monaco-list-row .label-name').allInnerTexts();
    await this.page.keyboard.press('Escape');
    return rows;
  }

  /** Lines of the active editor that hold a text. Blanks of the editor are no-break spaces. */
  line(text) {
    const pattern = typeof text === 'string' ? new RegExp(escape(text).replace(/ /g, '[ \\u00a0]')) : text;
    return this.page.locator('.editor-instance .view-line', { hasText: pattern });
  }

  /** Puts the cursor on a line that holds a text. */
  async clickLine(text, { end = true } = {}) {
    await this.line(text).first().click();
    if (end) await this.page.keyboard.press('End');
  }

  /** Rests the mouse on a word and gives the hover's text. */
  async hover(text, wanted) {
    const hover = this.page.locator('.monaco-hover:visible', wanted === undefined ? {} : { hasText: wanted });
    // While the editor is still laying itself out, the word moves away from under the mouse: then the mouse goes there again.
    for (let attempt = 1; !(await hover.first().isVisible()); attempt++) {
      const place = await this.wordBox(text);
      await this.page.mouse.move(place.x + place.width / 2 - 2, place.y + place.height / 2);
      await this.page.mouse.move(place.x + place.width / 2, place.y + place.height / 2);
      await hover
        .first()
        .waitFor({ timeout: 10_000 })
        .catch((error) => {
          if (attempt === 4) throw error;
        });
    }
    return hover.first();
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

  notification(text) {
    return this.page.locator('.notifications-toasts .notification-list-item', { hasText: text });
  }

  async pressNotificationButton(text, button) {
    const toast = this.notification(text).first();
    await toast.waitFor({ timeout: 60_000 });
    await toast.getByRole('button', { name: button }).click();
  }

  async clearNotifications() {
    await this.command('Notifications: Clear All Notifications');
  }

  dialog() {
    return this.page.locator('.monaco-dialog-box');
  }

  async pressDialogButton(name) {
    await this.dialog().getByRole('button', { name, exact: true }).click();
    await this.dialog().waitFor({ state: 'hidden' });
  }

  quickInput() {
    return this.page.locator('.quick-input-widget');
  }

  async pick(text) {
    await this.page.locator('.quick-input-list .monaco-list-row', { hasText: text }).first().click();
  }

  /** Answers an input box. */
  async answer(text) {
    await this.page.locator('.quick-input-widget input.input').fill(text);
    await this.page.keyboard.press('Enter');
  }

  codeLens(text) {
    return this.page.locator('.editor-instance .codelens-decoration a', { hasText: text });
  }

  /** All lines of the active editor that are on the screen. */
  async shownText() {
    return (await this.page.locator('.editor-instance .view-line').allInnerTexts()).join('\n').replace(/\u00a0/g, ' ');
  }

  async closeEditors() {
    await this.page.keyboard.press('Control+k');
    await this.page.keyboard.press('Control+w');
    const discard = this.dialog().getByRole('button', { name: "Don't Save" });
    if (await discard.isVisible().catch(() => false)) await discard.click();
  }

  treeRow(text) {
    return this.page.locator('.customview-tree .monaco-list-row', { hasText: text });
  }

  /** Keeps a picture of what a person sees now; `.png` below out/screenshots. */
  async picture(name, options = {}) {
    await this.page.waitForTimeout(400); // toasts and lists fade in and out
    fs.mkdirSync(this.screenshots, { recursive: true });
    await this.page.screenshot({ path: path.join(this.screenshots, `${name}.png`), ...options });
  }

  /** Waits until no progress notification is shown any more. */
  async settled() {
    await this.page.locator('.notification-list-item .monaco-progress-container.active').first().waitFor({ state: 'detached' });
  }

  async close() {
    await this.page.context().close();
  }
}

function escape(text) {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
