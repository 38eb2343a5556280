import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { readObject, readSif } from '../../../server/src/sif/sifImage';
import { describeCorpus } from '../corpus';
import { memorySource } from './memorySource';
import { headerText, infoText, listText } from './siftoolText';

/** Images of the reference library's tool tests, by the name of the golden file. */
const images = {
  Empty: 'empty',
  EmptyID: 'empty-id',
  EmptyLaunchScript: 'empty-launch-script',
  OneGroup: 'one-group',
  OneGroupSignedLegacy: 'one-group-signed-legacy',
  OneGroupSignedLegacyAll: 'one-group-signed-legacy-all',
  OneGroupSignedLegacyGroup: 'one-group-signed-legacy-group',
  OneGroupSignedPGP: 'one-group-signed-pgp',
  OneObjectCryptMessage: 'one-object-crypt-message',
  OneObjectGenericJSON: 'one-object-generic-json',
  OneObjectOCIBlob: 'one-object-oci-blob',
  OneObjectOCIRootIndex: 'one-object-oci-root-index',
  OneObjectSBOM: 'one-object-sbom',
  OneObjectTime: 'one-object-time',
  TwoGroups: 'two-groups',
  TwoGroupsSignedLegacy: 'two-groups-signed-legacy',
  TwoGroupsSignedLegacyAll: 'two-groups-signed-legacy-all',
  TwoGroupsSignedLegacyGroup: 'two-groups-signed-legacy-group',
  TwoGroupsSignedPGP: 'two-groups-signed-pgp',
} as const;

const infos = [
  ['Time', 'one-object-time', 1],
  ['GenericJSON', 'one-object-generic-json', 1],
  ['CryptMessage', 'one-object-crypt-message', 1],
  ['SBOM', 'one-object-sbom', 1],
  ['OCIRootIndex', 'one-object-oci-root-index', 1],
  ['OCIBlob', 'one-object-oci-blob', 1],
  ['DataPartitionRaw', 'two-groups-signed-pgp', 1],
  ['DataPartitionSquashFS', 'two-groups-signed-pgp', 2],
  ['DataPartitionEXT3', 'two-groups-signed-pgp', 3],
  ['DataSignature', 'two-groups-signed-pgp', 4],
] as const;

describeCorpus('golden outputs of the reference tool', 'sif/apptainer-sif', (folder) => {
  const golden = path.join(folder, 'siftool-golden', 'internal_app_siftool_testdata');
  const load = (name: string) => readSif(memorySource(fs.readFileSync(path.join(folder, 'images', `${name}.sif`))));
  const expected = (kind: string, name: string) => fs.readFileSync(path.join(golden, kind, `${name}.golden`));

  test('the tables above name every golden file', () => {
    expect(fs.readdirSync(path.join(golden, 'TestApp_Header')).sort()).toEqual(
      Object.keys(images)
        .map((n) => `${n}.golden`)
        .sort(),
    );
    expect(fs.readdirSync(path.join(golden, 'TestApp_Info')).sort()).toEqual(infos.map(([n]) => `${n}.golden`).sort());
  });

  test.each(Object.entries(images))('header and list of %s', async (name, image) => {
    const sif = await load(image);
    expect(headerText(sif)).toBe(expected('TestApp_Header', name).toString());
    expect(listText(sif)).toBe(expected('TestApp_List', name).toString());
  });

  test.each(infos)('info %s', async (name, image, id) => {
    const sif = await load(image);
    expect(infoText(sif.descriptors.find((d) => d.id === id)!)).toBe(expected('TestApp_Info', name).toString());
  });

  test.each([
    ['One', 1],
    ['Two', 2],
  ] as const)('dump %s', async (name, id) => {
    const sif = await load('one-group-signed-pgp');
    const bytes = await readObject(
      sif,
      sif.descriptors.find((d) => d.id === id)!,
      1 << 20,
    );
    expect(Buffer.from(bytes).equals(expected('TestApp_Dump', name))).toBe(true);
  });
});
