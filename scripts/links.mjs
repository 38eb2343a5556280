// Checks the links of README.md, CHANGELOG.md, CONTRIBUTING.md and docs/: every relative link leads to a file of the project, every
// anchor to a heading in it. Links to the web are not followed. The index of rules is checked as well (rule-index.mjs).
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '..');
const pages = ['README.md', 'CHANGELOG.md', 'CONTRIBUTING.md', ...markdownIn('docs')].filter((file) =>
  fs.existsSync(path.join(root, file)),
);
const problems = pages.flatMap(brokenLinks);
for (const problem of problems) console.error(problem);
console.log(`${pages.length} pages, ${problems.length} broken links`);
const index = spawnSync(process.execPath, [path.join(import.meta.dirname, 'rule-index.mjs'), '--check'], { stdio: 'inherit' });
process.exitCode = problems.length === 0 && index.status === 0 ? 0 : 1;

function brokenLinks(page) {
  const text = withoutCode(fs.readFileSync(path.join(root, page), 'utf8'));
  const links = [...text.matchAll(/!?\[[^\]]*\]\(\s*<?([^)\s>]+)>?[^)]*\)|(?:src|href)="([^"]+)"/g)].map((match) => match[1] ?? match[2]);
  return links.flatMap((link) => {
    const problem = problemOf(page, link);
    return problem === undefined ? [] : [`${page}: ${link}: ${problem}`];
  });
}

function problemOf(page, link) {
  if (/^[a-z][a-z0-9+.-]*:/i.test(link)) return undefined;
  const [file = '', anchor] = decodeURI(link).split('#');
  const target = file === '' ? path.join(root, page) : path.resolve(root, path.dirname(page), file);
  if (!fs.existsSync(target)) return 'no such file';
  if (anchor === undefined || !target.endsWith('.md')) return undefined;
  return headings(target).has(anchor) ? undefined : 'no such heading';
}

function headings(file) {
  const lines = withoutCode(fs.readFileSync(file, 'utf8')).matchAll(/^#{1,6}\s+(.+)$/gm);
  return new Set([...lines].map((match) => slug(match[1])));
}

/** As GitHub makes anchors: lower case, no punctuation, blanks to hyphens. */
function slug(heading) {
  return heading
    .trim()
    .toLowerCase()
    .replace(/[^\p{Letter}\p{Number}\s_-]/gu, '')
    .replace(/\s/g, '-');
}

function withoutCode(markdown) {
  return markdown.replace(/^(```|~~~)[\s\S]*?^\1/gm, '');
}

function markdownIn(folder) {
  if (!fs.existsSync(path.join(root, folder))) return [];
  return fs
    .readdirSync(path.join(root, folder), { recursive: true })
    .filter((f) => f.endsWith('.md'))
    .map((f) => path.join(folder, f));
}
