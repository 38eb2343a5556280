// Draws media/icon.png (256 px) from media/icon.svg with Chromium. Run it after the drawing changed, and `zopflipng` on the
// result: without, the file is half as large again.
import fs from 'node:fs';
import path from 'node:path';
import { launchBrowser } from '../test/runtime/browser.mjs';

const media = path.resolve(import.meta.dirname, '..', 'media');
const size = 256;
const browser = await launchBrowser();
const page = await browser.newPage({ viewport: { width: size, height: size } });
const drawing = fs.readFileSync(path.join(media, 'icon.svg'), 'utf8');
await page.setContent(`<style>body{margin:0;background:transparent}svg{display:block;width:${size}px;height:${size}px}</style>${drawing}`);
await page.screenshot({ path: path.join(media, 'icon.png'), omitBackground: true });
await browser.close();
