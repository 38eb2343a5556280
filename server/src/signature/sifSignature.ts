import type { SignatureFinding } from '../image/verdict';
import type { SifDescriptor } from '../sif/descriptor';
import type { KeyMaterial } from './keyMaterial';
import type { RangeHasher } from './objectDigests';

/**
 * Which signatures count: `default` those of the current form, by groups; `legacy` those of Singularity 3.0–3.5, by groups;
 * `legacy-all` those, by single objects.
 */
export type SignatureMode = 'default' | 'legacy' | 'legacy-all';

export interface SifVerifyOptions {
  readonly keys: KeyMaterial;
  readonly mode: SignatureMode;
  readonly hasher: RangeHasher;
  /** Unix seconds at which expiry and revocation are judged. */
  readonly now: number;
  /** Only the objects with these ids (`legacy-all`: the engines' command line asks for the primary partition). */
  readonly objects?: readonly number[];
  /** Compare the image with what signatures by unknown keys list, too; default true. */
  readonly compareUnverified?: boolean;
  readonly signal?: AbortSignal;
}

/** What was found out about one signature object. */
export interface SifSignature {
  /** Id of the signature object. */
  readonly id: number;
  /** The group or object that it was tried for. */
  readonly target: SignatureTarget;
  /** Ids of the objects whose bytes are as signed. */
  readonly verified: readonly number[];
  readonly finding: SignatureFinding;
  /** The library's words, without `integrity: `. */
  readonly error: string | undefined;
  /** Of a signature by an unknown key: the image against what it lists, unproven as that is. `error` undefined: equal. */
  readonly contents?: { readonly error: string | undefined };
}

export interface SignatureTarget {
  readonly kind: 'group' | 'object';
  readonly id: number;
  readonly objects: readonly SifDescriptor[];
}
