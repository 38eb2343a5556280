// Makes out/container-metalink.vsix: bundles, assets, licence notices, nothing else. Fails when it is larger than 1 MB.
//   node scripts/package.mjs [--built]     --built: dist/ is fresh already
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { createVSIX } from '@vscode/vsce';
import { packagedReadme } from './packaged-readme.mjs';

const root = path.resolve(import.meta.dirname, '..');
const packagePath = path.join(root, 'out', 'container-metalink.vsix');
const limit = 1_000_000;

if (!process.argv.includes('--built')) execFileSync(process.execPath, [path.join(root, 'scripts/build.mjs')], { stdio: 'inherit' });
const folder = collect();
await createVSIX({
  cwd: folder,
  packagePath,
  dependencies: false, // everything is bundled
  rewriteRelativeLinks: false,
  allowMissingRepository: true,
  skipLicense: false,
});
const { size } = fs.statSync(packagePath);
console.log(`${path.relative(root, packagePath)}: ${size.toLocaleString('en')} bytes`);
if (size > limit) {
  console.error(`The .vsix must stay under ${limit.toLocaleString('en')} bytes.`);
  process.exitCode = 1;
}

/** Copies what may be packaged (.vscodeignore chooses among it) to a folder of its own, because the package has a README of its own. */
function collect() {
  const target = path.join(root, 'out', 'package');
  fs.rmSync(target, { recursive: true, force: true });
  fs.mkdirSync(target, { recursive: true });
  const files = ['.vscodeignore', 'package.json', 'package.nls.json', 'package.nls.de.json', 'CHANGELOG.md', 'LICENSE', 'NOTICE'];
  for (const name of [...files, 'dist', 'l10n', 'media', 'schemas', 'snippets', 'syntaxes'])
    fs.cpSync(path.join(root, name), path.join(target, name), { recursive: true });
  fs.writeFileSync(path.join(target, 'README.md'), packagedReadme());
  return target;
}
