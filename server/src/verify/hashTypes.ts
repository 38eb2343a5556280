import type { Expectation } from './expectation';

/** A hash function as Node computes it. */
export interface HashFunction {
  /** IANA's textual name, as reports show it: `sha-256`. */
  readonly name: string;
  readonly node: string;
  readonly digits: number;
  /** Bytes of output where the function can give any number. */
  readonly outputLength?: number;
  /** Collisions can be made: equality shows that nothing was damaged, not that nobody meddled. */
  readonly weak: boolean;
}

const functions: readonly HashFunction[] = [
  { name: 'sha-512', node: 'sha512', digits: 128, weak: false },
  { name: 'shake256', node: 'shake256', digits: 128, outputLength: 64, weak: false },
  { name: 'sha-384', node: 'sha384', digits: 96, weak: false },
  { name: 'sha-256', node: 'sha256', digits: 64, weak: false },
  { name: 'shake128', node: 'shake128', digits: 64, outputLength: 32, weak: false },
  { name: 'sha-224', node: 'sha224', digits: 56, weak: false },
  { name: 'sha-1', node: 'sha1', digits: 40, weak: true },
  { name: 'md5', node: 'md5', digits: 32, weak: true },
];

/** The function of a name in any spelling: `sha-256`, `SHA256`, `sha256`. Undefined when it cannot be computed. */
export function hashFunction(name: string): HashFunction | undefined {
  const plain = name.toLowerCase().replaceAll('-', '');
  return functions.find((one) => one.name.replaceAll('-', '') === plain);
}

/** One digest over the whole file that is expected. */
export interface ExpectedHash {
  readonly type: string;
  /** Lower-case hexadecimal. */
  readonly hex: string;
}

/** The digest that an expectation names; undefined for sizes and pieces. */
export function expectedHash(expectation: Expectation): ExpectedHash | undefined {
  switch (expectation.kind) {
    case 'hash':
      return { type: expectation.type, hex: expectation.value.toLowerCase() };
    case 'digest':
    case 'cache-name':
      return { type: expectation.value.algorithm, hex: expectation.value.hex.toLowerCase() };
    case 'library-hash': {
      const [type = '', hex = ''] = expectation.value.split('.');
      return { type, hex: hex.toLowerCase() };
    }
    case 'shub-md5':
      return { type: 'md5', hex: expectation.value.toLowerCase() };
    case 'size':
    case 'pieces':
      return undefined;
  }
}
