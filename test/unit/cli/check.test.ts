import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { call, ownFolder } from './program';

const good = 'Bootstrap: docker\nFrom: alpine:3.20\n';
const wrong = 'Bootstrap: docker\nFrom: alpine:3.20\n\n%tests\n  true\n';
const metalink =
  '<?xml version="1.0" encoding="UTF-8"?>\n<metalink xmlns="urn:ietf:params:xml:ns:metalink">\n  <file name="../x.sif">\n    <url>https://h.example/x.sif</url>\n  </file>\n</metalink>\n';

let folder: ReturnType<typeof ownFolder>;
beforeAll(() => {
  folder = ownFolder();
  folder.write('tree/good.def', good);
  folder.write('tree/deep/wrong.def', wrong);
  folder.write('tree/deep/Singularity.tool', wrong);
  folder.write('tree/tool.meta4', metalink);
  folder.write('tree/windows.def', 'EXPORTS\n  open\n');
  folder.write('tree/readme.md', wrong);
  folder.write('tree/.git/wrong.def', wrong);
  folder.write('tree/node_modules/wrong.def', wrong);
  folder.write('arguments.def', 'Bootstrap: docker\nFrom: alpine:{{ version }}\n\n%arguments\n  a=1\n\n%post\n  echo {{ a }}\n');
  folder.write('image.sif', Buffer.alloc(5000));
  folder.write('odd/line\nend.def', wrong);
  folder.write('odd/next\u0085line.def', wrong);
  folder.write('odd/a:b #1?.def', wrong);
});
afterAll(() => folder.close());

test('an image is no recipe, although the text of its recipe stands in it', async () => {
  const image = folder.write('real', Buffer.concat([Buffer.alloc(32), Buffer.from(`SIF_MAGIC\0${good}`)]));
  const { status, out, note } = await call('check', image);
  expect({ status, out }).toEqual({ status: 2, out: '' });
  expect(note).toContain('This is neither a recipe nor a metalink.');
  // With zero bytes, and yet text.
  expect(
    (await call('check', folder.write('utf16', Buffer.from(`\ufeff${metalink.replace('UTF-8', 'UTF-16')}`, 'utf16le')))).out,
  ).toContain('[M4-033]');
});

interface Checked {
  files: {
    path: string;
    language: string;
    diagnostics: { code: string; severity: string; range: unknown; message: string }[];
    problem?: string;
  }[];
  summary: { files: number; errors: number; warnings: number };
}
const checked = async (...words: string[]) => JSON.parse((await call('check', '--format', 'json', ...words)).out) as Checked;

describe('status', () => {
  test.each([
    ['tree/good.def', 0],
    ['tree/deep/wrong.def', 1],
    ['tree', 1],
    ['missing.def', 2],
    ['missing.def tree/deep/wrong.def', 1],
    ['image.sif', 2],
    ['tree/good.def missing.def', 2],
  ])('of %s is %i', async (line, status) => {
    expect((await call('check', ...line.split(' '))).status).toBe(status);
  });
});

