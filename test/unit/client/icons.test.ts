// Icons of the languages: VS Code draws the one for dark grounds in "Default High Contrast Light", too. Graphics need a contrast of 3 to 1
// (WCAG 2.2, 1.4.11).
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

const folder = path.resolve(import.meta.dirname, '../../../media/languages');
const grounds = { light: ['#ffffff', '#f8f8f8'], dark: ['#000000', '#1f1f1f', '#ffffff'] };

describe.each(Object.entries(grounds))('%s icons', (theme, colours) => {
  const names = fs.readdirSync(folder).filter((name) => name.endsWith(`-${theme}.svg`));
  it.each(names)('%s', (name) => {
    const stroke = /stroke="(#[0-9a-f]{6})"/.exec(fs.readFileSync(path.join(folder, name), 'utf8'))?.[1] ?? '';
    for (const ground of colours) expect(contrast(stroke, ground), `${stroke} on ${ground}`).toBeGreaterThanOrEqual(3);
  });
  it('are there for every language', () => {
    expect(names).toHaveLength(3);
  });
});

/** Contrast of two colours (#rrggbb), from 1 to 21 (WCAG 2.2, "contrast ratio"). */
function contrast(first: string, second: string): number {
  const [darker = 0, lighter = 0] = [luminance(first), luminance(second)].sort((a, b) => a - b);
  return (lighter + 0.05) / (darker + 0.05);
}

/** Relative luminance of an sRGB colour (#rrggbb), from 0 to 1. */
function luminance(colour: string): number {
  const [red = NaN, green = NaN, blue = NaN] = [1, 3, 5].map((at) => {
    const part = parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
