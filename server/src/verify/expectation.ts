import type { Digest } from '../image/digest';

/** How an expectation came: decides what equality with it is worth. */
export type Channel = 'https' | 'http' | 'file' | 'user';

interface Origin {
  /** Who says so, for people: `metalink line 7`, `manifest of ghcr.io/org/tool:1.4`. */
  readonly source: string;
  readonly channel?: Channel;
}

/** Something that the bytes should be. */
export type Expectation = Origin &
  (
    | { readonly kind: 'size'; /** Bytes. */ readonly value: bigint | number }
    /** `type`: IANA's textual name (`sha-256`); `value`: hexadecimal. */
    | { readonly kind: 'hash'; readonly type: string; readonly value: string }
    /** `length`: bytes of every piece but the last. */
    | { readonly kind: 'pieces'; readonly type: string; readonly length: number; readonly hashes: readonly string[] }
    /** Of a registry: the layer that is the file, or what the reference pins. */
    | { readonly kind: 'digest'; readonly value: Digest }
    /** As the library's API tells it: `sha256.<hex>`. */
    | { readonly kind: 'library-hash'; readonly value: string }
    /** Singularity Hub knows nothing better. */
    | { readonly kind: 'shub-md5'; readonly value: string }
    /** The digest that the name of a cache entry carries. */
    | { readonly kind: 'cache-name'; readonly value: Digest }
  );
