// Makes sure that node_modules is what package-lock.json says. Imports nothing but Node: it runs before anything is installed.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '..');

/** Runs `npm ci` when node_modules is missing or older than the lock file. Returns whether it had to. Throws when npm fails. */
export function ensureDependencies() {
  refuseOldNode();
  if (upToDate()) return false;
  console.log('Installing the development packages (npm ci) …');
  execFileSync(process.platform === 'win32' ? 'npm.cmd' : 'npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
    shell: process.platform === 'win32',
  });
  return true;
}

function refuseOldNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  console.error(`Node ${process.versions.node} is too old: 20.19 or newer is needed.`);
  process.exit(1);
}

/** npm writes node_modules/.package-lock.json at the end of every installation: each package there must be the locked one. */
function upToDate() {
  const installed = readPackages(path.join(root, 'node_modules/.package-lock.json'));
  const locked = readPackages(path.join(root, 'package-lock.json'));
  if (installed === undefined || locked === undefined) return false;
  return Object.entries(locked).every(
    ([place, entry]) => place === '' || entry.optional === true || installed[place]?.version === entry.version,
  );
}

function readPackages(file) {
  return fs.existsSync(file) ? JSON.parse(fs.readFileSync(file, 'utf8')).packages : undefined;
}
