import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { noKeys } from '../../../server/src/signature/keyMaterial';
import type { KeyMaterial } from '../../../server/src/signature/keyMaterial';
import { readingHasher } from '../../../server/src/signature/objectDigests';
import { readPgpKeys } from '../../../server/src/signature/pgpEntities';
import { readPublicKeys } from '../../../server/src/signature/publicKeys';
import { verifySif } from '../../../server/src/signature/verifySif';
import type { SignatureMode } from '../../../server/src/signature/verifySif';
import { ImageFormatError } from '../../../server/src/sif/formatError';
import { readSif } from '../../../server/src/sif/sifImage';
import { describeCorpus } from '../corpus';
import { memorySource } from '../sif/memorySource';
import { referenceKey } from './referenceKey';

/** The verdict as the corpus writes it. */
async function verdict(bytes: Uint8Array, keys: KeyMaterial, mode: SignatureMode): Promise<string> {
  try {
    const source = memorySource(bytes);
    const { error } = await verifySif(await readSif(source), { keys, mode, hasher: readingHasher(source), now: Date.now() / 1000 });
    return error === undefined ? 'verify: <nil>' : `verify: integrity: ${error}`;
  } catch (error) {
    if (!(error instanceof ImageFormatError)) throw error;
    return `ERR: ${error.reference ?? error.message}`;
  }
}

async function pgpKeys(text: string | Uint8Array): Promise<KeyMaterial> {
  const { entities, problems } = await readPgpKeys(Buffer.from(text));
  expect(problems).toEqual([]);
  return { ...noKeys, pgp: entities.map((entity) => ({ entity, trust: 'trusted', source: 'test' })) };
}

function table(file: string): string[][] {
  const lines = fs.readFileSync(file, 'utf8').trim().split('\n').slice(1);
  return [...new Set(lines)].map((line) => line.split('\t'));
}

/** The verdicts of the corpus are of release 2.8.3, which knows no DSSE and asks for clear-signed text first. */
function ofCurrentRelease(image: string, words: string): string {
  if (words.endsWith('not valid: clearsigned message not found'))
    return image.includes('dsse')
      ? 'verify: integrity: key material not provided for DSSE envelope signature'
      : 'verify: integrity: signature format not recognized';
  return words;
}

describeCorpus('verdicts on the reference images', 'sif/signature-verdicts.tsv', (file) => {
  const modes: Readonly<Record<string, SignatureMode>> = { default: 'default', legacy: 'legacy', legacyall: 'legacy-all' };
  test.each(table(file))('%s %s', async (image, mode, words) => {
    const bytes = fs.readFileSync(path.join(path.dirname(file), image));
    expect(await verdict(bytes, await pgpKeys(referenceKey), modes[mode]!)).toBe(ofCurrentRelease(image, words));
  });
});

describeCorpus('DSSE with the reference keys', 'sif/apptainer-sif', (folder) => {
  const image = (name: string) => fs.readFileSync(path.join(folder, 'images', `${name}.sif`));
  const publicKeys = (...names: string[]): KeyMaterial => ({
    ...noKeys,
    publicKeys: names.flatMap((name) =>
      readPublicKeys(fs.readFileSync(path.join(folder, 'keys', `${name}-public.pem`), 'latin1'), new Date()).keys.map(
        (key) => ({ ...key, trust: 'trusted', source: name }) as const,
      ),
    ),
  });
  test.each(['one-group-signed-dsse', 'two-groups-signed-dsse'])('%s verifies with one of its keys', async (name) => {
    expect(await verdict(image(name), publicKeys('ecdsa', 'ed25519', 'rsa'), 'default')).toBe('verify: <nil>');
    const single = await Promise.all(['ecdsa', 'ed25519', 'rsa'].map((key) => verdict(image(name), publicKeys(key), 'default')));
    expect(single).toContain('verify: <nil>');
  });
});

describeCorpus('verdicts on tampered images', 'sif/tampered/expected.tsv', (file) => {
  const made = path.join(path.dirname(file), '../made');
  test.each(table(file))('%s', async (image, words) => {
    const keys = await pgpKeys(fs.readFileSync(path.join(made, 'indep-pub.asc')));
    const bytes = fs.readFileSync(path.join(path.dirname(file), `${image}.sif`));
    expect(await verdict(bytes, keys, 'default')).toBe(ofCurrentRelease(image, words));
  });
});

describeCorpus('images signed by two independent programs', 'sif/made', (folder) => {
  const read = (name: string) => fs.readFileSync(path.join(folder, name));
  const all = async () => pgpKeys(Buffer.concat([read('go-pub.asc'), Buffer.from('\n'), read('indep-pub.asc')]));
  test.each(['go-signed', 'indep-rsa', 'indep-ed25519', 'indep-sha512'])('%s', async (name) => {
    expect(await verdict(read(`${name}.sif`), await all(), 'default')).toBe('verify: <nil>');
    expect(await verdict(read(`${name}.sif`), noKeys, 'default')).toMatch(
      /signature object \d+ not valid: openpgp: signature made by unknown entity$/,
    );
  });
  test.each(['go-unsigned', 'indep-unsigned', 'go-xz'])('%s', async (name) => {
    expect(await verdict(read(`${name}.sif`), await all(), 'default')).toBe('verify: integrity: signature not found for object group 1');
  });
});

describe('no image at all', () => {
  test('an empty file', async () => expect(await verdict(new Uint8Array(0), noKeys, 'default')).toBe('ERR: reading global header: EOF'));
});
