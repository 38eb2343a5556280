import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const root = path.resolve(import.meta.dirname, '../../..');
let folder: string;
beforeAll(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'cli-process-'));
  execFileSync(process.execPath, [path.join(root, 'scripts/build.mjs'), '--out', path.join(folder, 'dist')], { stdio: 'ignore' });
  const finding = '%tests\n  true\n\n';
  fs.writeFileSync(path.join(folder, 'many.def'), `Bootstrap: docker\nFrom: alpine:3.20\n\n${finding.repeat(5000)}`);
  fs.writeFileSync(path.join(folder, 'escape.def'), 'Bootstrap: docker\nFrom: alpine:3.20\n\n%te\u001b[31mst\n  true\n');
});
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

function run(words: readonly string[]) {
  const env = { PATH: process.env.PATH, HOME: folder };
  return spawnSync(process.execPath, [path.join(folder, 'dist/cli.js'), ...words], {
    cwd: folder,
    env,
    encoding: 'utf8',
    timeout: 20_000,
    maxBuffer: 64 * 1024 * 1024,
  });
}

describe('the bundled program', () => {
  test('is a program of its own', () => {
    const { stdout, status } = spawnSync(path.join(folder, 'dist/cli.js'), ['--version'], {
      encoding: 'utf8',
      env: { PATH: process.env.PATH },
    });
    const { version } = JSON.parse(fs.readFileSync(path.join(root, 'package.json'), 'utf8')) as { version: string };
    expect(stdout.trim()).toBe(version);
    expect(status).toBe(0);
  });

  test('Ctrl-C ends it while it waits for standard input', async () => {
    // The note about the settings file comes when the program has begun.
    const env = { PATH: process.env.PATH, HOME: folder, CONTAINER_METALINK_CONFIG: path.join(folder, 'nowhere.json') };
    const child = spawn(process.execPath, [path.join(folder, 'dist/cli.js'), 'check', '-'], { cwd: folder, env });
    let told = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      if (told === '') child.kill('SIGINT');
      told += text;
    });
    expect(await once(child, 'close')).toEqual([2, null]);
    expect(told).toMatch(/nowhere\.json[^]*Stopped\.\n$/);
  });

  test('Ctrl-C ends it also while the system does not answer', async () => {
    execFileSync('mkfifo', [path.join(folder, 'silent.def')]);
    const env = { PATH: process.env.PATH, HOME: folder, CONTAINER_METALINK_CONFIG: path.join(folder, 'nowhere.json') };
    const child = spawn(process.execPath, [path.join(folder, 'dist/cli.js'), 'check', 'silent.def'], { cwd: folder, env });
    child.stderr.once('data', () => child.kill('SIGINT'));
    expect(await once(child, 'close')).toEqual([null, 'SIGINT']);
  });

  test.each([
    [['check', '/dev/zero'], '/dev/zero is not a file'],
    [['verify', 'silent.sif'], 'silent.sif is not a file'],
    [['inspect', 'silent.sif'], 'silent.sif is not a file'],
  ])('a device and a pipe are no files to wait for: %s', (words, message) => {
    fs.rmSync(path.join(folder, 'silent.sif'), { force: true });
    execFileSync('mkfifo', [path.join(folder, 'silent.sif')]);
    const { stdout, stderr, status } = run(words);
    expect(stdout + stderr).toContain(message);
    expect(status).toBe(2);
  });

  test('what a shell hands over in place of a file is read', () => {
    const program = `"${process.execPath}" "${path.join(folder, 'dist/cli.js')}" check`;
    const { stdout } = spawnSync('bash', ['-c', `${program} <(sleep 0.3; cat escape.def)`], { cwd: folder, encoding: 'utf8' });
    expect(stdout).toMatch(/^\/dev\/fd\/\d+:4:1 error Unknown section/m);
  });

  test('a reader that goes away is the end, not an error', () => {
    const program = `"${process.execPath}" "${path.join(folder, 'dist/cli.js')}" check many.def`;
    const { stdout, stderr, status } = spawnSync('bash', ['-c', `set -o pipefail; ${program} | head -n 1`], {
      cwd: folder,
      encoding: 'utf8',
      timeout: 20_000,
    });
    expect(stdout.split('\n')).toHaveLength(2);
    expect(stderr).not.toContain('EPIPE');
    expect(status).toBe(1); // as without the reader: the findings are errors
  });

  test.each([
    ['> /dev/full', 2, 'standard output cannot be written'],
    ['>&-', 1, ''],
    ['2>&-', 1, ''],
    ['2>&1 >/dev/null | true', 1, ''],
  ])('streams that take nothing: %s', (streams, expected, message) => {
    const program = `"${process.execPath}" "${path.join(folder, 'dist/cli.js')}" check escape.def`;
    const { stderr, status } = spawnSync('bash', ['-c', `set -o pipefail; ${program} ${streams}`], { cwd: folder, encoding: 'utf8' });
    expect(stderr).toContain(message);
    expect(stderr).not.toMatch(/\n\s+at /);
    expect(status).toBe(expected);
  });

  test.each([
    ['Bootstrap: docker\nFrom: alpine:3.20\n\n%tests\n', '-:4:1 error Unknown section'],
    ['<metalink xmlns="urn:ietf:params:xml:ns:metalink"/>', '[M4-020]'],
  ])('- is standard input', (input, expected) => {
    const { stdout, status } = spawnSync(process.execPath, [path.join(folder, 'dist/cli.js'), 'check', '-'], { input, encoding: 'utf8' });
    expect(stdout).toContain(expected);
    expect(status).toBe(1);
  });

  test('long output arrives whole through a pipe', () => {
    const { stdout, status } = run(['check', '--format', 'json', 'many.def']);
    const { summary } = JSON.parse(stdout) as { summary: { errors: number } };
    expect(summary.errors).toBeGreaterThan(0);
    expect(status).toBe(1);
  });

  test('text of a file cannot command the terminal', () => {
    const { stdout } = run(['check', 'escape.def']);
    expect(stdout).toContain('escape.def:4');
    expect(stdout).not.toContain('\u001b');
  });

  test('nothing but what a command needs is loaded: no network code for check', () => {
    const { stderr } = spawnSync(process.execPath, ['--trace-uncaught', path.join(folder, 'dist/cli.js'), 'check', 'many.def'], {
      cwd: folder,
      encoding: 'utf8',
      env: { PATH: process.env.PATH, HOME: folder, NODE_DEBUG: 'module' },
      maxBuffer: 64 * 1024 * 1024,
    });
    const loaded = [...stderr.matchAll(/load "([^"]*)" for module/g)].map(([, file]) => path.basename(file ?? ''));
    expect(loaded.length).toBeGreaterThan(2);
    expect(loaded.filter((file) => /^part-(world|openpgp|requestHandlers)/.test(file))).toEqual([]);
  });
});
