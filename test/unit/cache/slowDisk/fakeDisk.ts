// Loaded into every thread of a process before anything else (`--require`): in the place of one folder's contents it has as many entries
// as FAKE_COUNT says, which stand on no disk, and every answer about one takes FAKE_DELAY milliseconds. Of FAKE_GONE one
// is gone when it is asked about. Each call is one letter in FAKE_LOG.
import fs from 'node:fs';

const folder = process.env.FAKE_FOLDER ?? '';
const count = Number(process.env.FAKE_COUNT);
const delay = Number(process.env.FAKE_DELAY);
const gone = Number(process.env.FAKE_GONE ?? Infinity);
const log = fs.openSync(process.env.FAKE_LOG ?? '', 'a');
const clock = new Int32Array(new SharedArrayBuffer(4));

/** `d`: the folder is opened; `n`: a name is read; `l`: `lstat` of an entry; `o`: an entry is opened. */
function note(letter: 'd' | 'n' | 'l' | 'o'): void {
  fs.writeSync(log, letter);
}

const nameOf = (number: number): string => number.toString(16).padStart(64, '0');
const isEntry = (file: unknown): boolean => String(file).startsWith(`${folder}/`);

function statOf(): fs.Stats {
  note('l');
  Atomics.wait(clock, 0, 0, delay);
  return Object.assign(Object.create(fs.Stats.prototype) as fs.Stats, { mode: 0o100600, size: 5, blocks: 8, nlink: 1, mtimeMs: 1e12 });
}

/** Replaces a function where it is asked about the folder (`inside`: about what is in it). */
function replace(holder: object, name: string, applies: (file: unknown) => boolean, fake: (...rest: unknown[]) => unknown): void {
  const real = Reflect.get(holder, name) as (...all: unknown[]) => unknown;
  Object.assign(holder, {
    [name]: (file: unknown, ...rest: unknown[]) => (applies(file) ? fake(...rest) : Reflect.apply(real, holder, [file, ...rest])),
  });
}

const isFolder = (file: unknown): boolean => file === folder;

function* names(): Generator<{ readonly name: string }, undefined> {
  for (let number = 0; number < count; number++) {
    // Names come in blocks: one letter for a thousand keeps the log small.
    if (number % 1000 === 0) note('n');
    yield { name: nameOf(number) };
  }
  return undefined;
}

replace(fs.promises, 'opendir', isFolder, () => {
  note('d');
  return Promise.resolve({
    async *[Symbol.asyncIterator]() {
      await Promise.resolve();
      yield* names();
    },
  });
});
replace(fs, 'opendirSync', isFolder, () => {
  note('d');
  const left = names();
  return { readSync: () => left.next().value ?? null, closeSync: () => undefined };
});
let looks = 0;
replace(fs, 'lstatSync', isEntry, () => {
  const stat = statOf();
  return ++looks % gone === 0 ? undefined : stat;
});
replace(fs, 'lstat', isEntry, (...rest) => {
  (rest.at(-1) as (error: null, stat: fs.Stats) => void)(null, statOf());
});
for (const name of ['lstat', 'stat']) replace(fs.promises, name, isEntry, () => Promise.resolve(statOf()));
for (const name of ['open', 'readFile'])
  replace(fs.promises, name, isEntry, () => {
    note('o');
    return Promise.reject(Object.assign(new Error('no disk is here'), { code: 'EIO' }));
  });
