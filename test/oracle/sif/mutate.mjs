// Seeded damage to SIF images. Each kind takes a random source and a copy of an image and returns the damaged one.

/** Mulberry32: small, seeded, the same everywhere. */
export function createRandom(seed) {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  const below = (limit) => Math.floor(next() * limit);
  return { below, pick: (list) => list[below(list.length)] };
}

const length = 585;
const tableOf = (image) => Number(image.readBigInt64LE(96));
const totalOf = (image) => Number(image.readBigInt64LE(88));
const slotAt = (image, slot) => tableOf(image) + slot * length;
const slots = (image, used) =>
  Array.from({ length: totalOf(image) }, (_, slot) => slot).filter((slot) => (image[slotAt(image, slot) + 4] !== 0) === used);
const isSignature = (image, slot) => image.readInt32LE(slotAt(image, slot)) === 0x4005;
const objects = (image) => slots(image, true).filter((slot) => !isSignature(image, slot));
const signatures = (image) => slots(image, true).filter((slot) => isSignature(image, slot));
const data = (image, slot) => {
  const at = slotAt(image, slot);
  return { offset: Number(image.readBigInt64LE(at + 17)), size: Number(image.readBigInt64LE(at + 25)) };
};

function flip(random, image, from, to) {
  if (to > from) image[from + random.below(to - from)] ^= 1 << random.below(8);
  return image;
}

/** The signature's text replaced; it moves to the end of the file. */
function rewrite(image, slot, change) {
  const { offset, size } = data(image, slot);
  const text = Buffer.from(change(image.subarray(offset, offset + size).toString('latin1')), 'latin1');
  const at = slotAt(image, slot);
  image.writeBigInt64LE(BigInt(image.length), at + 17);
  image.writeBigInt64LE(BigInt(text.length), at + 25);
  return Buffer.concat([image, text]);
}

const onSignature = (change) => (random, image) => {
  const slot = random.pick(signatures(image));
  return slot === undefined ? image : change(random, image, slot);
};
const onText = (change) =>
  onSignature((random, image, slot) => rewrite(image, slot, (text) => (text === '' ? text : change(random, text))));

const hostile = [0n, 1n, -1n, 2n ** 31n, 2n ** 40n, 2n ** 63n - 1n, -(2n ** 63n)];

