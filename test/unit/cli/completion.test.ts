import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { usages } from '../../../server/src/cli/usages';
import { call, ownFolder } from './program';

let folder: ReturnType<typeof ownFolder>;
beforeAll(() => {
  folder = ownFolder();
  folder.write('tool.def', 'Bootstrap: docker\nFrom: alpine:3.20\n');
});
afterAll(() => folder.close());

const offered = async (line: string) => (await call('completion', '--', `container-metalink ${line}`)).out.split('\n');

describe('words', () => {
  test.each<[string, string[]]>([
    ['', ['check', 'inspect', 'verify', 'pull', 'metalink', 'cache', 'lsp', 'completion', 'help']],
    ['ch', ['check']],
    ['help ve', ['verify']],
    ['cache ', ['list', 'verify', 'clean']],
    ['metalink s', ['sort']],
    ['completion ', ['bash', 'zsh', 'fish']],
    ['cache list --', ['--engine', '--details', '--format']],
    ['metalink sort -', ['--write']],
    ['metalink merge -', ['-o']],
    ['lsp --', ['--stdio']],
    ['check --format ', ['text', 'json', 'sarif']],
    ['inspect --format ', ['text', 'json']],
    ['cache clean --engine s', ['singularity']],
    ['check t', ['tool.def']],
    ['verify --key to', ['tool.def']],
    ['nothing --', ['']],
  ])('%s', async (line, words) => expect(await offered(line)).toEqual(words));
});

test('--cache may stand alone: engines, and what else can follow', async () => {
  const words = await offered('pull --cache ');
  expect(words.slice(0, 2)).toEqual(['apptainer', 'singularity']);
  expect(words).toContain('docker://');
  expect(words).toContain('tool.def');
});

test.each(usages)('every option of "%s"', async (usage) => {
  const words = usage.split(' ');
  const fixed = words.slice(0, ['metalink', 'cache'].includes(words[0] ?? '') ? 2 : 1);
  const options = usage.match(/(?<=[ [])--[a-z0-9-]+/g) ?? [];
  if (options.length > 0) expect(await offered(`${fixed.join(' ')} --`)).toEqual(options);
});
