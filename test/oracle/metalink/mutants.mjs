/** Damaged copies of valid documents, the same ones for the same seed: values exchanged, attributes and elements dropped or doubled. */
export function mutants(originals, amount, seed) {
  const random = generator(seed);
  const pick = (list) => list[Math.floor(random() * list.length)];
  return Array.from({ length: amount }, (_, index) => {
    const original = pick(originals);
    const change = pick(changes);
    return { name: `mutant ${index} of ${original.name} (${change.name})`, kind: 'mutant', text: change(original.text, pick) };
  });
}

const values = [
  '', ' ', '0', '-1', '+1', '007', '1.5', '1000000', '99999999999999999999', 'abc', 'true', '1', 'de', 'DE', 'deu', 'd', 'en', 'en_US', 'x-klingon',
  '../f', '/f', './f', 'a/../b', 'a/..', 'a/./b', 'a/', '.', '..', 'a\\b', 'C:f', '~/f', 'a//b', 'con', 'torrent', 'application/x-bittorrent', 'text/plain', 'pgp',
  'sha-256', 'sha256', 'SHA-1', 'md5', 'blake3', 'https://example.org/f', 'https://example.org/a b', 'relative', 'urn:x', 'mailto:a@b', 'http://[::1]/f', ' https://example.org/f',
  '2026-05-01T12:15:02Z', '2026-05-01t12:15:02Z', '2026-05-01T12:15:02', '2026-02-30T00:00:00Z', '2024-02-29T00:00:00Z', '2026-12-31T23:59:60Z', '2026-05-01T12:15:02.25+01:00', '2026-05-01',
  'tool/1.0', 'my tool', 'a/b/c', 'a'.repeat(32), 'A'.repeat(32), 'a'.repeat(40), 'a'.repeat(64), 'a'.repeat(63), 'g'.repeat(64), '1', '262144',
]; // prettier-ignore

const parts = [
  '<identity>x</identity>', '<size>1</size>', '<size>1</size>', '<version>1</version>', '<publisher name="p"/>', '<publisher/>', '<generator>a/1</generator>', '<updated>2026-05-01T12:15:02Z</updated>',
  '<x:a xmlns:x="urn:x"/>', '<a xmlns=""/>', '<unknown/>', '<hash type="sha-256">' + 'a'.repeat(64) + '</hash>', '<hash>' + 'a'.repeat(64) + '</hash>', '<url>https://example.org/g</url>', '<os>LINUX</os>', '<language>en</language>', '<logo>a.png</logo>',
  '<pieces type="sha-1" length="262144"><hash>' + 'a'.repeat(40) + '</hash></pieces>', '<pieces type="sha-1" length="0"/>', '<signature mediatype="application/pgp-signature">x</signature>', '<metaurl mediatype="torrent">https://example.org/t</metaurl>', 'text', '<!-- comment -->', '<?pi x?>', '<![CDATA[x]]>', '&#65;', '&amp;',
]; // prettier-ignore

const attributes = [
  'xml:lang="en"',
  'xml:lang=""',
  'xml:lang="e_n"',
  'priority="1"',
  'location="de"',
  'type="sha-256"',
  'dynamic="true"',
  'mediatype="torrent"',
  'name="n"',
  'x:y="1" xmlns:x="urn:x"',
  'foo="bar"',
  'length="5"',
];

const replaceOne = (text, pattern, pick, replacement) => {
  const found = [...text.matchAll(pattern)];
  if (found.length === 0) return text;
  const match = pick(found);
  return text.slice(0, match.index) + replacement(match) + text.slice(match.index + match[0].length);
};

const changes = [
  function attributeValue(text, pick) {
    return replaceOne(text, /(\s(?!xmlns)[a-zA-Z:]+=)"[^"]*"/g, pick, (match) => `${match[1]}"${pick(values)}"`);
  },
  function content(text, pick) {
    return replaceOne(text, />([^<>]+)<\//g, pick, () => `>${pick(values)}</`);
  },
  function dropAttribute(text, pick) {
    return replaceOne(text, /\s(?!xmlns|version|encoding)[a-zA-Z:]+="[^"]*"/g, pick, () => '');
  },
  function addAttribute(text, pick) {
    return replaceOne(text, /<[a-z]+(?=[\s>])/g, pick, (match) => `${match[0]} ${pick(attributes)}`);
  },
  function dropElement(text, pick) {
    return replaceOne(text, /<([a-z]+)[^<>]*>[^<>]*<\/\1>/g, pick, () => '');
  },
  function doubleElement(text, pick) {
    return replaceOne(text, /<([a-z]+)[^<>]*>[^<>]*<\/\1>/g, pick, (match) => match[0] + match[0]);
  },
  function insert(text, pick) {
    return replaceOne(text, /(?<=[a-z"])>/g, pick, () => `>${pick(parts)}`);
  },
  function rename(text, pick) {
    return replaceOne(text, /<([a-z]+)([^<>]*)>([^<>]*)<\/\1>/g, pick, (match) => {
      const name = pick(['url', 'size', 'identity', 'hash', 'os', 'published', 'foo', 'metaurl']);
      return `<${name}${match[2]}>${match[3]}</${name}>`;
    });
  },
]; // prettier-ignore

/** mulberry32: small, and the same everywhere. */
function generator(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
