// Makes definition files that ask the parser unusual questions: grown from the language's pieces, and mutated from real ones.
// Everything is bytes: invalid UTF-8 is part of the game. The same seed gives the same files.

/** A small seeded generator of random numbers (mulberry32). */
export function createRandom(seed) {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
  const below = (limit) => Math.floor(next() * limit);
  return { below, chance: (probability) => next() < probability, pick: (list) => list[below(list.length)] };
}

const sections = 'help setup files labels environment pre post runscript test startscript arguments'.split(' ');
const appSections = 'appinstall applabels appfiles appenv apptest apphelp apprun appstart AppInstall APPRUN appİnstall'.split(' ');
const wrongSections = 'label tests install environments wheel {{ postſ filesİ fİles runscrİpt POST Labels post# % files\u200b'.split(' ');
const keys = (
  'Bootstrap From IncludeCmd MirrorURL UpdateURL OSVersion Include Library Registry Namespace Stage Product User RegCode ProductPGP ' +
  'RegisterURL Modules OtherURL0 OtherURL otherurl&n OTHERURL12 Fingerprints ConfURL Setopt Target Frontend Filename BuildArgs ' +
  'bootſtrap bootstrap1 From2 İnclude Nope Key2'
).split(' ');
const spaces = [
  ' ',
  ' ',
  ' ',
  ' ',
  '\t',
  '  ',
  '',
  '',
  '\v',
  '\f',
  '\r',
  '\u0085',
  '\u00a0',
  '\u1680',
  '\u2003',
  '\u2028',
  '\u3000',
  '\ufeff',
  '\u180e',
];
const lineEnds = ['\n', '\n', '\n', '\n', '\n', '\n', '\r\n', '\r\n', '\n\n', '\r\r\n', '\r', '\n \n', '\u2028', ''];
const words = [
  'a', 'b', 'docker', 'alpine:3', 'x y', '"a b"', "'a b'", '"', "'", '"" /x', '#', '# c', '#!', '\\', 'x\\', 'x \\', 'a\\n\\', '{{ V }}', '{{V}}', '{{ V', '{{V}',
  'V }}', '{{{V}}}', 'V=1', 'W={{ V }}', 'k={{V}} # {{ W }}', 'W=', '{{ k }}', '#{{ V }}', '{{\n V }}', '{{ name }}', '{{ V.x }}', 'a{{ V }}b{{W}}c', 'x="{{ V }} y"', '%', '%x', 'k=v', '=', '= v', ':', 'a:b', 'https://x/y#z', 'from', 'from one', '-c',
  '-c /bin/sh', 'one', 'EOF', '', '', 'ſ', 'İ', 'é', '日本', '😀', '\ufeff', '\u0000', '__proto__', 'constructor', 'toString',
]; // prettier-ignore

/** A file from the pieces of the language, mostly almost right. */
export function growRecipe(random) {
  const parts = [];
  if (random.chance(0.15))
    parts.push(random.pick(['# comment', '\ufeff', '', ' ', '%post', '%files', '%labels', 'From: x']), lineEnd(random));
  for (let stage = random.below(3); stage >= 0; stage--) {
    if (random.chance(0.85)) parts.push(random.chance(0.9) ? 'Bootstrap: docker' : 'bootSTRAP:\tx', lineEnd(random));
    for (let i = random.below(5); i > 0; i--) parts.push(headerLine(random), lineEnd(random));
    for (let i = random.below(6); i > 0; i--) {
      parts.push(sectionLine(random), lineEnd(random));
      for (let j = random.below(5); j > 0; j--) parts.push(bodyLine(random), lineEnd(random));
    }
  }
  if (random.chance(0.1)) parts.splice(random.below(parts.length), 0, filler(random));
  return Buffer.from(parts.join(''));
}

function lineEnd(random) {
  return random.pick(random.chance(0.8) ? ['\n'] : lineEnds);
}

function space(random) {
  return random.chance(0.7) ? ' ' : random.pick(spaces);
}

function headerLine(random) {
  const indent = random.chance(0.85) ? '' : random.pick(spaces);
  if (random.chance(0.06)) return random.pick(['# c', '#', '  # c', ' ', 'no colon', ': x', ':\\', 'x:', 'Include: \\', 'Include: a \\']);
  const value = random.chance(0.5) ? random.pick(words) : `${random.pick(words)}${space(random)}${random.pick(words)}`;
  return `${indent}${random.pick(keys)}${random.chance(0.9) ? '' : space(random)}:${space(random)}${value}${random.chance(0.9) ? '' : space(random)}`;
}

function sectionLine(random) {
  const indent = random.chance(0.93) ? '' : random.pick(spaces);
  const percent = random.chance(0.95) ? '%' : random.pick(['%%', '% ', '%\t']);
  const name = random.chance(0.7) ? random.pick(sections) : random.chance(0.8) ? random.pick(appSections) : random.pick(wrongSections);
  const shown = random.chance(0.93) ? name : name.toUpperCase();
  let line = indent + percent + shown;
  for (let i = random.below(3); i > 0; i--) line += space(random) + random.pick(words);
  return line;
}

function bodyLine(random) {
  if (random.chance(0.1)) return headerLine(random);
  let line = random.pick(['', ' ', '  ', '\t']);
  for (let i = random.below(4); i >= 0; i--) line += random.pick(words) + space(random);
  return line;
}

/** Text that brings a section near the engines' limit of 65,536 bytes. */
function filler(random) {
  const unit = random.pick(['a', 'é', '日', '😀', 'x\n', ' y\n']);
  const bytes = 65536 - 200 + random.below(400);
  return unit.repeat(Math.floor(bytes / Buffer.byteLength(unit))) + (random.chance(0.5) ? '\n' : '');
}

const seasoning = [
  ...spaces, ...words, '\n', '\r\n', '\n%', '\n%post', '\n%post\t', '\n %post', '\nBootstrap: x\n', '\nbootſtrap: x\n', '%files\n', '\\\n', '\\\n#\n', '\\\n\n',
].map((text) => Buffer.from(text)); // prettier-ignore

/** A few small changes to a file: bytes flipped, stretches cut, doubled, moved, taken from another file, odd characters put in. */
export function mutate(random, file, other) {
  let result = file;
  for (let i = 1 + random.below(4); i > 0; i--) result = mutateOnce(random, result, other);
  return result;
}

function mutateOnce(random, file, other) {
  const at = random.below(file.length + 1);
  const length = random.below(Math.min(40, file.length - at) + 1);
  const before = file.subarray(0, at);
  const after = file.subarray(at + length);
  switch (random.below(8)) {
    case 0:
      return Buffer.concat([before, after]);
    case 1:
      return Buffer.concat([before, Buffer.from([random.below(256)]), file.subarray(at)]);
    case 2: {
      const copy = Buffer.from(file);
      if (at < copy.length) copy[at] ^= 1 << random.below(8);
      return copy;
    }
    case 3:
      return Buffer.concat([before, file.subarray(at, at + length), file.subarray(at)]);
    case 4: {
      const from = random.below(other.length + 1);
      return Buffer.concat([before, other.subarray(from, from + random.below(200)), after]);
    }
    case 5: {
      const line = file.indexOf(10, at) + 1;
      return Buffer.concat([file.subarray(0, line), random.pick(seasoning), file.subarray(line)]);
    }
    case 6:
      return random.chance(0.1) ? Buffer.from(file.toString('latin1').replace(/\n/g, '\r\n'), 'latin1') : file.subarray(0, at);
    default:
      return Buffer.concat([before, random.pick(seasoning), file.subarray(at)]);
  }
}
