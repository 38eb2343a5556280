// Makes the images of the embedded hub (test/hub/images). They are committed, so nobody needs this script but to change them:
//   node scripts/make-images.mjs
// Needs mksquashfs (squashfs-tools) and gpg. Private keys live in a temporary folder and are thrown away, so every run makes
// other keys and signatures; everything else is the same on every run.
//
//   tool-1.4.sif         amd64, signed by Jane Doe, whose key the embedded key server has       (jane.asc)
//   tool-1.4.sif.asc     Jane Doe's detached signature of that file, for the sample metalink
//   tool-1.4-arm64.sif   arm64, signed by the build farm, whose key is only here, on no server  (farm.asc)
//   tool-1.3.sif         amd64, not signed
//   stranger.sif         amd64, signed by a key that nobody has
//   hello-world.simg     before SIF: a launch line and a squashfs
//   images.json          size, digests, architecture and signer of each
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { inspectMetadata, ociConfig, recipe, writeRoot } from './images/rootfs.mjs';
import { objectType, systemPartition, writeSif } from './images/sif.mjs';

const time = Date.parse('2025-01-15T10:00:00Z') / 1000;
const fakedTime = '20250115T100000!';
const target = path.resolve(import.meta.dirname, '../test/hub/images');
const work = fs.mkdtempSync(path.join(os.tmpdir(), 'images-'));
const gnupg = path.join(work, 'gnupg');

try {
  fs.mkdirSync(gnupg, { mode: 0o700 });
  fs.mkdirSync(target, { recursive: true });
  makeImages();
} finally {
  execFileSync('gpgconf', ['--homedir', gnupg, '--kill', 'all']);
  fs.rmSync(work, { recursive: true, force: true });
}

function makeImages() {
  const jane = makeKey('Jane Doe <jane@example.org>', 'ed25519');
  const farm = makeKey('Build Farm <builds@hpc.example.org>', 'rsa3072');
  const stranger = makeKey('A. Stranger <stranger@example.net>', 'ed25519');
  const made = {};
  const keep = (name, bytes, facts) => {
    fs.writeFileSync(path.join(target, name), bytes);
    const hex = (algorithm) => createHash(algorithm).update(bytes).digest('hex');
    made[name] = { size: bytes.length, sha256: hex('sha256'), md5: hex('md5'), ...facts };
  };

  const tool = makeSif({ version: '1.4', architecture: 'amd64', dataBytes: 600_000, key: jane });
  keep('tool-1.4.sif', tool, { architecture: 'amd64', signer: jane });
  fs.writeFileSync(path.join(target, 'tool-1.4.sif.asc'), gpg(['--local-user', jane, '--armor', '--detach-sign'], tool));
  keep('tool-1.4-arm64.sif', makeSif({ version: '1.4', architecture: 'arm64', dataBytes: 40_000, key: farm }), {
    architecture: 'arm64',
    signer: farm,
  });
  keep('tool-1.3.sif', makeSif({ version: '1.3', architecture: 'amd64', dataBytes: 20_000 }), { architecture: 'amd64' });
  keep('stranger.sif', makeSif({ version: '1.4', architecture: 'amd64', dataBytes: 1000, key: stranger }), {
    architecture: 'amd64',
    signer: stranger,
  });
  const launch = Buffer.from('#!/usr/bin/env run-singularity\n');
  keep('hello-world.simg', Buffer.concat([launch, makeSquashfs({ version: '0.9', architecture: 'amd64', dataBytes: 0 })]), {
    architecture: 'amd64',
  });

  fs.writeFileSync(path.join(target, 'jane.asc'), gpg(['--armor', '--export', jane]));
  fs.writeFileSync(path.join(target, 'farm.asc'), gpg(['--armor', '--export', farm]));
  fs.writeFileSync(path.join(target, 'images.json'), `${JSON.stringify(made, null, 2)}\n`);
}

/** An image as `apptainer build` lays it out: recipe, metadata, root; one group; a signature over all of it. */
function makeSif({ version, architecture, dataBytes, key }) {
  const json = (value) => Buffer.from(JSON.stringify(value, null, '\t'));
  return writeSif({
    architecture,
    uuid: createHash('sha256').update(`${version} ${architecture} ${dataBytes}`).digest('hex').slice(0, 32),
    time,
    objects: [
      { type: objectType.deffile, name: 'tool.def', data: Buffer.from(recipe(version, architecture)) },
      { type: objectType.genericJson, name: 'inspect-metadata.json', data: json(inspectMetadata(version, architecture)) },
      { type: objectType.genericJson, name: 'oci-config.json', data: json(ociConfig(architecture)) },
      {
        type: objectType.partition,
        name: 'squashfs-root',
        data: makeSquashfs({ version, architecture, dataBytes }),
        extra: systemPartition(architecture),
        aligned: true,
      },
    ],
    ...(key === undefined
      ? {}
      : { sign: (text) => ({ armored: gpg(['--local-user', key, '--clearsign', '--digest-algo', 'SHA256'], text), fingerprint: key }) }),
  });
}

function makeSquashfs(contents) {
  const root = path.join(work, 'root');
  const image = path.join(work, 'root.squashfs');
  fs.rmSync(root, { recursive: true, force: true });
  fs.mkdirSync(root);
  writeRoot(root, contents);
  const reproducible = ['-all-root', '-no-xattrs', '-mkfs-time', String(time), '-all-time', String(time), '-processors', '1'];
  execFileSync('mksquashfs', [root, image, '-noappend', '-no-progress', '-comp', 'gzip', ...reproducible], { stdio: 'ignore' });
  return fs.readFileSync(image);
}

/** Makes a signing key that never expires; returns its fingerprint. */
function makeKey(user, algorithm) {
  gpg(['--quick-generate-key', user, algorithm, 'sign', 'never']);
  const fields = gpg(['--with-colons', '--fingerprint', user]).toString().split('\n');
  return fields.find((line) => line.startsWith('fpr:')).split(':')[9];
}

function gpg(options, input) {
  const quiet = ['--homedir', gnupg, '--batch', '--quiet', '--no-tty', '--pinentry-mode', 'loopback', '--passphrase', ''];
  const reproducible = ['--faked-system-time', fakedTime, '--no-emit-version'];
  return execFileSync('gpg', [...quiet, ...reproducible, ...options], { input, stdio: ['pipe', 'pipe', 'pipe'] });
}
