import type { Digest } from './digest';
import type { Platform } from './summary';

/** What names an image's entry in an engine's cache, as far as the hub that has the image tells it. */
export type CacheIdentity =
  | { readonly kind: 'library'; readonly hash: string }
  | { readonly kind: 'oras'; readonly digest: Digest }
  | { readonly kind: 'shub'; readonly commit: string }
  | { readonly kind: 'net'; readonly url: string; readonly lastModified?: string }
  /** The sha2-256 multihash of the CID, which is not the sha-256 of the file. */
  | { readonly kind: 'ipfs'; readonly digest: Digest }
  | {
      readonly kind: 'oci';
      /** Of the index or manifest that the reference names. */
      readonly digest: Digest;
      /** Of the chosen platform's manifest. */
      readonly platformDigest: Digest;
      /** The platform that is asked for: this machine's, or what `--arch` says. */
      readonly platform: Platform;
      /** What the path says, `arm64v8/alpine`: where it names another architecture, Apptainer takes that for the name. */
      readonly pathPlatform?: Platform;
    };
