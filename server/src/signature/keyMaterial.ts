import type { KeyTrust } from '../image/verdict';
import type { PgpEntity } from './pgpEntities';
import type { PublicKey } from './publicKeys';

/** An OpenPGP key with what it is worth and where it came from. */
export interface KnownEntity {
  readonly entity: PgpEntity;
  readonly trust: KeyTrust;
  /** For people: `key file pub.asc`, `pinned by you`, `~/.apptainer/keys/pgp-public`. */
  readonly source: string;
}

/** A bare public key (DSSE) with what it is worth and where it came from. */
export interface KnownPublicKey extends PublicKey {
  readonly trust: KeyTrust;
  readonly source: string;
}

/** Every key that signatures are tried against, best source first. */
export interface KeyMaterial {
  readonly pgp: readonly KnownEntity[];
  readonly publicKeys: readonly KnownPublicKey[];
  /** Keys and files that could not be used, for people. */
  readonly problems: readonly string[];
}

export const noKeys: KeyMaterial = { pgp: [], publicKeys: [], problems: [] };

/** The best-trusted entry of an entity. */
export function trustOf(keys: KeyMaterial, fingerprint: string): KnownEntity | undefined {
  const known = keys.pgp.filter(({ entity }) => entity.fingerprint === fingerprint);
  return known.find(({ trust }) => trust === 'trusted') ?? known[0];
}