export const mutations = {
  'bit anywhere': (random, image) => flip(random, image, 0, image.length),
  'bit in the header': (random, image) => flip(random, image, 0, 128),
  'bit in a used descriptor': (random, image) => {
    const at = slotAt(image, random.pick(slots(image, true)) ?? 0);
    return flip(random, image, at, at + length);
  },
  'bit in the numbers of a descriptor': (random, image) => {
    const at = slotAt(image, random.pick(slots(image, true)) ?? 0);
    return flip(random, image, at, at + 73);
  },
  'bit in an object': (random, image) => {
    const { offset, size } = data(image, random.pick(objects(image)) ?? 0);
    return flip(random, image, offset, Math.min(image.length, offset + size));
  },
  'bit in a signature': onSignature((random, image, slot) => {
    const { offset, size } = data(image, slot);
    return flip(random, image, offset, offset + size);
  }),
  truncation: (random, image) => image.subarray(0, random.below(image.length)),
  'truncation at the end': (random, image) => image.subarray(0, image.length - 1 - random.below(1200)),
  'swapped descriptors': (random, image) => {
    const [a, b] = [random.pick(slots(image, true)), random.pick(slots(image, true))];
    if (a === undefined || b === undefined) return image;
    const [one, two] = [a, b].map((slot) => Buffer.from(image.subarray(slotAt(image, slot), slotAt(image, slot) + length)));
    two.copy(image, slotAt(image, a));
    one.copy(image, slotAt(image, b));
    return image;
  },
  'moved descriptor': (random, image) => {
    const [from, to] = [random.pick(slots(image, true)), random.pick(slots(image, false))];
    if (from === undefined || to === undefined) return image;
    image.copy(image, slotAt(image, to), slotAt(image, from), slotAt(image, from) + length);
    image[slotAt(image, from) + 4] = 0;
    return image;
  },
  'duplicated object': (random, image) => {
    const [from, to] = [random.pick(slots(image, true)), random.pick(slots(image, false))];
    if (from === undefined || to === undefined) return image;
    image.copy(image, slotAt(image, to), slotAt(image, from), slotAt(image, from) + length);
    if (random.below(2) === 1) image.writeUInt32LE(to + 1, slotAt(image, to) + 5);
    return image;
  },
  'removed descriptor': (random, image) => {
    const slot = random.pick(slots(image, true));
    if (slot !== undefined) image[slotAt(image, slot) + 4] = 0;
    return image;
  },
  'relinked signature': onSignature((random, image, slot) => {
    const group = random.below(2) === 1 ? 0xf0000000 : 0;
    image.writeUInt32LE((group + random.below(5)) >>> 0, slotAt(image, slot) + 13);
    return image;
  }),
  'regrouped object': (random, image) => {
    const slot = random.pick(slots(image, true));
    if (slot !== undefined)
      image.writeUInt32LE((random.pick([0xf0000000, 0, 0x10000000]) + random.below(4)) >>> 0, slotAt(image, slot) + 9);
    return image;
  },
  'swapped offsets': (random, image) => {
    const [a, b] = [random.pick(slots(image, true)), random.pick(slots(image, true))];
    if (a === undefined || b === undefined) return image;
    const both = [a, b].map((slot) => image.readBigInt64LE(slotAt(image, slot) + 17));
    image.writeBigInt64LE(both[1], slotAt(image, a) + 17);
    image.writeBigInt64LE(both[0], slotAt(image, b) + 17);
    return image;
  },
  'swapped signatures': (random, image) => {
    const [a, b] = [random.pick(signatures(image)), random.pick(signatures(image))];
    if (a === undefined || b === undefined) return image;
    for (const field of [17, 25]) {
      const both = [a, b].map((slot) => image.readBigInt64LE(slotAt(image, slot) + field));
      image.writeBigInt64LE(both[1], slotAt(image, a) + field);
      image.writeBigInt64LE(both[0], slotAt(image, b) + field);
    }
    return image;
  },
  'hostile number in the header': (random, image) => {
    image.writeBigInt64LE(random.pick(hostile), random.pick([64, 72, 80, 88, 96, 104, 112, 120]));
    return image;
  },
  'hostile number in a descriptor': (random, image) => {
    const slot = random.pick(slots(image, true));
    if (slot !== undefined) image.writeBigInt64LE(random.pick(hostile), slotAt(image, slot) + random.pick([17, 25, 33, 41, 49, 57, 65]));
    return image;
  },
  'changed id': (random, image) => {
    const slot = random.pick(slots(image, true));
    if (slot !== undefined) image.writeUInt32LE(random.pick([0, 1, 2, 3, 4, 5, 0xffffffff]), slotAt(image, slot) + 5);
    return image;
  },
  'another hash type': onSignature((random, image, slot) => {
    image.writeInt32LE(random.below(8), slotAt(image, slot) + 201);
    return image;
  }),
  'another entity': onSignature((random, image, slot) => {
    const other = slotAt(image, random.pick(signatures(image)));
    const entity = Buffer.from(image.subarray(other + 205, other + 205 + 20));
    const written = random.pick([entity, Buffer.alloc(20), Buffer.alloc(20, 1), Buffer.concat([entity.subarray(0, 19), Buffer.alloc(1)])]);
    written.copy(image, slotAt(image, slot) + 205);
    return image;
  }),
  'bytes behind the entity': onSignature((random, image, slot) =>
    flip(random, image, slotAt(image, slot) + 225, slotAt(image, slot) + 585),
  ),
  'groups renumbered': (random, image) => {
    const by = 1 + random.below(3);
    const links = random.below(2) === 1;
    for (const slot of slots(image, true)) {
      for (const field of links ? [9, 13] : [9]) {
        const at = slotAt(image, slot) + field;
        const value = image.readUInt32LE(at);
        if (value > 0xf0000000) image.writeUInt32LE((value + by) >>> 0, at);
      }
    }
    return image;
  },
  'ids renumbered': (random, image) => {
    const by = 1 + random.below(3);
    for (const slot of slots(image, true))
      image.writeUInt32LE((image.readUInt32LE(slotAt(image, slot) + 5) + by) >>> 0, slotAt(image, slot) + 5);
    return image;
  },
  'data moved to the end': (random, image) => {
    const slot = random.pick(slots(image, true));
    if (slot === undefined) return image;
    const { offset, size } = data(image, slot);
    image.writeBigInt64LE(BigInt(image.length), slotAt(image, slot) + 17);
    return Buffer.concat([image, image.subarray(Math.max(0, offset), Math.max(0, offset + size))]);
  },
  'object added': (random, image) => {
    const [from, to] = [random.pick(objects(image)), random.pick(slots(image, false))];
    if (from === undefined || to === undefined) return image;
    const highest = Math.max(...slots(image, true).map((slot) => image.readUInt32LE(slotAt(image, slot) + 5)));
    image.copy(image, slotAt(image, to), slotAt(image, from), slotAt(image, from) + length);
    image.writeUInt32LE((highest + 1) >>> 0, slotAt(image, to) + 5);
    image.writeUInt32LE(random.pick([0xf0000000, 0xf0000001, 0xf0000002]), slotAt(image, to) + 9);
    return image;
  },
  'free slots miscounted': (random, image) => {
    image.writeBigInt64LE(image.readBigInt64LE(random.pick([80, 88])) + BigInt(random.below(3) - 1), random.pick([80, 88]));
    return image;
  },
  'signature: another Hash header': onText((random, text) =>
    text.replace(
      /^Hash: .*\n/m,
      random.pick(['', 'Hash: SHA512\n', 'Hash: SHA1\n', 'Hash: SHA256, SHA512\n', 'hash: SHA256\n', 'Comment: x\n']),
    ),
  ),
  'signature: a header in the armor': onText((random, text) =>
    text.replace(/(BEGIN PGP SIGNATURE-----\n)/, `$1${random.pick(['Version: GnuPG v2\n', 'Comment: a: b\n', 'Comment:\n', 'x\n'])}`),
  ),
  'signature: checksum of the armor': onText((random, text) =>
    text.replace(/\n=[A-Za-z0-9+/]{4}(?=\n)/, random.pick(['', '\n=AAAA', '\n='])),
  ),
  'signature: twice in one object': onText((random, text) => text + random.pick(['', '\n', 'x\n']) + text),
  'appended bytes': (random, image) => Buffer.concat([image, Buffer.alloc(1 + random.below(500), 'x')]),
  'signature: other line ends': onText((_, text) => text.replaceAll('\n', '\r\n')),
  'signature: text in front': onText((random, text) => `${random.pick(['note\n', '\n\n', 'note', '{}\n'])}${text}`),
  'signature: text behind': onText((random, text) => `${text}${random.pick(['\n', 'note', '{}', '\n'.repeat(50), ' ', '\0'])}`),
  'signature: blanks at line ends': onText((random, text) => text.replaceAll('\n', random.pick([' \n', '\t\n', ' \t \n']))),
  'signature: one line more': onText((random, text) => {
    const lines = text.split('\n');
    lines.splice(
      random.below(lines.length),
      0,
      random.pick(['', ' ', 'Hash: SHA256', 'Hash: MD5', 'Version: 1', '- x', 'AAAA', '=AAAA', '-----', '--']),
    );
    return lines.join('\n');
  }),
  'signature: one line less': onText((random, text) => {
    const lines = text.split('\n');
    lines.splice(random.below(lines.length), 1);
    return lines.join('\n');
  }),
  'signature: other letter case': onText((random, text) => {
    const at = random.below(text.length);
    const character = text[at];
    return (
      text.slice(0, at) + (character === character.toUpperCase() ? character.toLowerCase() : character.toUpperCase()) + text.slice(at + 1)
    );
  }),
  'signature: lines joined or split': onText((random, text) => {
    const at = random.below(text.length);
    return random.below(2) === 1 ? `${text.slice(0, at)}\n${text.slice(at)}` : text.slice(0, at) + text.slice(at).replace('\n', '');
  }),
  'signature: character replaced': onText((random, text) => {
    const at = random.below(text.length);
    return text.slice(0, at) + random.pick(['=', '-', ' ', '\n', '\r', 'A', '/', '\u00ff', '"', '{', '}', ':']) + text.slice(at + 1);
  }),
  'signature: packet damaged': onText((random, text) => damagePacket(random, text)),
};

