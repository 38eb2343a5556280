// The README as an installed extension shows it. VS Code's page of an extension loads pictures from the net only and knows no files beside
// the README: as long as package.json names no repository, through which a marketplace would resolve them, small pictures are put into the
// text itself, and links to files of the repository become plain words.
import fs from 'node:fs';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '..');

/** Pictures of the README that have a small twin, made for the walkthrough; the others are left out. */
const small = {
  'media/screenshots/recipe-mistake.png': 'media/walkthrough/fix.png',
  'media/screenshots/report.png': 'media/walkthrough/pull.png',
  'media/screenshots/cache.png': 'media/walkthrough/cache.png',
};

/** The text for the package: with its pictures inside and without links that lead nowhere. */
export function packagedReadme() {
  const text = fs.readFileSync(path.join(root, 'README.md'), 'utf8');
  const { repository } = JSON.parse(fs.readFileSync(path.join(root, 'package.json'), 'utf8'));
  if (repository !== undefined) return text;
  return text
    .replace(/!\[([^\]]*)\]\(([^)\s]+)\)\n\n?/g, (_whole, words, picture) =>
      small[picture] === undefined
        ? ''
        : `![${words}](data:image/png;base64,${fs.readFileSync(path.join(root, small[picture]), 'base64')})\n\n`,
    )
    .replace(/(?<!!)\[([^\]]+)\]\((?!https?:|#)[^)]+\)/g, '$1');
}
