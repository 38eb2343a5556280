import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeFolders } from '../../../server/src/platform/smallFiles';

let folder: string;
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'small-files-'));
});
afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

test('folders are made with those above them, and may be there', async () => {
  const deep = path.join(folder, 'a/b/c');
  await makeFolders(deep, 0o700);
  await makeFolders(deep, 0o700);
  expect(fs.statSync(path.join(folder, 'a/b')).mode & 0o777).toBe(0o700);
  await makeFolders(folder);
});

test('at once by many', async () => {
  const deep = path.join(folder, 'x/y/z');
  await Promise.all(Array.from({ length: 20 }, () => makeFolders(deep, 0o700)));
  expect(fs.statSync(deep).isDirectory()).toBe(true);
});

test('what is in the way is told', async () => {
  fs.writeFileSync(path.join(folder, 'file'), '');
  await expect(makeFolders(path.join(folder, 'file'))).rejects.toMatchObject({ code: 'EEXIST' });
  await expect(makeFolders(path.join(folder, 'file/below'))).rejects.toMatchObject({ code: 'ENOTDIR' });
});

test.runIf(fs.existsSync('/proc/self'))('a file system that takes no new folders is an error, not a wait without end', async () => {
  await expect(makeFolders('/proc/no/such/folder')).rejects.toMatchObject({ code: 'ENOENT' });
});
