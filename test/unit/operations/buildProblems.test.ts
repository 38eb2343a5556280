import { expect, test } from 'vitest';
import { buildInfo } from '../../../server/src/operations/buildInfo';
import { buildProblems } from '../../../server/src/operations/buildProblems';

const recipe = `Bootstrap: docker
From: ubuntu:{{ version }}

%files
  data/in.txt /opt
%tests
  true
%post
  apt-get update
  curl "https://h.example/x"  -o /x
%files from build
  /a /b
`;
const lineOf = (text: string) => recipe.split('\n').findIndex((line) => line.includes(text));

// What the engines print (pkg/build/types/parser/deffile.go, internal/pkg/build), and the line that it is about.
const cases: [string, string, string][] = [
  ['section', 'FATAL:   Unable to build from t.def: while parsing definition: t.def: invalid section(s) specified: tests', '%tests'],
  [
    'argument',
    "FATAL:   Unable to build from t.def: build var version is not defined through either --build-arg (--build-arg-file) or 'arguments' section",
    '{{ version }}',
  ],
  [
    'stage',
    'FATAL:   While performing build: unable to copy files from stage to container fs: stage build was not found',
    '%files from build',
  ],
  [
    'file',
    "cp: cannot stat 'data/in.txt': No such file or directory\nFATAL:   While performing build: while copying data/in.txt to /tmp/x: exit status 1",
    'data/in.txt',
  ],
  ['no such file, SingularityCE', 'FATAL: no source files found matching: data/in.txt', 'data/in.txt'],
  [
    'a command of the script',
    '\u001b[31m+ apt-get update\n+ curl https://h.example/x -o /x\ncurl: (6) Could not resolve host\nFATAL:   While performing build: while running engine: exit status 6',
    'curl',
  ],
  [
    'image',
    'FATAL:   While performing build: conveyor failed to get: GET https://index.docker.io/v2/…: MANIFEST_UNKNOWN: manifest unknown',
    'From:',
  ],
];

test.each(cases)('%s', (_, output, line) => {
  const [problem] = buildProblems(recipe, output);
  expect(problem && recipe.slice(0, problem.range.start).split('\n').length - 1).toBe(lineOf(line));
  expect(problem?.message).not.toBe('');
});

test('the command’s own message is shown, not the engine’s', () => {
  expect(buildProblems(recipe, '+ apt-get update\nE: no network\nFATAL: While performing build: exit status 100')[0]?.message).toBe(
    'E: no network',
  );
});

test('nothing is made up', () => {
  expect(buildProblems(recipe, 'INFO: Build complete: t.sif')).toEqual([]);
});

test('what a build has to be told', () => {
  const text =
    'Bootstrap: docker\nFrom: {{ image }}\n%arguments\n  image=alpine\n  tag=1\n%post\n  echo {{ tag }} {{ user }} # {{ commented }}\n';
  expect(buildInfo(text, 2)).toEqual({
    buildArguments: [{ name: 'image', default: 'alpine' }, { name: 'tag', default: '1' }, { name: 'user' }],
    sections: ['post'],
    errors: 2,
  });
});
