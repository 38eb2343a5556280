// Starts and stops VS Code's server with a profile of its own.
import { execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';

/** A quiet profile: nothing is fetched, nothing pops up that the extension did not cause. */
export const quietSettings = {
  'chat.disableAIFeatures': true,
  'extensions.autoCheckUpdates': false,
  'extensions.autoUpdate': false,
  'extensions.ignoreRecommendations': true,
  'git.enabled': false,
  'security.workspace.trust.banner': 'never',
  'security.workspace.trust.startupPrompt': 'never',
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'workbench.enableExperiments': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.startupEditor': 'none',
  'workbench.welcomePage.walkthroughs.openOnInstall': false,
};

/** Installs a `.vsix` into a profile; returns what code-server printed. */
export function installExtension(codeServer, vsix, profile) {
  return execFileSync(codeServer.node, [codeServer.entry, ...profileArguments(profile), '--install-extension', vsix, '--force'], {
    env: serverEnvironment(profile.env),
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/**
 * Starts VS Code's server on a free loopback port and waits until it answers (at most 60 s). `profile`: `userDataDir` (keep the path
 * short, a socket is made in it), `extensionsDir`, `settings`, `env`, `workspaceTrust` (ask before trusting a folder), `testDriver`
 * (let the workbench accept `extensionTestsPath`).
 */
export async function startCodeServer(codeServer, profile) {
  const port = profile.port ?? (await freePort());
  const args = [
    codeServer.entry,
    ...profileArguments(profile),
    ...['--bind-addr', `127.0.0.1:${port}`, '--auth', 'none'],
    ...['--disable-telemetry', '--disable-update-check', '--disable-getting-started-override', '--disable-proxy'],
    ...(profile.workspaceTrust ? [] : ['--disable-workspace-trust']),
    ...(profile.testDriver ? ['--vscode-option', 'enable-smoke-test-driver'] : []),
  ];
  const child = spawn(codeServer.node, args, { env: serverEnvironment(profile.env), stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  let log = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (log += data));
  let ended;
  const exit = new Promise((resolve) => child.on('exit', (code, signal) => resolve((ended = { code, signal }))));
  const stop = () => stopGroup(child.pid, exit, () => ended !== undefined);
  const origin = `http://127.0.0.1:${port}`;
  for (const end = Date.now() + 60_000; !(await answers(`${origin}/healthz`)); await sleep(50)) {
    if (ended === undefined && Date.now() < end) continue;
    await stop();
    throw new Error(`VS Code's server did not start: ${JSON.stringify(ended)}\n${log}`);
  }
  return { port, origin, authority: `127.0.0.1:${port}`, pid: child.pid, stop, exit, log: () => log };
}

function profileArguments({ userDataDir, extensionsDir, settings = {} }) {
  // To the browser this is a remote machine: settings of machine scope count there when they stand in the machine's file.
  for (const [name, content] of [
    ['User', { ...quietSettings, ...settings }],
    ['Machine', settings],
  ]) {
    const file = path.join(userDataDir, name, 'settings.json');
    fs.mkdirSync(path.dirname(file), { recursive: true });
    if (!fs.existsSync(file)) fs.writeFileSync(file, JSON.stringify(content, null, 2));
  }
  return ['--user-data-dir', userDataDir, '--extensions-dir', extensionsDir, '--config', path.join(userDataDir, 'code-server.yaml')];
}

function serverEnvironment(extra = {}) {
  const env = { ...process.env, VSCODE_SKIP_BUILTIN_EXTENSIONS: 'GitHub.copilot-chat', EXTENSIONS_GALLERY: '{"serviceUrl":""}', ...extra };
  delete env.VSCODE_IPC_HOOK_CLI; // set in a terminal of VS Code: would talk to that window
  delete env.PORT;
  return env;
}

/** Ends the server and everything it started: extension hosts and language servers live in its process group. */
async function stopGroup(pid, exit, isOver) {
  if (!isOver()) {
    signalGroup(pid, 'SIGTERM');
    await Promise.race([exit, sleep(3000)]);
  }
  signalGroup(pid, 'SIGKILL');
}

function signalGroup(pid, signal) {
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if (error.code !== 'ESRCH') throw error; // no such group: it has ended already
  }
}

async function answers(url) {
  try {
    return (await fetch(url)).ok;
  } catch {
    return false; // not listening yet
  }
}

function freePort() {
  return new Promise((resolve, reject) => {
    const server = net.createServer().on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

function sleep(milliseconds) {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
