// Types of two small packages that bring none.

declare module 'spdx-expression-parse' {
  /** Parses an SPDX licence expression (SPDX 2.x, annex "License expressions"); throws an Error on anything else. */
  export default function parse(expression: string): unknown;
}

declare module 'spdx-license-ids' {
  const identifiers: readonly string[];
  export default identifiers;
}
