/** A power of two from 256 KiB to 64 MiB that gives about a thousand pieces, so that a bad one costs little and the document stays small. */
export function pieceLengthFor(size: number): number {
  let length = 262_144;
  while (length < 67_108_864 && size / length > 1024) length *= 2;
  return length;
}
