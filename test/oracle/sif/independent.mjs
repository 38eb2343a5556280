// Images that neither the library nor our code had a hand in: our own small writer, mksquashfs and gpg.
import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { metadataText, partitionExtra, signatureExtra, writeSif } from './sifWriter.mjs';

const keys = [
  { name: 'rsa', parameters: ['Key-Type: RSA', 'Key-Length: 2048'] },
  { name: 'eddsa', parameters: ['Key-Type: EDDSA', 'Key-Curve: ed25519'] },
  { name: 'p256', parameters: ['Key-Type: ECDSA', 'Key-Curve: nistp256'] },
  { name: 'dsa', parameters: ['Key-Type: DSA', 'Key-Length: 2048'] },
  {
    name: 'subkey',
    parameters: [
      'Key-Type: EDDSA',
      'Key-Curve: ed25519',
      'Key-Usage: cert',
      'Subkey-Type: EDDSA',
      'Subkey-Curve: ed25519',
      'Subkey-Usage: sign',
    ],
  },
];

/** Makes images and an exported key ring in `folder`. Leaves out what needs a program that is not there, and says so. */
export function makeIndependentImages(folder) {
  if (spawnSync('gpg', ['--version']).status !== 0) {
    console.log('sif oracle: no gpg, images signed by it are left out');
    return { images: [], keys: [] };
  }
  fs.mkdirSync(folder, { recursive: true });
  const home = path.join(folder, 'gnupg');
  fs.mkdirSync(home, { mode: 0o700 });
  const gpg = (args, input) =>
    execFileSync('gpg', ['--homedir', home, '--batch', '--quiet', '--no-tty', '--pinentry-mode', 'loopback', '--passphrase', '', ...args], {
      input,
      stdio: ['pipe', 'pipe', 'ignore'],
    });
  try {
    for (const { name, parameters } of keys)
      gpg(
        ['--generate-key'],
        [
          '%no-protection',
          ...parameters,
          `Name-Real: Independent ${name}`,
          `Name-Email: ${name}@independent.example`,
          'Expire-Date: 0',
          '%commit',
          '',
        ].join('\n'),
      );
    const ring = path.join(folder, 'ring.pgp');
    fs.writeFileSync(ring, gpg(['--export']));
    return { images: images(folder, gpg, squashfs(folder)), keys: [ring] };
  } finally {
    spawnSync('gpgconf', ['--homedir', home, '--kill', 'all']);
  }
}

function images(folder, gpg, root) {
  const made = [];
  const write = (name, image) => {
    made.push(path.join(folder, `${name}.sif`));
    fs.writeFileSync(made.at(-1), image);
  };
  for (const { name } of keys) {
    write(`gpg-${name}`, signed(gpg, root, name, {}));
    write(`gpg-${name}-sha512`, signed(gpg, root, name, { algorithm: 'sha512', hash: 3, digest: 'SHA512' }));
  }
  for (const algorithm of ['sha224', 'sha384', 'sha512_224', 'sha512_256'])
    write(`gpg-rsa-${algorithm}`, signed(gpg, root, 'rsa', { algorithm }));
  for (const digest of ['SHA1', 'SHA224', 'SHA384', 'RIPEMD160'])
    write(`gpg-rsa-pgp-${digest.toLowerCase()}`, signed(gpg, root, 'rsa', { digest }));
  write('gpg-eddsa-pgp-sha224', signed(gpg, root, 'eddsa', { digest: 'SHA224' }));
  write('gpg-two-packets', signed(gpg, root, 'rsa', { also: 'eddsa' }));
  return made;
}

/** An image whose one group is signed by the key of that name. */
function signed(gpg, root, name, { algorithm = 'sha256', hash = 1, digest = 'SHA256', also }) {
  const objects = [
    { type: 0x4001, group: 1, data: Buffer.from('Bootstrap: scratch\n') },
    { type: 0x4006, group: 1, name: 'inspect-metadata.json', data: Buffer.from('{"type":"container","data":{"attributes":{}}}') },
    { type: 0x4004, group: 1, align: 4096, extra: partitionExtra(1, 2, '02'), data: root },
  ];
  const fingerprint =
    /^fpr:+([0-9A-F]{40}):/m.exec(gpg(['--with-colons', '--list-keys', `${name}@independent.example`]).toString())?.[1] ?? '';
  const bare = writeSif({ objects });
  // The signature's descriptor is not signed, nor are the counts in the header: the text for the bare image holds for the signed one.
  const text = metadataText(bare.image, bare.placed, 1, algorithm);
  const users = [name, ...(also ? [also] : [])].flatMap((user) => ['--local-user', `${user}@independent.example`]);
  const data = gpg([...users, '--digest-algo', digest, '--allow-weak-digest-algos', '--clearsign'], text);
  return writeSif({ objects: [...objects, { type: 0x4005, link: 0xf0000001, extra: signatureExtra(hash, fingerprint), data }] }).image;
}

function squashfs(folder) {
  const tree = path.join(folder, 'root');
  fs.mkdirSync(path.join(tree, '.singularity.d'), { recursive: true });
  fs.writeFileSync(path.join(tree, '.singularity.d/labels.json'), '{"Author":"Independent"}');
  const file = path.join(folder, 'root.squashfs');
  const made = spawnSync('mksquashfs', [tree, file, '-quiet', '-no-progress', '-noappend']);
  if (made.status === 0) return fs.readFileSync(file);
  console.log('sif oracle: no mksquashfs, the root file system is plain bytes');
  return Buffer.alloc(4096, 5);
}
