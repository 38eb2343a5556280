import fs from 'node:fs';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Environment } from '../../../server/src/cli/environment';
import { metalink } from '../../../server/src/cli/metalinkCommand';
import type { Terminal } from '../../../server/src/cli/terminal';
import { startHubWorld } from '../operations/hubWorld';
import type { HubWorld } from '../operations/hubWorld';

let started: HubWorld;
beforeAll(async () => {
  started = await startHubWorld();
});
afterEach(() => started.hub.behave());
afterAll(() => started.close());

async function run(...words: string[]) {
  const out: string[] = [];
  const notes: string[] = [];
  const terminal: Terminal = {
    out: (text: string) => void out.push(text),
    note: (text: string) => void notes.push(text),
    progress: () => undefined,
    signal: new AbortController().signal,
  };
  const environment: Environment = {
    settings: () => started.world.settings,
    world: () => Promise.resolve(started.world),
    close: () => Promise.resolve(),
  };
  const status = await metalink(words, terminal, environment).catch((error: unknown) =>
    error instanceof Error ? error.message : String(error),
  );
  return { status, out: out.join('\n'), notes: notes.join('\n') };
}

const file = (name: string) => path.join(started.folder, name);
const incomplete = (url: string) =>
  `<metalink xmlns="urn:ietf:params:xml:ns:metalink">\n  <file name="tool-1.4.sif">\n    <url>${started.hub.origin}${url}</url>\n  </file>\n</metalink>\n`;

describe('create', () => {
  test('writes a new file, never over one that is there', async () => {
    const words = ['create', `${started.hub.origin}/metalink/tool-1.4.sif`, '-o', file('new.meta4')];
    expect(await run(...words)).toMatchObject({ status: 0, out: '', notes: expect.stringContaining('Written: ') as string });
    fs.writeFileSync(file('new.meta4'), 'mine');
    expect((await run(...words)).status).toContain('exists already');
    expect(fs.readFileSync(file('new.meta4'), 'utf8')).toBe('mine');
  });
  test('refuses a folder that is not there before anything is asked', async () => {
    const asked = started.hub.requests.length;
    expect((await run('create', `${started.hub.origin}/metalink/tool-1.4.sif`, '-o', file('nowhere/new.meta4'))).status).toBe(
      `There is no folder ${file('nowhere')}.`,
    );
    expect(started.hub.requests.length).toBe(asked);
  });
  test('without a file to standard output', async () =>
    expect((await run('create', `${started.hub.origin}/metalink/tool-1.4.sif`)).out).toMatch(/^<\?xml [^]*<\/metalink>$/));
  test.each<[string[], string]>([
    [['create'], 'at least one target'],
    [['create', 'a', '--mirror', 'nonsense'], '--mirror takes a URL'],
    [['create', 'a', '--piece-length', '5'], '--piece-length takes'],
    [['create', 'nothing.sif'], 'There is no file'],
    [[], 'create, convert, resolve, sort or merge'],
    [['sort'], 'one file'],
    [['sort', 'a', 'b'], 'one file'],
    [['convert'], 'one file'],
    [['merge', 'a'], 'two files'],
  ])('%j', async (words, message) => expect((await run(...words)).status).toContain(message));
});

describe('resolve', () => {
  test('prints the completed text and where the values came from', async () => {
    fs.writeFileSync(file('a.meta4'), incomplete('/metalink/tool-1.4.sif'));
    const { status, out, notes } = await run('resolve', file('a.meta4'));
    expect(status).toBe(0);
    expect(out).toContain(started.hub.images.image('tool-1.4.sif').sha256);
    expect(notes).toContain('told by header of');
    expect(fs.readFileSync(file('a.meta4'), 'utf8')).toBe(incomplete('/metalink/tool-1.4.sif'));
  });
  test('--write keeps permissions and links', async () => {
    fs.writeFileSync(file('real.meta4'), incomplete('/metalink/tool-1.4.sif'));
    fs.chmodSync(file('real.meta4'), 0o664);
    fs.symlinkSync(file('real.meta4'), file('link.meta4'));
    expect(await run('resolve', '--write', file('link.meta4'))).toMatchObject({ status: 0, out: '' });
    expect(fs.lstatSync(file('link.meta4')).isSymbolicLink()).toBe(true);
    expect(fs.statSync(file('real.meta4')).mode & 0o777).toBe(0o664);
    expect(fs.readFileSync(file('real.meta4'), 'utf8')).toContain('<size>640169</size>');
  });
  test('what only a download can tell', async () => {
    started.hub.misbehave(/SUMS|CHECK|sha256|sha512|md5/, { kind: 'status', status: 404 });
    fs.writeFileSync(file('b.meta4'), incomplete('/mirror/a/tool-1.4.sif'));
    const asked = await run('resolve', '--write', file('b.meta4'));
    expect(asked.status).toBe(2);
    expect(asked.notes).toContain('With --download');
    const fetched = await run('resolve', '--write', '--download', file('b.meta4'));
    expect(fetched.status).toBe(0);
    expect(fs.readFileSync(file('b.meta4'), 'utf8')).toContain('<hash type="sha-256">');
    expect(fs.readdirSync(started.folder).filter((name) => name.startsWith('b.meta4'))).toEqual(['b.meta4']);
  });
  test('disagreement changes nothing and is an error', async () => {
    const text = incomplete('/metalink/tool-1.4.sif').replace('<url>', '<size>7</size>\n    <url>');
    fs.writeFileSync(file('c.meta4'), text);
    expect((await run('resolve', '--write', file('c.meta4'))).status).toBe(1);
    expect(fs.readFileSync(file('c.meta4'), 'utf8')).toBe(text);
  });
});

