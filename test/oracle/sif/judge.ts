// Our side of the comparison: one image in, the verdict in the reference library's form out. Bundled by run.mjs.
import { noKeys } from '../../../server/src/signature/keyMaterial';
import type { KeyMaterial } from '../../../server/src/signature/keyMaterial';
import { readingHasher } from '../../../server/src/signature/objectDigests';
import { readPgpKeys } from '../../../server/src/signature/pgpEntities';
import { readPublicKeys } from '../../../server/src/signature/publicKeys';
import { verifySif } from '../../../server/src/signature/verifySif';
import { ImageFormatError } from '../../../server/src/sif/formatError';
import { readSif } from '../../../server/src/sif/sifImage';

const modes = { default: 'default', legacy: 'legacy', legacyall: 'legacy-all' } as const;

/** Keys of a binary key ring and of PEM texts, as the library reads them. */
export async function readKeys(ring: Uint8Array, pems: readonly string[]): Promise<KeyMaterial> {
  const { entities, problems } = await readPgpKeys(ring);
  if (entities.length === 0) throw new Error(problems.join('; '));
  const publicKeys = pems.flatMap((pem) => readPublicKeys(pem, new Date()).keys);
  return {
    ...noKeys,
    pgp: entities.map((entity) => ({ entity, trust: 'trusted', source: 'ring' })),
    publicKeys: publicKeys.map((key) => ({ ...key, trust: 'trusted', source: 'pem' })),
  };
}

/** Whether the first of the certificates is one to verify with, the others being at hand; else why not. */
export function judgeCertificate([leaf = '', ...others]: readonly string[]): string {
  const { keys, problems } = readPublicKeys(leaf, new Date(), others);
  return keys.length === 1 ? '<nil>' : problems.join('; ');
}

/** `verify: <nil>`, `verify: integrity: …` or `ERR: …`. */
export async function judge(image: Uint8Array, mode: keyof typeof modes, keys: KeyMaterial): Promise<string> {
  const source = {
    size: image.length,
    name: 'image.sif',
    read: (offset: number, length: number) => Promise.resolve(image.subarray(offset, offset + length)),
    close: () => Promise.resolve(),
  };
  try {
    const sif = await readSif(source);
    const { error } = await verifySif(sif, { keys, mode: modes[mode], hasher: readingHasher(source), now: Math.floor(Date.now() / 1000) });
    return error === undefined ? 'verify: <nil>' : `verify: integrity: ${error}`;
  } catch (error) {
    if (error instanceof ImageFormatError) return `ERR: ${error.reference ?? error.message}`;
    throw error;
  }
}