describe('text', () => {
  test('a line a finding, the sum on standard error', async () => {
    const { out, note } = await call('check', 'tree/deep/wrong.def');
    expect(out).toMatch(/^tree\/deep\/wrong\.def:4:1 error Unknown section .* \[parse\/unknown-section\]$/m);
    expect(note).toBe('1 error, 0 warnings in 1 file');
  });

  test.each([
    ['tree/good.def tree/good.def ./tree/good.def', '0 errors, 0 warnings in 1 file'],
    ['tree/deep tree/deep/wrong.def', '2 errors, 0 warnings in 2 files'],
    ['tree/good.def missing.def', 'missing.def: There is no such file.\n0 errors, 0 warnings in 1 file; 1 was not read'],
    ['no.def missing.def', /0 errors, 0 warnings in 0 files; 2 were not read$/],
  ])('the sum of %s', async (line, sum) => {
    const { note } = await call('check', ...line.split(' '));
    expect(note).toMatch(typeof sum === 'string' ? new RegExp(`^${sum}$`) : sum);
  });

  test('a line end in a name begins no line', async () => {
    const { out } = await call('check', 'odd');
    for (const line of out.split('\n')) expect(line).toMatch(/^odd.*\.def:\d+:\d+ (error|hint) /);
  });

  test('a file that is not there is named', async () => {
    const { out, note } = await call('check', 'missing.def');
    expect(out).toBe('');
    expect(note).toContain('missing.def: There is no such file.');
  });

  test('bytes are no recipe', async () => {
    const { out, note } = await call('check', 'image.sif');
    expect(out).toBe('');
    expect(note).toContain('image.sif: This is neither a recipe nor a metalink.');
  });

  test('a file that cannot be opened is named', async () => {
    fs.symlinkSync('loop.def', path.join(folder.path, 'loop.def'));
    const { status, out, note } = await call('check', 'loop.def');
    expect(note).toContain('loop.def: ');
    expect(out).toBe('');
    expect(status).toBe(2);
  });

  test('a folder with a telling name cannot be read as a file', async () => {
    fs.mkdirSync(path.join(folder.path, 'empty.def'));
    expect(await call('check', 'empty.def')).toMatchObject({ status: 0, note: '0 errors, 0 warnings in 0 files' });
  });
});

describe('json', () => {
  test('of a folder: every recipe and metalink below it, nothing of other tools', async () => {
    const { files, summary } = await checked('tree');
    expect(files.map((file) => `${file.language} ${file.path}`)).toEqual([
      'recipe tree/deep/Singularity.tool',
      'recipe tree/deep/wrong.def',
      'recipe tree/good.def',
      'metalink tree/tool.meta4',
    ]);
    const all = files.flatMap((file) => file.diagnostics);
    expect(summary).toEqual({
      files: 4,
      errors: all.filter(({ severity }) => severity === 'error').length,
      warnings: all.filter(({ severity }) => severity === 'warning').length,
    });
  });

  test('a named file is checked whatever it holds', async () => {
    const { files } = await checked('tree/windows.def', 'tree/readme.md');
    expect(files.map(({ language, diagnostics }) => [language, diagnostics.length > 0])).toEqual([
      ['recipe', true],
      ['recipe', true],
    ]);
  });

  test('names come as they are', async () => {
    const { out } = await call('check', '--format', 'json', 'odd');
    expect((JSON.parse(out) as Checked).files.map((file) => file.path)).toEqual([
      'odd/a:b #1?.def',
      'odd/line\nend.def',
      'odd/next\u0085line.def',
    ]);
    expect(out).not.toMatch(/[\x7f-\x9f\n]/);
  });

  test('ranges count from 0', async () => {
    const { files } = await checked('tree/deep/wrong.def');
    expect(files[0]?.diagnostics).toContainEqual({
      range: { start: { line: 3, character: 0 }, end: { line: 3, character: 6 } },
      severity: 'error',
      code: 'parse/unknown-section',
      message: expect.stringContaining('%test') as string,
    });
  });

  test('a file that cannot be read has a problem', async () => {
    const { files } = await checked('missing.meta4');
    expect(files).toMatchObject([{ path: 'missing.meta4', language: 'metalink', diagnostics: [], problem: expect.any(String) as string }]);
  });
});

