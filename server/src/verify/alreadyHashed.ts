import { sameFile } from '../platform/file';
import type { FileIdentity } from '../platform/file';
import { hashFunction } from './hashTypes';
import type { HashJob } from './hashPass';

/** Digests that this process computed over a file's bytes while it wrote or read them. */
export interface AlreadyHashed {
  /** Of the file with these digests; they count only as long as the file is the same and untouched. */
  readonly identity: FileIdentity;
  /** Of the whole file by IANA name, lower-case hexadecimal. */
  readonly digests: Readonly<Record<string, string>>;
  /** Every piece's digest, in file order. */
  readonly pieces?: { readonly type: string; readonly length: number; readonly hashes: readonly string[] };
}

/** The jobs whose outcome is known already, with it; none when the file `identity` is not the one that was hashed. */
export function knownOutcomes(
  already: AlreadyHashed | undefined,
  identity: FileIdentity,
): readonly { readonly job: HashJob; readonly digests: readonly string[] }[] {
  if (already === undefined || !sameFile(already.identity, identity)) return [];
  const ranges = [{ offset: 0, length: Number(identity.size) }];
  const job = (type: string, pieceLength?: number): HashJob[] => {
    const known = hashFunction(type);
    if (known === undefined) return [];
    const { node, outputLength } = known;
    return [
      {
        algorithm: node,
        ranges,
        ...(outputLength === undefined ? {} : { outputLength }),
        ...(pieceLength === undefined ? {} : { pieceLength }),
      },
    ];
  };
  const { digests, pieces } = already;
  return [
    ...Object.entries(digests).flatMap(([type, hex]) => job(type).map((one) => ({ job: one, digests: [hex] }))),
    ...(pieces ? job(pieces.type, pieces.length).map((one) => ({ job: one, digests: pieces.hashes.map((hex) => hex.toLowerCase()) })) : []),
  ];
}
