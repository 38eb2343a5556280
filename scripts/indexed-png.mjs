// Writes pictures of user interfaces small: few colours, and half a byte a pixel where 16 of them are enough.
import zlib from 'node:zlib';

/** A PNG with a palette of at most 256 colours out of RGBA pixels (opaque). The palette: the most frequent colours, told apart by their upper five bits. */
export function encodeIndexedPng(colours, width, height, rgba) {
  const pixelCount = width * height;
  const cells = new Map();
  for (let i = 0; i < pixelCount; i++) {
    const [r, g, b] = [rgba[i * 4], rgba[i * 4 + 1], rgba[i * 4 + 2]];
    const key = ((r >> 3) << 10) | ((g >> 3) << 5) | (b >> 3);
    const cell = cells.get(key) ?? { count: 0, r: 0, g: 0, b: 0 };
    cell.count++;
    cell.r += r;
    cell.g += g;
    cell.b += b;
    cells.set(key, cell);
  }
  const palette = [...cells.values()]
    .sort((a, b) => b.count - a.count)
    .slice(0, colours)
    .map(({ count, r, g, b }) => [Math.round(r / count), Math.round(g / count), Math.round(b / count)]);
  const nearest = new Map();
  const depth = palette.length <= 16 ? 4 : 8;
  const rowLength = 1 + Math.ceil((width * depth) / 8); // each row starts with its filter: none
  const rows = Buffer.alloc(height * rowLength);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const i = (y * width + x) * 4;
      const key = (rgba[i] << 16) | (rgba[i + 1] << 8) | rgba[i + 2];
      let index = nearest.get(key);
      if (index === undefined) nearest.set(key, (index = nearestColour(palette, rgba[i], rgba[i + 1], rgba[i + 2])));
      if (depth === 8) rows[y * rowLength + 1 + x] = index;
      else rows[y * rowLength + 1 + (x >> 1)] |= x % 2 === 0 ? index << 4 : index; // the left one stands in the upper bits
    }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([depth, 3, 0, 0, 0], 8); // palette
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', header),
    chunk('PLTE', Buffer.from(palette.flat())),
    chunk('IDAT', zlib.deflateSync(rows, { level: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function nearestColour(palette, r, g, b) {
  let best = 0;
  let distance = Infinity;
  for (const [index, [pr, pg, pb]] of palette.entries()) {
    const d = (pr - r) ** 2 + (pg - g) ** 2 + (pb - b) ** 2;
    if (d < distance) [best, distance] = [index, d];
  }
  return best;
}

function chunk(type, data) {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const frame = Buffer.alloc(body.length + 8);
  frame.writeUInt32BE(data.length, 0);
  body.copy(frame, 4);
  frame.writeUInt32BE(crc32(body), body.length + 4);
  return frame;
}

/** CRC-32 as PNG has it (zlib.crc32 is not in Node 20.19 and older 22). */
function crc32(bytes) {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return (crc ^ 0xffffffff) >>> 0;
}
