// Chromium for the workbench in the browser: where it is, how it is started, how it comes to be on a machine that has none.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { chromium } from 'playwright-core';

const candidates = [
  process.env.CHROMIUM_PATH,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/** Path of Chromium. On Debian as root it is installed when missing; elsewhere this throws with what to do. */
export function ensureChromium({ log = console.error } = {}) {
  const found = findChromium();
  if (found !== undefined) return found;
  if (fs.existsSync('/etc/debian_version') && process.getuid?.() === 0) {
    log('Installing Chromium (apt-get) …');
    const options = { env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }, stdio: ['ignore', 'ignore', 'inherit'] };
    execFileSync('apt-get', ['update', '-qq'], options);
    execFileSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'chromium', 'fonts-dejavu-core'], options);
    const installed = findChromium();
    if (installed !== undefined) return installed;
  }
  throw new Error(
    'Chromium is missing: install it (Debian, Ubuntu: `apt-get install chromium`; Fedora: `dnf install chromium`) or name one in CHROMIUM_PATH.',
  );
}

function findChromium() {
  return candidates.find((path) => path !== undefined && path !== '' && fs.existsSync(path));
}

/** Starts Chromium for tests: no sandbox (root in CI has none), nothing sent home. `HEADED=1` shows the window. */
export function launchBrowser() {
  return chromium.launch({
    executablePath: ensureChromium(),
    headless: process.env.HEADED !== '1',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}
