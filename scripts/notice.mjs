// Writes NOTICE: name, version and licence text of every package whose code is in the bundles.
import fs from 'node:fs';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '..');

/** Writes NOTICE for the files that went into the bundles. Throws when a bundled package carries no licence. */
export function writeNotice(inputs) {
  const folders = [...new Set(inputs.map(packageFolder).filter((folder) => folder !== undefined))].sort();
  const packages = folders.map(describe);
  const text = [
    'Container Metalink contains the following packages, each under its own licence.',
    '',
    ...packages.flatMap(({ title, licence, text }) => ['='.repeat(80), title, `Licence: ${licence}`, '', text.trim(), '']),
  ].join('\n');
  fs.writeFileSync(path.join(root, 'NOTICE'), text);
}

/** `node_modules/a/node_modules/@b/c/lib/x.js` → `node_modules/a/node_modules/@b/c`. */
function packageFolder(input) {
  return /^(?:.*node_modules\/)(?:@[^/]+\/)?[^/]+/.exec(input)?.[0];
}

function describe(folder) {
  const place = path.join(root, folder);
  const { name, version, license, licenses } = JSON.parse(fs.readFileSync(path.join(place, 'package.json'), 'utf8'));
  const licence = license ?? licenses?.map((entry) => entry.type).join(' OR ');
  const file = fs.readdirSync(place).find((entry) => /^(licen[cs]e|copying)(\.|-|$)/i.test(entry));
  if (licence === undefined && file === undefined) throw new Error(`${name} carries no licence`);
  const text =
    file === undefined
      ? `(The package names its licence, ${licence}, and carries no text of it.)`
      : fs.readFileSync(path.join(place, file), 'utf8');
  return { title: `${name} ${version}`, licence, text };
}
