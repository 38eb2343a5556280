import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readConfiguredSettings } from '../../../server/src/cli/configuredSettings';
import { call, ownFolder } from './program';

let folder: ReturnType<typeof ownFolder>;
beforeAll(() => {
  folder = ownFolder();
});
afterAll(() => folder.close());

async function read(text: string) {
  const file = folder.write('settings.json', text);
  process.env.CONTAINER_METALINK_CONFIG = file;
  const { settings, problems } = await readConfiguredSettings();
  return { settings, problems: problems.map((problem) => problem.replace(`${file}: `, '')) };
}

describe('what of the settings file is not used is told', () => {
  test.each<[string, string]>([
    ['{"download.locatoin":"de"}', 'There is no setting "download.locatoin". Did you mean "download.location"?'],
    ['{"containerMetalink.rules":{}}', 'There is no setting "containerMetalink.rules". Did you mean "rules"?'],
    ['{"xyzzy":1}', 'There is no setting "xyzzy".'],
    ['{"download":{"speed":1}}', 'There is no setting "download.speed".'],
    ['{"download.connections":"four"}', '"download.connections" takes a number from 1 to 16: its value is not used.'],
    ['{"download.connections":0}', '"download.connections" takes a number from 1 to 16: its value is not used.'],
    ['{"download.rateLimit":-1}', '"download.rateLimit" takes a number from 0: its value is not used.'],
    ['{"engine.kind":"docker"}', '"engine.kind" takes apptainer, singularity: its value is not used.'],
    ['{"library.url":1}', '"library.url" takes a text: its value is not used.'],
    ['{"verify.fetchKeys":"no"}', '"verify.fetchKeys" takes true or false: its value is not used.'],
    ['{"cache.shared":"/a"}', '"cache.shared" takes a list of texts: its value is not used.'],
    ['{"metalink.mirrors":["https://a"]}', '"metalink.mirrors" takes a list of objects: its value is not used.'],
    ['{"rules":[]}', '"rules" takes an object: its value is not used.'],
    ['[]', 'It is no object with settings.'],
  ])('%s', async (text, problem) => expect((await read(text)).problems).toEqual([problem]));
});

test('what fits is used, dotted or nested, beside what does not', async () => {
  const { settings, problems } = await read(
    '{"$schema":"x","download":{"location":"de"},"download.connections":99,"engine.kind":"singularity","rules":{"M4-046":"off"}}',
  );
  expect(settings).toMatchObject({
    'download.location': 'de',
    'download.connections': 4,
    'engine.kind': 'singularity',
    rules: { 'M4-046': 'off' },
  });
  expect(problems).toHaveLength(1);
});

test('the command goes on', async () => {
  process.env.CONTAINER_METALINK_CONFIG = folder.write('settings.json', '{"xyzzy":1}');
  folder.write('a.def', 'Bootstrap: docker\nFrom: alpine:3.20\n');
  const { status, note } = await call('check', 'a.def');
  expect(status).toBe(0);
  expect(note).toContain('There is no setting "xyzzy".');
});