describe('sort', () => {
  const url = (priority: string, host: string) => `    <url${priority}>https://${host}.example.org/f</url> <!-- ${host} -->\n`;
  const listed = (...urls: string[]) =>
    `<?xml version="1.0" encoding="UTF-8"?>\n<metalink xmlns="urn:ietf:params:xml:ns:metalink">\n  <file name="f">\n${urls.join('')}  </file>\n</metalink>\n`;
  const unsorted = listed(url('', 'last'), url(' priority="2"', 'b'), url(' priority="1"', 'a'));
  const order = (text: string) => [...text.matchAll(/<url[^>]*>https:..(\w+)\./g)].map(([, host]) => host);

  test('prints the sources in order of their priority and leaves the file alone', async () => {
    fs.writeFileSync(file('sort.meta4'), unsorted);
    const { status, out } = await run('sort', file('sort.meta4'));
    expect(status).toBe(0);
    expect(order(out)).toEqual(['a', 'b', 'last']);
    expect(out.replace(/<url.*<.url>/g, '')).toBe(unsorted.trimEnd().replace(/<url.*<.url>/g, ''));
    expect(fs.readFileSync(file('sort.meta4'), 'utf8')).toBe(unsorted);
  });
  test('--write changes the file, once', async () => {
    fs.writeFileSync(file('sort2.meta4'), unsorted);
    expect(await run('sort', '--write', file('sort2.meta4'))).toMatchObject({
      status: 0,
      out: '',
      notes: `Written: ${file('sort2.meta4')}`,
    });
    expect(order(fs.readFileSync(file('sort2.meta4'), 'utf8'))).toEqual(['a', 'b', 'last']);
    expect((await run('sort', '--write', file('sort2.meta4'))).notes).toContain('in order of their priority already');
  });
  test('Metalink 3 and other files are refused', async () => {
    fs.writeFileSync(file('sort3.metalink'), '<metalink version="3.0" xmlns="http://www.metalinker.org/"><files/></metalink>');
    expect((await run('sort', file('sort3.metalink'))).status).toContain('convert it first');
    fs.writeFileSync(file('sort4.meta4'), '<html/>');
    expect((await run('sort', file('sort4.meta4'))).status).toContain('no metalink');
  });
  test('what was UTF-16 is written in UTF-8 and says so', async () => {
    const text = unsorted.replace('UTF-8', 'UTF-16').replace('name="f"', 'name="\u00e9"');
    fs.writeFileSync(file('sort16.meta4'), Buffer.from(`\ufeff${text}`, 'utf16le'));
    expect((await run('sort', '--write', file('sort16.meta4'))).status).toBe(0);
    const written = fs.readFileSync(file('sort16.meta4'), 'utf8');
    expect(written).toContain('encoding="UTF-8"');
    expect(written).toContain('name="\u00e9"');
    expect(order(written)).toEqual(['a', 'b', 'last']);
  });
  test('bytes that cannot be read are not lost', async () => {
    const bytes = Buffer.from(unsorted.replace('name="f"', 'name="\u00e9"'), 'latin1');
    fs.writeFileSync(file('sort-broken.meta4'), bytes);
    expect((await run('sort', '--write', file('sort-broken.meta4'))).status).toContain('is left as it is');
    expect(fs.readFileSync(file('sort-broken.meta4'))).toEqual(bytes);
  });
});

test.each([['convert'], ['sort'], ['resolve']])('%s says what it cannot read', async (verb) => {
  expect((await run(verb, started.folder)).status).toBe(`${started.folder} is a folder, not a file.`);
  expect((await run(verb, file('missing.meta4'))).status).toBe(`There is no file ${file('missing.meta4')}.`);
});

test('merge names the file that is no metalink', async () => {
  fs.writeFileSync(file('one.meta4'), incomplete('/mirror/a/tool-1.4.sif'));
  fs.writeFileSync(file('two.meta4'), '<html/>');
  expect((await run('merge', file('one.meta4'), file('two.meta4'))).status).toContain('two.meta4 is no metalink');
});

test('merge keeps the first of two files of one name and different bytes, says what differs, and fails', async () => {
  const sized = (size: number) => incomplete('/mirror/a/tool-1.4.sif').replace('<url>', `<size>${size}</size>\n    <url>`);
  fs.writeFileSync(file('three.meta4'), sized(640169));
  fs.writeFileSync(file('four.meta4'), sized(7));
  const { status, out, notes } = await run('merge', file('three.meta4'), file('four.meta4'));
  expect(status).toBe(1);
  expect(notes).toContain('they describe different bytes (640,169 and 7 bytes)');
  expect(out.match(/<size>.*<.size>/g)).toEqual(['<size>640169</size>']);
});

test('convert writes Metalink 4 and says what was left out', async () => {
  fs.writeFileSync(
    file('old.metalink'),
    '<metalink version="3.0" xmlns="http://www.metalinker.org/"><files><file name="f"><tags>x</tags><resources><url>http://a.example.org/f</url></resources></file></files></metalink>',
  );
  const { status, notes } = await run('convert', file('old.metalink'), '-o', file('converted.meta4'));
  expect(status).toBe(0);
  expect(notes).toMatch(/line 1: .*tags[^]*Written/);
  expect(fs.readFileSync(file('converted.meta4'), 'utf8')).toContain('urn:ietf:params:xml:ns:metalink');
  // As any new file: it is meant to be published.
  expect(fs.statSync(file('converted.meta4')).mode).toBe(fs.statSync(file('old.metalink')).mode);
});
