import type { TextRange } from '../text/range';

/** Where something stands, for messages such as "metalink line 7". */
export interface Located {
  readonly range: TextRange;
  /** Line of the document, from 1. */
  readonly line: number;
}

export interface MetalinkHash extends Located {
  /** Registered name (`sha-256`) where there is one, else as written in lower case. */
  readonly type: string;
  /** Lower-case hexadecimal, of the right length for a registered type. */
  readonly value: string;
}

export interface MetalinkPieces extends Located {
  /** As in `MetalinkHash`. */
  readonly type: string;
  /** Bytes of every piece but the last. */
  readonly length: number;
  /** In file order. Empty strings stand for digests that are malformed. */
  readonly hashes: readonly string[];
  /** The number of hashes fits the file's size, and every digest is well-formed: the list covers the whole file. */
  readonly complete: boolean;
}

export interface MetalinkUrl extends Located {
  /** Absolute, as written without white space around it; credentials included. */
  readonly url: string;
  /** Scheme in lower case. */
  readonly scheme: string;
  /** 1 (best) to 999999; 999999 where the document names none. */
  readonly priority: number;
  /** Country code in lower case. */
  readonly location: string | undefined;
}

export interface MetalinkMetaurl extends Located {
  readonly url: string;
  readonly scheme: string;
  readonly priority: number;
  /** `torrent` or a media type. */
  readonly mediatype: string;
  /** A safe path inside what the metaurl leads to. */
  readonly name: string | undefined;
}

export interface MetalinkSignature extends Located {
  /** `application/pgp-signature`… */
  readonly mediatype: string;
  readonly value: string;
}

export interface MetalinkFile extends Located {
  /** A relative path below the target folder; undefined when the document's name is missing or unsafe. Never write anything else. */
  readonly name: string | undefined;
  /** The name as the document has it, for messages only. */
  readonly writtenName: string;
  /** Bytes. */
  readonly size: bigint | undefined;
  /** Line of the size, from 1. */
  readonly sizeLine: number | undefined;
  /** In document order; malformed ones are left out. */
  readonly hashes: readonly MetalinkHash[];
  readonly pieces: readonly MetalinkPieces[];
  /** In document order; empty and relative ones are left out. Sort by `priority`; equal values are equal. */
  readonly urls: readonly MetalinkUrl[];
  readonly metaurls: readonly MetalinkMetaurl[];
  readonly signatures: readonly MetalinkSignature[];
  readonly identity: string | undefined;
  readonly version: string | undefined;
  readonly description: string | undefined;
  readonly copyright: string | undefined;
  readonly logo: string | undefined;
  readonly publisher: { readonly name: string; readonly url: string | undefined } | undefined;
  readonly languages: readonly string[];
  readonly operatingSystems: readonly string[];
}

/** A Metalink of either version as plain data. */
export interface MetalinkModel {
  /** Undefined when the document is no Metalink. */
  readonly version: 3 | 4 | undefined;
  readonly generator: string | undefined;
  readonly origin: { readonly url: string; readonly dynamic: boolean } | undefined;
  /** RFC 3339, as far as it could be read. */
  readonly published: string | undefined;
  readonly updated: string | undefined;
  /** An XML signature is there. It is not verified; a program that cannot verify must go on and may say so (RFC 5854, section 7.1). */
  readonly signed: boolean;
  readonly files: readonly MetalinkFile[];
}

export type Locate = (range: TextRange) => Located;
