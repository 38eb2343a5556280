import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findModule, findProgram } from '../../../client/src/findProgram';

let root = '';
const place = (...parts: readonly string[]) => path.join(root, ...parts);
const around = (more: Partial<{ path: string; modulePath: string }> = {}) => ({ path: '', modulePath: '', folder: root, ...more });

beforeAll(() => {
  root = fs.mkdtempSync(path.join(os.tmpdir(), 'find-program-'));
  for (const file of ['bin/apptainer', 'bin/plain', 'modules/Core/.keep', 'modules/tools/apptainer/1.4.lua', 'lmod/Singularity.lua']) {
    fs.mkdirSync(path.dirname(place(file)), { recursive: true });
    fs.writeFileSync(place(file), '', { mode: file === 'bin/apptainer' ? 0o755 : 0o644 });
  }
  fs.mkdirSync(place('bin/folder'));
});
afterAll(() => fs.rmSync(root, { recursive: true, force: true }));

describe('findProgram', () => {
  test.each([
    ['a bare name is looked for on PATH', 'apptainer', 'bin/apptainer'],
    ['a relative path is relative to the folder', './bin/apptainer', 'bin/apptainer'],
    ['a file that cannot be run is none', './bin/plain', undefined],
    ['a folder is none', './bin/folder', undefined],
    ['what is not there is none', './bin/nothing', undefined],
  ])('%s', async (_name, wanted, found) => {
    const program = await findProgram(wanted, around({ path: `/nowhere${path.delimiter}${place('bin')}` }));
    expect(program).toBe(found === undefined ? undefined : place(found));
  });

  test('an absolute path is itself', async () => expect(await findProgram(place('bin/apptainer'), around())).toBe(place('bin/apptainer')));
  test('a relative entry of PATH does not count', async () => {
    expect(await findProgram('apptainer', around({ path: 'bin' }))).toBeUndefined();
  });
  test('~ is the home folder', async () => {
    const relative = `~/${path.relative(os.homedir(), place('bin/apptainer'))}`;
    expect(await findProgram(relative, around())).toBe(place('bin/apptainer'));
  });
});

describe('findModule', () => {
  test.each([
    ['a module file', 'lmod', ['Singularity'], 'Singularity'],
    ['a module below a subject', 'modules', ['apptainer'], 'tools/apptainer'],
    ['a module that is not there', 'modules', ['singularity'], undefined],
    ['a folder that is not there', 'nothing', ['apptainer'], undefined],
  ])('%s', async (_name, folder, names, found) => {
    expect(await findModule(names, around({ modulePath: place(folder) }))).toBe(found);
  });
  test('without MODULEPATH there is none', async () => expect(await findModule(['apptainer'], around())).toBeUndefined());
});