describe('sarif', () => {
  test('has what the standard requires, and rule indices that fit', async () => {
    interface Sarif {
      version: string;
      $schema: string;
      runs: {
        columnKind: string;
        tool: { driver: { name: string; rules: { id: string; helpUri: string }[] } };
        results: {
          ruleId: string;
          ruleIndex: number;
          level: string;
          message: { text: string };
          locations: { physicalLocation: { artifactLocation: { uri: string }; region: Record<string, number> } }[];
        }[];
      }[];
    }
    folder.write('tree/with space.def', wrong);
    const { out, status } = await call('check', '--format', 'sarif', 'tree');
    fs.rmSync(path.join(folder.path, 'tree/with space.def'));
    expect(status).toBe(1);
    const { version, $schema, runs } = JSON.parse(out) as Sarif;
    expect(version).toBe('2.1.0');
    expect($schema).toContain('sarif-2.1.0');
    const [run] = runs;
    if (run === undefined) throw new Error('no run');
    expect(run.columnKind).toBe('utf16CodeUnits');
    expect(run.tool.driver.name).toBe('container-metalink');
    expect(run.results.length).toBeGreaterThan(3);
    for (const result of run.results) {
      expect(run.tool.driver.rules[result.ruleIndex]?.id).toBe(result.ruleId);
      expect(['error', 'warning', 'note']).toContain(result.level);
      expect(result.message.text).not.toBe('');
      const [location] = result.locations;
      const { uri } = location?.physicalLocation.artifactLocation ?? { uri: ' ' };
      expect(uri).not.toMatch(/[ \\]/);
      const region = location?.physicalLocation.region ?? {};
      for (const number of Object.values(region)) expect(number).toBeGreaterThanOrEqual(1);
      expect([region.startLine, region.startColumn, region.endLine, region.endColumn].every(Number.isInteger)).toBe(true);
    }
    for (const { helpUri } of run.tool.driver.rules) expect(URL.canParse(helpUri)).toBe(true);
  });
});

describe('options', () => {
  test('--engine changes what the engine says', async () => {
    const header = folder.write('header.def', 'bootstrap: docker\nfrom: alpine:3.20\n\n%foo\n  true\n');
    const apptainer = await call('check', '--engine', 'apptainer', header);
    const singularity = await call('check', '--engine', 'singularity', header);
    expect(apptainer.out).toContain('Apptainer');
    expect(singularity.out).toContain('Singularity');
  });

  test('--language decides against the name', async () => {
    const { files } = await checked('--language', 'recipe', 'tree/tool.meta4');
    expect(files).toMatchObject([{ language: 'recipe' }]);
  });

  test('--build-arg gives placeholders their values', async () => {
    const codes = async (...words: string[]) => (await checked(...words, 'arguments.def')).files[0]?.diagnostics.map(({ code }) => code);
    expect(await codes()).toContain('build/undefined-argument');
    expect(await codes('--build-arg', 'version=3.20')).not.toContain('build/undefined-argument');
    expect(await codes('--build-arg', 'version=3.20', '--build-arg', 'none=1')).toContain('build/unused-build-argument');
  });
});

describe('settings', () => {
  test('of the workspace file hold, and what it ignores is passed over', async () => {
    folder.write('team/wrong.def', wrong);
    folder.write('team/old/wrong.def', wrong);
    folder.write('team/.container-metalink.json', JSON.stringify({ rules: { 'parse/unknown-section': 'warning' }, ignore: ['old/**'] }));
    const { files } = await checked('team');
    expect(files.map((file) => file.path)).toEqual(['team/wrong.def']);
    expect(files[0]?.diagnostics).toContainEqual(expect.objectContaining({ code: 'parse/unknown-section', severity: 'warning' }));
  });

  test('of the user’s own file hold', async () => {
    folder.write('home/.config/container-metalink/settings.json', JSON.stringify({ rules: { 'parse/unknown-section': 'hint' } }));
    expect((await call('check', 'tree/deep/wrong.def')).status).toBe(0);
    folder.write('home/.config/container-metalink/settings.json', '{}');
    process.env.CONTAINER_METALINK_CONFIG = folder.write('mine.json', JSON.stringify({ 'engine.kind': 'singularity' }));
    expect((await call('check', 'tree/deep/wrong.def')).out).toContain('Singularity');
    Reflect.deleteProperty(process.env, 'CONTAINER_METALINK_CONFIG');
  });

  test.each([
    ['broken.json', '{', 'is no JSON'],
    ['absent.json', undefined, 'cannot be read'],
  ])('in a file that cannot be used are named and left: %s', async (name, content, message) => {
    if (content !== undefined) folder.write(name, content);
    process.env.CONTAINER_METALINK_CONFIG = name;
    const { status, note } = await call('check', 'tree/good.def');
    Reflect.deleteProperty(process.env, 'CONTAINER_METALINK_CONFIG');
    expect(note).toContain(message);
    expect(status).toBe(0);
  });
});
