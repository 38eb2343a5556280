import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isServerCall } from '../../../server/src/cli/serverCall';
import { usages } from '../../../server/src/cli/usages';
import { call, ownFolder } from './program';

let folder: ReturnType<typeof ownFolder>;
beforeAll(() => {
  folder = ownFolder();
  folder.write('a.def', 'Bootstrap: docker\nFrom: alpine:3.20\n');
  folder.write('a.meta4', '<metalink xmlns="urn:ietf:params:xml:ns:metalink"/>');
  folder.write('x.sif', Buffer.alloc(64));
});
afterAll(() => folder.close());

describe('a wrong call: what is wrong on standard error, status 64', () => {
  test.each([
    ['check', 'check needs a file or folder'],
    ['check --format xml a.def', '"xml"'],
    ['check --format', '--format'],
    ['check --bogus a.def', '--bogus'],
    ['check --engine docker a.def', '--engine takes apptainer, singularity, not "docker"'],
    ['check --language yaml a.def', '--language takes recipe, metalink'],
    ['check --build-arg novalue a.def', '"novalue" is not a key=value pair'],
    ['check --build-arg =x a.def', 'key=value'],
    ['inspect', 'one target'],
    ['inspect a b', 'one target'],
    ['inspect --format sarif x.sif', 'text, json'],
    ['inspect --platform a/b/c/d x.sif', 'linux/arm64'],
    ['verify', 'one target'],
    ['verify --fingerprint 1234 x.sif', '40 or 64 hexadecimal digits'],
    ['verify --offline=yes x.sif', '--offline'],
    ['pull', 'one target'],
    ['pull --cache --output y x.sif', 'exclude each other'],
    ['pull --cache=docker x.sif', 'apptainer, singularity'],
    ['metalink', 'create, convert, resolve, sort or merge'],
    ['metalink make', 'create, convert, resolve, sort or merge'],
    ['metalink create', 'metalink create'],
    ['metalink convert', 'one file'],
    ['metalink resolve', 'one file'],
    ['metalink merge a.meta4', 'two files'],
    ['cache', 'list, verify or clean'],
    ['cache purge', 'list, verify or clean'],
    ['cache list --engine docker', 'apptainer, singularity'],
    ['cache clean --days soon', '"soon"'],
    ['completion', 'bash, zsh or fish'],
    ['completion tcsh', 'bash, zsh or fish'],
    ['lsp --port 3', '--stdio'],
    ['chekc a.def', 'Did you mean "check"'],
    ['frobnicate', 'no command "frobnicate"'],
    ['frobnicate --help', 'no command "frobnicate"'],
    ['help chekc', 'Did you mean "check"'],
    ['check ', 'check needs a file or folder'],
    ['verify ', 'The target is empty'],
    ['inspect ', 'The target is empty'],
    ['pull ', 'The target is empty'],
    ['toString', 'no command'],
  ])('%s', async (line, message) => {
    const { status, out, note } = await call(...line.split(' '));
    expect(note).toContain(message);
    expect(note).toContain('container-metalink help');
    expect(note).not.toMatch(/\n\s+at /);
    expect(out).toBe('');
    expect(status).toBe(64);
  });
});

describe('help', () => {
  test.each(['help', '--help', '-h'])('"%s" lists every command', async (word) => {
    const { status, out } = await call(word);
    expect(status).toBe(0);
    for (const usage of usages) expect(out).toContain(usage);
  });

  test.each([
    ['help', 'verify'],
    ['verify', '--help'],
    ['verify', '-h'],
  ])('"%s %s" shows that command', async (...words) => {
    const { status, out } = await call(...words);
    expect(status).toBe(0);
    expect(out).toContain('container-metalink verify TARGET');
    expect(out).not.toContain('container-metalink pull');
  });

  test('no words at all are a wrong call that shows the usage', async () => {
    const { status, out, note } = await call();
    expect(status).toBe(64);
    expect(note).toContain('Usage:');
    expect(out).toBe('');
  });

  test.each(['--version', '-v', '-V'])('%s', async (word) => {
    expect(await call(word)).toMatchObject({ status: 0, out: 'development', note: '' });
  });

  test.each([['alpine'], ['alpine:3.20'], ['ghcr.io/org/tool'], [`org/tool@sha256:${'0'.repeat(64)}`]])(
    'a reference without its scheme: %s',
    async (word) => {
      for (const command of ['inspect', 'verify', 'pull']) {
        const { status, note } = await call(command, word);
        expect({ status, note }).toEqual({
          status: 2,
          note: `container-metalink: There is no file ${word}. If an image in a registry is meant, write docker://${word}`,
        });
      }
    },
  );

  test.each([['missing.sif'], ['images/missing.sif'], ['./missing'], ['Missing']])('a file that is not there: %s', async (word) => {
    const { status, note } = await call('verify', word);
    expect(status).toBe(2);
    expect(note).toContain('There is no file');
    expect(note).not.toContain('docker://');
  });

  test('what follows -- is a name', async () => {
    const { status, out, note } = await call('check', '--', '--help');
    expect(note).toContain('--help: There is no such file');
    expect({ status, out }).toEqual({ status: 2, out: '' });
  });
});

test.each<[string, boolean]>([
  ['lsp', true],
  ['lsp --stdio', true],
  ['lsp --stdio --clientProcessId=12', true],
  ['lsp --help', false],
  ['lsp --port 3', false],
  ['check', false],
])('%s is the language server: %s', (line, expected) => {
  expect(isServerCall(line.split(' '))).toBe(expected);
});
