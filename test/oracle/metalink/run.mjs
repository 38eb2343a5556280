// Two independent readers judge what ours says: jing with the schema of RFC 5854's text, and aria2's own parser.
//   node test/oracle/metalink/run.mjs [--mutants N] [--seed N]
// Documents: the corpus, what the writer makes, what conversion makes of every Metalink 3 of the corpus, and seeded mutants of valid ones.
// Differences that are meant are named in exceptions.mjs and explained in docs/metalink-judges.md; any other fails.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import * as esbuild from 'esbuild';
import { ariaException, jingException } from './exceptions.mjs';
import { mutants } from './mutants.mjs';

const root = path.resolve(import.meta.dirname, '../../..');
const corpus = path.resolve(root, '../shared/corpus/metalink');
const schema = path.join(corpus, 'metalink4.rnc');
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'metalink-oracle-'));
let passed = 0;
let failed = 0;

try {
  await main();
} finally {
  fs.rmSync(folder, { recursive: true, force: true });
}
console.log(`metalink oracle: ${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;

async function main() {
  for (const program of ['jing', 'aria2c']) {
    if (spawnSync('which', [program]).status !== 0)
      return missing(`${program} is not installed (Debian package ${program === 'jing' ? 'jing' : 'aria2'})`);
  }
  if (!fs.existsSync(schema)) return missing(`there is no corpus at ${corpus}`);
  const language = await load();
  const documents = collect(language);
  const own = documents.map((document) => ({ ...document, ...ourVerdict(language, document) }));
  console.log(`${own.length} documents: ${count(own, 'kind')}`);
  compare('jing', own, judgeByJing(own), jingException);
  compare('aria2', own, judgeByAria(own), ariaException);
  for (const document of own.filter(({ kind }) => kind === 'written' || kind === 'converted')) {
    check(document.errors.length === 0, `${document.name}: our own rules find ${document.errors.join(', ')} in what we wrote`);
  }
}

function missing(reason) {
  console.log(`not judged: ${reason}`);
  if (process.env.CONTAINER_METALINK_REQUIRE_CORPUS === '1') failed++;
  else passed++;
}

function check(right, message) {
  if (right) passed++;
  else {
    failed++;
    console.log(`FAILED ${message}`);
  }
}

/** Every document as bytes, with a file of its own for the judges. */
function collect(language) {
  const rows = fs
    .readFileSync(path.join(corpus, 'index.tsv'), 'utf8')
    .trimEnd()
    .split('\n')
    .slice(1)
    .map((line) => line.split('\t'));
  const originals = rows.map(([file, , , dialect]) => ({
    name: file,
    kind: 'corpus',
    dialect,
    bytes: fs.readFileSync(path.join(corpus, file)),
  }));
  const version4 = originals.filter(({ dialect }) => dialect === 'v4' || dialect === 'malformed');
  const converted = originals
    .filter(({ dialect }) => dialect === 'v3')
    .map(({ name, bytes }) => ({
      name: `${name} converted`,
      kind: 'converted',
      text: language.convertMetalink(language.parseMetalink(language.decodeXml(bytes).text)).text,
    }))
    .filter(({ text }) => text !== undefined);
  const written = [
    ...language.samples.map((sample, index) => ({ name: `sample ${index}`, kind: 'written', text: language.writeMetalink(sample) })),
    ...version4
      .filter(({ bytes }) => ourVerdict(language, { bytes }).errors.length === 0)
      .map(({ name, bytes }) => ({ name, model: language.metalinkModel(language.parseMetalink(language.decodeXml(bytes).text)) }))
      // A name that is valid and risky (`~/f`) is not taken into the model, so there is nothing to write.
      .filter(({ model }) => model.files.every((file) => file.name !== undefined))
      .map(({ name, model }) => ({
        name: `${name} merged with itself`,
        kind: 'written',
        text: language.writeMetalink(language.mergeMetalinks(model, model).document),
      })),
  ];
  const valid = version4.filter(
    ({ bytes }) => bytes.length < 6000 && !bytes.includes(0) && ourVerdict(language, { bytes }).errors.length === 0,
  );
  const mutated = mutants(
    valid.map(({ name, bytes }) => ({ name, text: bytes.toString('utf8') })),
    argument('--mutants', 400),
    argument('--seed', 5854),
  );
  return [...version4, ...converted, ...written, ...mutated].map((document, index) => {
    const bytes = document.bytes ?? Buffer.from(document.text);
    const file = path.join(folder, `${index}.meta4`);
    fs.writeFileSync(file, bytes);
    return { ...document, bytes, file };
  });
}

function ourVerdict(language, { bytes }) {
  const { text, problems } = language.decodeXml(bytes);
  const findings = language.checkMetalink(language.createSourceText(text), language.parseMetalink(text), { decoding: problems });
  return {
    text,
    errors: [...new Set(findings.filter(({ severity }) => severity === 'error').map(({ code }) => code))],
    warnings: [...new Set(findings.filter(({ severity }) => severity !== 'error').map(({ code }) => code))],
  };
}

/** jing stops a batch at the first document that it cannot read: those go alone. Returns what it said, empty for valid. */
function judgeByJing(documents) {
  const answers = new Map(documents.map(({ file }) => [file, '']));
  /** Returns the documents behind the one that stopped the batch. */
  const run = (files) => {
    const { stdout } = spawnSync('jing', ['-c', schema, ...files], { encoding: 'utf8', maxBuffer: 1 << 28 });
    let stopped;
    for (const line of stdout.split('\n')) {
      const match = /^(.*?\.meta4):\d+:\d+: (error|fatal|warning): (.*)$/.exec(line);
      if (match === null) continue;
      if (answers.get(match[1]) === '') answers.set(match[1], match[3]);
      if (match[2] === 'fatal') stopped = match[1];
    }
    return stopped === undefined ? [] : files.slice(files.indexOf(stopped) + 1);
  };
  const malformed = documents.filter(({ errors }) => errors.includes('M4-001'));
  let waiting = documents.filter((document) => !malformed.includes(document)).map(({ file }) => file);
  while (waiting.length > 0) waiting = run(waiting);
  // Not well-formed for us: a sample of them, because each costs a start of the Java machine.
  const alone = malformed.slice(0, 25);
  for (const { file } of alone) run([file]);
  for (const { file } of malformed.filter((document) => !alone.includes(document))) answers.delete(file);
  return answers;
}

/** `-S -M` lists what aria2 would fetch; it fails for a document that its parser refuses. */
function judgeByAria(documents) {
  const answers = new Map();
  for (const { file } of documents) {
    const { status, stdout } = spawnSync('aria2c', ['--no-conf', '-S', '-M', file], { encoding: 'utf8', cwd: folder, timeout: 20_000 });
    answers.set(file, status === 0 ? '' : (/\[.*?\].*|.*error.*/i.exec(stdout)?.[0] ?? 'refused'));
  }
  return answers;
}

function compare(judge, documents, answers, exceptionFor) {
  const explained = new Map();
  let same = 0;
  for (const document of documents) {
    const answer = answers.get(document.file);
    if (answer === undefined) continue;
    if ((answer === '') === (document.errors.length === 0)) {
      same++;
      passed++;
      continue;
    }
    const exception = exceptionFor(document, answer);
    if (exception !== undefined) explained.set(exception, (explained.get(exception) ?? 0) + 1);
    const said = answer === '' ? 'accepts' : `refuses (${answer.slice(0, 160)})`;
    check(
      exception !== undefined,
      `${judge} ${said} ${document.name}; ours: ${document.errors.join(', ') || 'valid'} / ${document.warnings.join(', ')}\n${exception === undefined ? document.text.slice(0, 900) : ''}`,
    );
  }
  console.log(`${judge}: ${same} the same, ${[...explained.values()].reduce((sum, n) => sum + n, 0)} explained`);
  for (const [exception, times] of [...explained].sort((a, b) => b[1] - a[1])) console.log(`  ${times} × ${exception}`);
}

function count(documents, key) {
  const counts = new Map();
  for (const document of documents) counts.set(document[key], (counts.get(document[key]) ?? 0) + 1);
  return [...counts].map(([value, times]) => `${times} ${value}`).join(', ');
}

function argument(name, fallback) {
  const at = process.argv.indexOf(name);
  return at < 0 ? fallback : Number(process.argv[at + 1]);
}

async function load() {
  const outfile = path.join(folder, 'metalink.mjs');
  const contents = `
    export { convertMetalink } from './metalink/convert';
    export { checkMetalink } from './metalink/diagnostics';
    export { mergeMetalinks } from './metalink/merge';
    export { metalinkModel } from './metalink/model';
    export { parseMetalink } from './metalink/parse';
    export { writeMetalink } from './metalink/write';
    export { decodeXml } from './metalink/xml/decode';
    export { createSourceText } from './text/sourceText';`;
  const resolveDir = path.join(root, 'server', 'src');
  await esbuild.build({
    stdin: { contents, resolveDir, loader: 'ts' },
    bundle: true,
    platform: 'node',
    format: 'esm',
    outfile,
    logLevel: 'warning',
  });
  return { ...(await import(outfile)), samples: samples() };
}

function samples() {
  const sha256 = 'a'.repeat(64);
  const urls = [{ url: 'https://example.org/tool.sif?a=1&b=2', priority: 1, location: 'de' }, { url: 'https://example.net/dåta/tool.sif' }];
  const layer = (name) => ({
    name: `blobs/sha256/${name.repeat(64)}`,
    size: 3370706,
    hashes: [{ type: 'sha-256', value: name.repeat(64) }],
    urls,
  });
  return [
    { files: [{ name: 'tool.sif', urls: [{ url: 'https://example.org/tool.sif' }] }] },
    {
      generator: 'container-metalink/1.0',
      origin: { url: 'https://example.org/tool.meta4?a=1&b=2', dynamic: true },
      published: '2026-05-01T12:15:02Z',
      updated: '2026-05-02T12:15:02+01:00',
      files: [
        {
          name: 'images/tool "1.4" <&>.sif',
          identity: 'Tool & Co ]]>',
          version: '1.4',
          description: 'a < b > c',
          publisher: { name: 'The "Lab" & Sons', url: 'https://example.org/?x=1&y=2' },
          copyright: '© 2026',
          logo: 'https://example.org/logo.png',
          languages: ['en', 'pt-BR'],
          operatingSystems: ['LINUX'],
          size: 100000,
          hashes: [
            { type: 'md5', value: 'b'.repeat(32) },
            { type: 'sha-256', value: sha256 },
          ],
          pieces: [{ type: 'sha-256', length: 65536, hashes: [sha256, sha256] }],
          signatures: [
            { mediatype: 'application/pgp-signature', value: '-----BEGIN PGP SIGNATURE-----\n\nabc=\n-----END PGP SIGNATURE-----' },
          ],
          urls,
          metaurls: [{ url: 'https://example.org/tool.torrent', mediatype: 'torrent', priority: 20, name: 'folder/tool.sif' }],
        },
      ],
    },
    { files: [layer('1'), layer('2'), { name: 'index.json', urls }] },
  ];
}
