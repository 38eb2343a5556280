// Takes the pictures of the README and of the walkthrough from those that the UI tests have left in out/screenshots: cut out, smaller,
// in few colours. Run it after `node scripts/test-ui.mjs`, and look at the result.
import fs from 'node:fs';
import path from 'node:path';
import { launchBrowser } from '../test/runtime/browser.mjs';
import { encodeIndexedPng } from './indexed-png.mjs';

const root = path.resolve(import.meta.dirname, '..');
const limit = 1_000_000;

/** Target below media/ → picture in out/screenshots; left, top, width, height of what is kept; width of the result, in pixels. */
const pictures = {
  'screenshots/recipe-mistake.png': ['recipe-mistake', [0, 36, 1280, 700], 1280],
  'screenshots/recipe-hover.png': ['recipe-hover', [0, 36, 1280, 560], 1280],
  'screenshots/report.png': ['report', [350, 36, 930, 560], 930],
  'screenshots/pulled.png': ['pulled', [0, 36, 1280, 764], 1280],
  'screenshots/cache.png': ['cache-verified', [0, 36, 1280, 560], 1280],
  'walkthrough/open.png': ['walkthrough-sample', [0, 36, 820, 460], 460],
  'walkthrough/fix.png': ['recipe-quick-fix', [352, 290, 820, 460], 460],
  'walkthrough/pin.png': ['pinned', [352, 36, 820, 400], 460],
  'walkthrough/pull.png': ['report', [352, 36, 820, 340], 460],
  'walkthrough/cache.png': ['cache', [0, 36, 640, 440], 460],
};

const browser = await launchBrowser();
const page = await browser.newPage();
let sum = 0;
for (const [target, [name, part, width]] of Object.entries(pictures)) {
  const source = path.join(root, 'out', 'screenshots', `${name}.png`);
  if (!fs.existsSync(source)) {
    console.error(`out/screenshots/${name}.png is not there: run the UI tests first`);
    process.exitCode = 1;
    continue;
  }
  const result = await page.evaluate(cutOut, [fs.readFileSync(source).toString('base64'), part, width]);
  const png = encodeIndexedPng(target.startsWith('walkthrough/') ? 16 : 128, width, result.height, Buffer.from(result.rgba, 'base64'));
  const file = path.join(root, 'media', target);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, png);
  sum += png.length;
}
await browser.close();
console.log(`${sum.toLocaleString('en')} bytes of pictures`);
if (sum > limit) {
  console.error(`They must stay under ${limit.toLocaleString('en')} bytes together.`);
  process.exitCode = 1;
}

/** Runs in the page: the part of a PNG, drawn at another width, as RGBA. */
async function cutOut([base64, [left, top, partWidth, partHeight], width]) {
  const image = new Image();
  image.src = `data:image/png;base64,${base64}`;
  await image.decode();
  const height = Math.round((partHeight * width) / partWidth);
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d');
  context.imageSmoothingQuality = 'high';
  context.drawImage(image, left, top, partWidth, partHeight, 0, 0, width, height);
  const { data } = context.getImageData(0, 0, width, height);
  let text = '';
  for (let i = 0; i < data.length; i += 30_000) text += String.fromCharCode(...data.subarray(i, i + 30_000));
  return { height, rgba: btoa(text) };
}
