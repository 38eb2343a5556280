import { expect, test } from 'vitest';
import { fillTemplate, siteMirrors } from '../../../server/src/operations/siteMirrors';
import { defaultSettings } from '../../../server/src/settings';

const values = { name: 'dir/tool 1.sif', digest: 'abc', url: 'https://h.example:8080/a/b.sif?x=1' };
const cases: [string, string | undefined][] = [
  ['https://mirror.example/{name}', 'https://mirror.example/dir/tool%201.sif'],
  ['https://mirror.example/{digest}', 'https://mirror.example/abc'],
  ['https://proxy.example/{host}/{path}', 'https://proxy.example/h.example:8080/a/b.sif'],
  ['file:///shared/{digest}.sif', 'file:///shared/abc.sif'],
  ['https://mirror.example/{unknown}', undefined],
  ['no url {name}', undefined],
];

test.each(cases)('%s', (template, expected) => {
  expect(fillTemplate(template, values)).toBe(expected);
});

test('a template whose value is not known makes no mirror; priority is 1 unless it is said', () => {
  const settings = {
    ...defaultSettings,
    'metalink.mirrors': [
      { url: 'https://a.example/{digest}' },
      { url: 'https://b.example/{name}', priority: 5, location: 'de' },
      { url: 'https://c.example/{name}' },
    ],
  };
  expect(siteMirrors(settings, { name: 'x.sif' })).toEqual([
    { url: 'https://b.example/x.sif', priority: 5, location: 'de' },
    { url: 'https://c.example/x.sif', priority: 1 },
  ]);
});
