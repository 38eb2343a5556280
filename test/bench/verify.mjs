// Verification of a large signed SIF beside `openssl dgst -sha256` on the same file, and its memory.
import { execFileSync } from 'node:child_process';
import { randomFillSync } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import * as esbuild from 'esbuild';
import { createCleartextMessage, generateKey, readPrivateKey, sign } from 'openpgp';
import { middlePair } from './pairs.mjs';
import { metadataText, partitionExtra, signatureExtra, writeSif } from '../oracle/sif/sifWriter.mjs';

export const name = 'verify';

const root = path.resolve(import.meta.dirname, '../..');

export async function run(report) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'bench-verify-'));
  try {
    const size = (report.quick ? 128 : 1024) << 20;
    const { image, key } = await signedImage(folder, size);
    const driver = path.join(folder, 'driver.cjs');
    await esbuild.build({
      entryPoints: [path.join(import.meta.dirname, 'verifyDriver.ts')],
      outfile: driver,
      bundle: true,
      minify: true,
      platform: 'node',
      format: 'cjs',
      target: 'node20.19',
      mainFields: ['module', 'main'],
      alias: { openpgp: path.join(root, 'node_modules/openpgp/dist/node/openpgp.min.cjs') },
      logLevel: 'error',
    });
    const rounds = report.quick ? 3 : 5;
    const runs = { openssl: [], signed: [], both: [] };
    let sha256 = '';
    let megabytes = 0;
    for (let round = 0; round < rounds; round++) {
      const started = performance.now();
      sha256 = execFileSync('openssl', ['dgst', '-sha256', '-r', image], { encoding: 'utf8' }).slice(0, 64);
      runs.openssl.push(performance.now() - started);
      for (const [kind, more] of [
        ['signed', []],
        ['both', [sha256]],
      ]) {
        const result = JSON.parse(execFileSync(process.execPath, [driver, image, key, ...more], { encoding: 'utf8' }));
        if (result.verdict !== 'signed') throw new Error(`the verdict is ${result.verdict}`);
        runs[kind].push(result.milliseconds);
        megabytes = Math.max(megabytes, result.megabytes);
      }
    }
    const what = `${size >> 20} MiB SIF`;
    const beside = { versus: 'openssl dgst', unit: 'ms', budget: '1.2 × openssl' };
    report.row({ what: `${what}, signature`, ...middlePair(runs.signed, runs.openssl), ...beside });
    report.row({ what: `${what}, signature and declared sha-256`, ...middlePair(runs.both, runs.openssl), ...beside });
    report.row({ what: `${what}, largest resident memory`, ours: megabytes, unit: 'MB', budget: '150 MB' });
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

async function signedImage(folder, size) {
  const { privateKey, publicKey } = await generateKey({ userIDs: [{ name: 'Benchmark' }], format: 'armored' });
  const signer = await readPrivateKey({ armoredKey: privateKey });
  const objects = [
    { type: 0x4001, group: 1, data: Buffer.from('Bootstrap: scratch\n') },
    { type: 0x4004, group: 1, align: 4096, extra: partitionExtra(1, 2, '02'), data: randomFillSync(Buffer.alloc(size)) },
  ];
  const bare = writeSif({ objects });
  const message = await createCleartextMessage({ text: metadataText(bare.image, bare.placed, 1) });
  const data = Buffer.from(await sign({ message, signingKeys: signer }));
  const extra = signatureExtra(1, signer.getFingerprint());
  const image = path.join(folder, 'large.sif');
  fs.writeFileSync(image, writeSif({ objects: [...objects, { type: 0x4005, link: 0xf0000001, extra, data }] }).image);
  const key = path.join(folder, 'key.asc');
  fs.writeFileSync(key, publicKey);
  return { image, key };
}
