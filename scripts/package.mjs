// Makes out/container-metalink.vsix: bundles, assets, licence notices, nothing else. Fails when it is larger than 1 MB.
//   node scripts/package.mjs [--built]     --built: dist/ is fresh already
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { createVSIX } from '@vscode/vsce';
import { writeNotice } from './notice.mjs';

const root = path.resolve(import.meta.dirname, '..');
const packagePath = path.join(root, 'out', 'container-metalink.vsix');
const limit = 1_000_000;

if (!process.argv.includes('--built')) execFileSync(process.execPath, [path.join(root, 'scripts/build.mjs')], { stdio: 'inherit' });
writeNotice();
fs.mkdirSync(path.dirname(packagePath), { recursive: true });
await createVSIX({
  cwd: root,
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
