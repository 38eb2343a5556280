// Verification reports of every kind: the verdict can be read in the first line, what was compared stands below it, and the next step is
// offered.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { createCleartextMessage, generateKey, sign } from 'openpgp';
import { signatureExtra, writeSif } from '../oracle/sif/sifWriter.mjs';

/** Images that carry what old engines left behind, and one that only a metalink vouches for. */
export async function prepare({ workspace, home, profile }) {
  const images = path.join(workspace, 'images');
  const source = path.resolve(import.meta.dirname, '../hub/images');
  for (const name of ['stranger.sif', 'hello-world.simg']) fs.copyFileSync(path.join(source, name), path.join(images, name));
  const plain = fs.readFileSync(path.join(images, 'hello-world.simg'));
  fs.writeFileSync(
    path.join(images, 'hello.meta4'),
    `<?xml version="1.0" encoding="UTF-8"?>
<metalink xmlns="urn:ietf:params:xml:ns:metalink">
  <file name="hello-world.simg">
    <size>${plain.length}</size>
    <hash type="sha-256">${createHash('sha256').update(plain).digest('hex')}</hash>
    <url>https://example.org/hello-world.simg</url>
  </file>
</metalink>
`,
  );
  const { privateKey, publicKey } = await generateKey({ userIDs: [{ name: 'Old Hand', email: 'old@example.org' }], format: 'object' });
  fs.writeFileSync(path.join(images, 'old.sif'), await legacyImage(privateKey, publicKey.getFingerprint()));
  // The key is in the engine's key ring, and the user has pinned it.
  const ring = path.join(home, '.apptainer/keys');
  fs.mkdirSync(ring, { recursive: true });
  fs.writeFileSync(path.join(ring, 'pgp-public'), publicKey.write());
  profile.settings['containerMetalink.verify.trustedKeys'] = [publicKey.getFingerprint().toUpperCase()];
}

/** As Singularity 3.0–3.5 signed: a hash over the contents of the group, and nothing about header and descriptors. */
async function legacyImage(signingKeys, fingerprint) {
  const objects = [
    { type: 0x4001, group: 1, name: 'Singularity', data: Buffer.from('Bootstrap: docker\nFrom: debian:9\n') },
    { type: 0x4007, group: 1, name: 'data', data: Buffer.alloc(5000, 3) },
  ];
  const hash = createHash('sha384').update(Buffer.concat(objects.map(({ data }) => data)));
  const message = await createCleartextMessage({ text: `SIFHASH:\n${hash.digest('hex')}` });
  const data = Buffer.from(await sign({ message, signingKeys }));
  return writeSif({ objects: [...objects, { type: 0x4005, link: 0xf0000001, extra: signatureExtra(2, fingerprint), data }] }).image;
}

/** Verifies a file by its path in the workspace and gives the report when its first line has the words. */
async function report(workbench, file, words, picture) {
  await workbench.command('Containers: Verify Container');
  await workbench.quickInput().getByText('Verify which container?').waitFor();
  await workbench.answer(file);
  await workbench.line(words).first().waitFor({ timeout: 90_000 });
  await workbench.settled();
  await workbench.pictures(picture);
  return workbench.shownText();
}

export const tests = {
  'a damaged image: failed, what differs, and no way to pull it': async (workbench) => {
    const text = await report(workbench, 'images/damaged.sif', /damaged\.sif\s+FAILED/, 'report-kind-failed');
    assert.match(text, /The bytes (were changed after they were signed|are not those that the signature lists)/);
    assert.equal(await workbench.codeLens('Pull into the cache').count(), 0);
  },
  'signed by a key that nobody knows: unverified, and a key file can be given': async (workbench) => {
    const text = await report(workbench, 'images/stranger.sif', /UNVERIFIED\s·\sSIGNED\sBY\sAN\sUNKNOWN\sKEY/, 'report-kind-unknown-key');
    assert.match(text, /is not known here/);
    await workbench.codeLens('Verify with a key file').first().waitFor();
  },
  'nothing to compare with: unverified, never good': async (workbench) => {
    const text = await report(workbench, 'images/hello-world.simg', /hello-world\.simg\s+UNVERIFIED/, 'report-kind-unverified');
    assert.match(text, /carries no signature/);
  },
  'a declared hash and no signature: intact, not signed': async (workbench) => {
    const text = await report(workbench, 'images/hello.meta4', /INTACT\s·\sNOT\sSIGNED/, 'report-kind-intact');
    assert.match(text, /✓ sha-256/);
    assert.doesNotMatch(text, /value\s+\d+$/m); // the size stands in its sentence
    assert.match(text, /not who made them/);
  },
  'signatures of Singularity 3.0–3.5: named, then counted for the contents alone': async (workbench) => {
    const text = await report(workbench, 'images/old.sif', /old\.sif\s+UNVERIFIED/, 'report-kind-legacy');
    assert.match(text, /Singularity 3\.0–3\.5/);
    await workbench.codeLens('Count the old signatures').first().click();
    await workbench
      .line(/CONTENTS\sONLY/)
      .first()
      .waitFor({ timeout: 90_000 });
    await workbench.settled();
    await workbench.picture('report-kind-legacy-counted');
    assert.match(await workbench.shownText(), /header and descriptors/);
  },
};
