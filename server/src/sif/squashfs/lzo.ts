// LZO1X, as the kernel describes its stream (Documentation/staging/lzo.rst). The one package that unpacks it cannot be bundled:
// it fetches its WebAssembly by URL and checks no bounds.

/** Unpacks one LZO1X block to at most `limit` bytes. Throws RangeError when it is damaged or longer. */
export function decompressLzo(input: Uint8Array, limit: number): Uint8Array {
  const output = new Uint8Array(limit);
  let from = 0;
  let to = 0;

  function byte(): number {
    const value = input[from++];
    if (value === undefined) throw new RangeError('truncated');
    return value;
  }
  function literals(count: number): void {
    if (from + count > input.length || to + count > limit) throw new RangeError('out of bounds');
    output.set(input.subarray(from, from + count), to);
    from += count;
    to += count;
  }
  function match(distance: number, count: number): void {
    if (distance > to || to + count > limit) throw new RangeError('out of bounds');
    for (let i = 0; i < count; i++, to++) output[to] = output[to - distance] ?? 0;
  }
  /** A length whose bits in the instruction are all zero goes on: each zero byte adds 255. */
  function extended(bits: number): number {
    let length = bits;
    for (;;) {
      const value = byte();
      if (value !== 0) return length + value;
      length += 255;
      if (length > limit) throw new RangeError('out of bounds');
    }
  }

  /** Literals that the previous instruction copied: 0, 1–3, or 4 for "four or more". Changes what instructions 0–15 mean. */
  let state = 0;
  const first = input[0] ?? 0;
  if (first >= 18) {
    from = 1;
    literals(first - 17);
    state = first - 17 >= 4 ? 4 : first - 17;
  }
  for (;;) {
    const instruction = byte();
    let trailing: number;
    if (instruction >= 64) {
      const count = instruction >= 128 ? 5 + ((instruction >> 5) & 3) : 3 + ((instruction >> 5) & 1);
      const high = byte();
      match((high << 3) + ((instruction >> 2) & 7) + 1, count);
      trailing = instruction & 3;
    } else if (instruction >= 32) {
      const count = (instruction & 31) === 0 ? 2 + extended(31) : 2 + (instruction & 31);
      const low = byte();
      const distance = (low >> 2) + (byte() << 6) + 1;
      match(distance, count);
      trailing = low & 3;
    } else if (instruction >= 16) {
      const count = (instruction & 7) === 0 ? 2 + extended(7) : 2 + (instruction & 7);
      const low = byte();
      const distance = ((instruction & 8) << 11) + (low >> 2) + (byte() << 6);
      if (distance === 0) return output.subarray(0, to);
      match(distance + 16384, count);
      trailing = low & 3;
    } else if (state === 0) {
      literals(3 + (instruction === 0 ? extended(15) : instruction));
      state = 4;
      continue;
    } else {
      const distance = (instruction >> 2) + (byte() << 2);
      if (state === 4) match(distance + 2049, 3);
      else match(distance + 1, 2);
      trailing = instruction & 3;
    }
    literals(trailing);
    state = trailing;
  }
}
