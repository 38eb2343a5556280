// Where our verdict may differ from the library's, and why. docs/verification.md tells the same in words.
// A difference that no row explains is a failure.

/** Words that differ while the verdict is the same: both refuse. */
const words = [
  // The packet carries the first two bytes of the digest. Releases of go-crypto before 1.1 compared them first; ours keeps those words.
  { name: 'digest tag', library: /(?:RSA|DSA|ECDSA|EdDSA|Ed25519|ed448) verification failure$/, ours: /hash tag doesn't match$/ },
  // Go's JSON and base64 readers quote the offending byte and its place.
  {
    name: 'JSON words',
    library: /(?:invalid character|json: |unexpected end of JSON|unexpected EOF|^verify: integrity: signature object \d+ not valid: EOF)/,
    ours: /(?:is no JSON|json: )/,
  },
  {
    name: 'base64 words',
    library: /illegal base64 data at input byte \d+$|unexpected EOF$|openpgp: invalid data: /,
    ours: /(?:illegal base64 data|openpgp: invalid data: armor invalid)$/,
  },
  { name: 'hex words', library: /encoding\/hex: invalid byte: .*$/, ours: /encoding\/hex: invalid byte$/ },
  // The library walks a map: which of several missing objects it names is chance.
  { name: 'several missing objects', library: /object \d+: signed object not found$/, ours: /object \d+: signed object not found$/ },
  // A packet that is no signature: the library reads it by its own kind first and tells what it finds there.
  { name: 'other packets', library: /./, ours: /non signature packet found$/ },
  // A version 6 signature is passed over here as unsupported; the library reads it and refuses later, since a descriptor has no room for its fingerprint.
  { name: 'version 6', library: /openpgp: |EOF$/, ours: /signature made by unknown entity$/ },
  // Where the file ends inside something.
  { name: 'end of file', library: /EOF$/, ours: /EOF$/ },
  // The library fails (Go panics) or would allocate what the file claims.
  { name: 'library fails', library: /^(?:PANIC|HOSTILE)/, ours: /./ },
  // Bounds of ours: descriptor table outside the file, negative offsets and sizes.
  { name: 'bounds', library: /./, ours: /^ERR: |negative offset|claims/ },
];

/** Verdicts that differ. */
const verdicts = [
  // The library crashes (slice bounds) on clear-signed text without a line, wherever it stands; here it is no signature, and the others count.
  { name: 'library crashes', accepts: 'ours', library: /^PANIC: runtime error: slice bounds out of range \[:-1\]$/, ours: /<nil>$/ },
  // The library passes over some packets of other kinds in front of a signature (unsupported versions of them); here they end the matter.
  { name: 'other packets passed over', accepts: 'library', library: /<nil>$/, ours: /non signature packet found$/ },
];

/** The name of the explanation, `same`, or undefined. */
export function explain(library, ours) {
  if (library === ours) return 'same';
  const accepted = [library, ours].map((verdict) => verdict === 'verify: <nil>');
  if (accepted[0] === accepted[1]) return words.find((row) => row.library.test(library) && row.ours.test(ours))?.name;
  return verdicts.find((row) => (row.accepts === 'library') === accepted[0] && row.library.test(library) && row.ours.test(ours))?.name;
}

/** The same for a chain of certificates; Go says `<nil>` where it accepts. */
export function explainCertificate(library, ours) {
  if (library === ours) return 'same certificates';
  const accepted = [library, ours].map((verdict) => verdict === '<nil>');
  if (accepted[0] === accepted[1]) return 'certificates refused';
  // Names are compared with no list of ours: an authority that limits them makes what has names unusable.
  return accepted[0] && /limits names/.test(ours) ? 'certificates with limited names' : undefined;
}
