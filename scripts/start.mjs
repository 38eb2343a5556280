// `npm start`: VS Code with the packaged extension, a sample workspace, and a hub on this machine that serves what the samples name.
//   npm start                 VS Code in the browser (installed when missing); prints the address
//   npm start -- --desktop    the `code` program of this machine
//   npm start -- --port 8080  a fixed port for VS Code in the browser
import { ensureDependencies } from './ensure-dependencies.mjs';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import net from 'node:net';
import path from 'node:path';
import { parseArgs } from 'node:util';

const root = path.resolve(import.meta.dirname, '..');
const { desktop = false, port } = readOptions();
const started = performance.now();
const say = (text) => console.log(`${((performance.now() - started) / 1000).toFixed(1).padStart(6)} s  ${text}`);

// What cannot work is told before anything is installed or built.
const code = desktop ? desktopCode() : undefined;
if (port !== undefined) await mustBeFree(port);
if (ensureDependencies()) say('packages installed');
// What follows imports packages: not before they are there.
const { createPlayground } = await import('./playground.mjs');
packageExtension();
say('extension built and packaged');
const vsix = path.join(root, 'out/container-metalink.vsix');
const codeServer = desktop ? undefined : (await import('../test/runtime/install.mjs')).ensureCodeServer({ log: say });

// What there is to try stands in the sample's README: the window opens with it.
const playground = await createPlayground({ settings: { 'workbench.startupEditor': 'readme' } });
say(`embedded hub on ${playground.hub.origin}`);
let stopCode = async () => undefined;
let stopping = false;
const stop = async (exitCode) => {
  if (stopping) return;
  stopping = true;
  await stopCode();
  await playground.close();
  process.exit(exitCode);
};
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => void stop(0));

try {
  if (desktop) await startDesktop();
  else await startInBrowser();
} catch (error) {
  console.error(error.message);
  await stop(1);
}

async function startInBrowser() {
  const { installExtension, startCodeServer } = await import('../test/runtime/codeServer.mjs');
  installExtension(codeServer, vsix, playground.profile);
  say('extension installed in a fresh profile');
  const server = await startCodeServer(codeServer, { ...playground.profile, port });
  stopCode = server.stop;
  void server.exit.then(() => stop(1));
  const address = `${server.origin}/?folder=${encodeURIComponent(playground.workspace)}`;
  say(`sample workspace in ${playground.workspace}`);
  console.log(`\n  Open ${address}\n  Its README.md says what to try. Ctrl-C ends everything.\n`);
  openBrowser(address);
}

async function startDesktop() {
  const args = ['--user-data-dir', playground.profile.userDataDir, '--extensions-dir', playground.profile.extensionsDir];
  execFileSync(code, [...args, '--install-extension', vsix, '--force'], { stdio: ['ignore', 'ignore', 'inherit'] });
  say('extension installed in a fresh profile');
  const child = spawn(code, [...args, '--new-window', '--wait', '--disable-workspace-trust', playground.workspace], {
    env: { ...process.env, ...playground.profile.env },
    stdio: 'ignore',
    detached: true,
  });
  stopCode = async () => process.kill(-child.pid, 'SIGTERM');
  child.on('error', (error) => {
    console.error(error.message);
    void stop(1);
  });
  child.on('exit', () => {
    stopCode = async () => undefined;
    void stop(0);
  });
  console.log('\n  VS Code opens in a window of its own. Ctrl-C here, or closing it, ends everything.\n');
}

/** The options, or the end with what is wrong about them: nothing is installed for a wrong call. */
function readOptions() {
  try {
    const { values } = parseArgs({ options: { desktop: { type: 'boolean' }, port: { type: 'string' } } });
    const number = values.port === undefined ? undefined : Number(values.port);
    if (number !== undefined && !(Number.isInteger(number) && number > 0 && number < 65_536))
      throw new Error(`--port takes a number from 1 to 65535, not "${values.port}".`);
    if (values.desktop === true && number !== undefined)
      throw new Error('--port is for VS Code in the browser: it says nothing with --desktop.');
    return { desktop: values.desktop, port: number };
  } catch (error) {
    console.error(`${error.message}\nUse: npm start -- [--desktop | --port N]`);
    return process.exit(64);
  }
}

/** Ends with what to do when something listens on the port already: its answers would be taken for ours. */
async function mustBeFree(wanted) {
  const problem = await new Promise((resolve) => {
    const server = net.createServer().on('error', resolve);
    server.listen(wanted, '127.0.0.1', () => server.close(() => resolve(undefined)));
  });
  if (problem === undefined) return;
  const cause =
    { EADDRINUSE: 'is in use already', EACCES: 'may not be used by you' }[problem.code] ?? `cannot be used (${problem.message})`;
  console.error(`Port ${wanted} ${cause}. Name another one with --port, or leave it out: then a free one is taken.`);
  process.exit(1);
}

/** Builds and packages; what the tools say on the way is shown only when it fails. */
function packageExtension() {
  const { status, stderr } = spawnSync(process.execPath, [path.join(root, 'scripts/package.mjs')], {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  if (status === 0) return;
  console.error(stderr);
  process.exit(1);
}

function desktopCode() {
  const program = process.env.VSCODE_EXECUTABLE ?? 'code';
  if (spawnSync(program, ['--version'], { stdio: 'ignore' }).status === 0) return program;
  console.error('Desktop VS Code (`code`) is not on PATH. Without --desktop, VS Code runs in the browser.');
  return process.exit(1);
}

/** Opens the address where a desktop is there to show it. */
function openBrowser(address) {
  if (process.env.CI || (process.platform === 'linux' && !process.env.DISPLAY && !process.env.WAYLAND_DISPLAY)) return;
  const program = process.platform === 'darwin' ? 'open' : 'xdg-open';
  spawn(program, [address], { stdio: 'ignore', detached: true }).on('error', () => say(`(no ${program}: open the address yourself)`));
}