/** Changes bytes behind the armor, so that the packet reader and not the armor is met. */
function damagePacket(random, text) {
  const match =
    /(-----BEGIN PGP SIGNATURE-----\n(?:.+\n)*\n)([A-Za-z0-9+/=\n]+?)(\n=[A-Za-z0-9+/]{4})?(\n-----END PGP SIGNATURE-----)/.exec(text);
  if (!match) return text;
  let packet = Buffer.from(match[2].replaceAll('\n', ''), 'base64');
  const kind = random.below(6);
  if (kind <= 2) flip(random, packet, 0, Math.min(packet.length, kind === 0 ? 12 : kind === 1 ? 80 : packet.length));
  else if (kind === 3) packet = packet.subarray(0, random.below(packet.length));
  else if (kind === 4)
    packet = Buffer.concat([
      packet,
      random.pick([packet, Buffer.from([0xc2, 2, 4, 0]), Buffer.from([1]), Buffer.from([0xca, 3, 80, 71, 80])]),
    ]);
  else
    packet = Buffer.concat([
      random.pick([Buffer.from([0xca, 3, 80, 71, 80]), Buffer.from([0xc2, 1, 3]), Buffer.from([0xcd, 1, 65]), Buffer.from([0xfb, 1, 65])]),
      packet,
    ]);
  const lines = packet.toString('base64').match(/.{1,64}/g) ?? [];
  return text.replace(match[0], `${match[1]}${lines.join('\n')}${match[4]}`);
}
