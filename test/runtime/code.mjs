#!/usr/bin/env node
// Stands in for the executable of desktop VS Code: takes the arguments that @vscode/test-electron gives to `code`, runs the same test
// entry point in code-server's extension host with a headless workbench, exits with its code.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { launchBrowser } from './browser.mjs';
import { startCodeServer } from './codeServer.mjs';
import { ensureCodeServer } from './install.mjs';

const options = { extensionDevelopmentPath: [] };
const positional = [];
for (const argument of process.argv.slice(2)) {
  const match = /^--([^=]+)(?:=(.*))?$/s.exec(argument);
  if (!match) positional.push(path.resolve(argument));
  else if (match[1] === 'extensionDevelopmentPath') options.extensionDevelopmentPath.push(path.resolve(match[2]));
  else options[match[1]] = match[2] ?? true;
}
if (!options.extensionTestsPath) {
  console.error('Only test runs are supported: --extensionTestsPath=… is missing');
  process.exit(2);
}

const verbose = process.env.VSCODE_TEST_VERBOSE === '1';
const timeout = Number(process.env.VSCODE_TEST_TIMEOUT_MS ?? 600_000);
const temporary = fs.mkdtempSync(path.join(os.tmpdir(), 'vsc-'));
const output = path.join(temporary, 'output.log');
fs.writeFileSync(output, '');

const server = await startCodeServer(ensureCodeServer(), {
  userDataDir: options['user-data-dir'] ?? path.join(temporary, 'u'),
  extensionsDir: path.resolve(options['extensions-dir'] ?? path.join(temporary, 'e')),
  testDriver: true,
  // @vscode/test-electron always passes --disable-workspace-trust.
  workspaceTrust: process.env.VSCODE_TEST_MODE === 'restricted',
  env: { VSCODE_TEST_OUTPUT: output },
});
const browser = await launchBrowser();
const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });

// The extension host has no console here: the suite appends to a file, which is copied to ours.
let printed = 0;
const copyOutput = () => {
  const bytes = fs.readFileSync(output);
  if (bytes.length > printed) process.stdout.write(bytes.subarray(printed));
  printed = bytes.length;
};
const timer = setInterval(copyOutput, 100);

const log = [];
let end;
const ended = new Promise((resolve) => (end = resolve));
await page.exposeFunction('codeAutomationExit', (code) => end({ code, why: 'the extension host ended' }));
await page.exposeFunction('codeAutomationLog', (type, args) => {
  log.push([type, ...args]);
  if (verbose) console.log(...args);
});
page.on('crash', () => end({ code: 70, why: 'the page of the workbench crashed' }));
page.on('pageerror', (error) => log.push(['error', error.message]));
void server.exit.then((how) => end({ code: 71, why: `the server ended: ${JSON.stringify(how)}` }));
setTimeout(() => end({ code: 124, why: `no result after ${timeout} ms` }), timeout).unref();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => end({ code: 130, why: signal }));

const remote = (file) => `vscode-remote://${server.authority}${encodeURI(file)}`;
const payload = [
  ...options.extensionDevelopmentPath.map((folder) => ['extensionDevelopmentPath', remote(folder)]),
  ['extensionTestsPath', remote(path.resolve(options.extensionTestsPath))],
  ['skipWelcome', 'true'],
];
const query = new URLSearchParams({ payload: JSON.stringify(payload) });
if (positional[0]) query.set(positional[0].endsWith('.code-workspace') ? 'workspace' : 'folder', positional[0]);
else query.set('ew', 'true');
// A busy machine takes its time; what goes wrong is told by `ended`, what takes for ever by `timeout`.
await page.goto(`${server.origin}/?${query}`, { timeout: 0, waitUntil: 'commit' });

const result = await ended;
const artifacts = process.env.VSCODE_TEST_ARTIFACTS;
if (artifacts) {
  fs.mkdirSync(artifacts, { recursive: true });
  await page.screenshot({ path: path.join(artifacts, 'workbench.png') }).catch((error) => console.error(error.message));
  fs.writeFileSync(path.join(artifacts, 'workbench.log'), log.map((line) => line.map(String).join(' ')).join('\n'));
  fs.writeFileSync(path.join(artifacts, 'server.log'), server.log());
}
clearInterval(timer);
await browser.close();
await server.stop();
copyOutput();
if (result.code !== 0 && !verbose) {
  console.error(`VS Code ended with ${result.code}: ${result.why}`);
  for (const line of log.filter(([type]) => type === 'error').slice(-5)) console.error('  ', ...line.map((x) => String(x).slice(0, 600)));
}
fs.rmSync(temporary, { recursive: true, force: true });
process.exit(result.code ?? 1);
