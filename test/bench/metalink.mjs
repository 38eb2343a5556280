// The Metalink language on a document of 3 MB with 40,000 piece hashes, and on what people usually edit: node test/bench/run.mjs --only metalink
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import * as esbuild from 'esbuild';
import { XMLParser } from 'fast-xml-parser';
import { SaxesParser } from 'saxes';

export const name = 'metalink';

const root = path.resolve(import.meta.dirname, '../..');
const pieceCount = 40_000;

/** Contenders take turns within a round; medians of the rounds, and medians of the ratios within them. Processor time, not the clock. */
export async function run(report) {
  const rounds = report.quick ? 7 : 31;
  const { readXml, parseMetalink, checkMetalink, metalinkModel, createSourceText } = await load();
  const text = Buffer.from(metalinkWithPieces(pieceCount)).toString('latin1');
  const contenders = {
    reader: () => readXml(text),
    validation: () => checkMetalink(createSourceText(text), parseMetalink(text)),
    model: () => metalinkModel(parseMetalink(text)),
    saxes: () => readWithSaxes(text),
    'fast-xml-parser': () => new XMLParser({ ignoreAttributes: false, preserveOrder: true }).parse(text),
  };
  const problems = contenders.validation().filter(({ severity }) => severity === 'error');
  if (problems.length > 0) throw new Error(`the document has errors: ${JSON.stringify(problems.slice(0, 3))}`);
  const times = measure(contenders, rounds);
  report.note(
    `${text.length} characters, ${pieceCount} hashes, ${rounds} rounds; first run of the reader ${times.reader[0].toFixed(1)} ms`,
  );
  const row = (what, a, b, budget) =>
    report.row({
      what,
      ours: median(times[a]),
      theirs: median(times[b]),
      unit: 'ms',
      versus: b,
      ...(budget === undefined ? {} : { budget }),
    });
  row('full validation', 'validation', 'reader', 'ratio at most 2');
  report.note(`ratio within the rounds: ${ratio(times.validation, times.reader).toFixed(2)}`);
  row('reader', 'reader', 'saxes');
  report.note(`ratio within the rounds: ${ratio(times.reader, times.saxes).toFixed(2)}`);
  row('reader', 'reader', 'fast-xml-parser');
  row('model for the puller, parsing included', 'model', 'reader');

  const usual = Buffer.from(metalinkWithPieces(200)).toString('latin1');
  for (const [what, edited] of [
    ['keystroke in the 3 MB document: read and validate', text],
    ['keystroke in a document of 200 hashes', usual],
  ]) {
    const keystroke = measure({ keystroke: keystrokes(edited, { parseMetalink, checkMetalink, createSourceText }) }, rounds, 1).keystroke;
    report.row({ what, ours: median(keystroke), unit: 'ms', budget: `95th percentile ${percentile(keystroke, 0.95).toFixed(2)} ms` });
  }
}

/** A valid document with so many piece hashes; 40,000 make 3.4 MB. */
export function metalinkWithPieces(count) {
  // Digests as they are: digits and letters in no order that a processor could guess.
  const digest = (n) => createHash('sha256').update(String(n)).digest('hex');
  const hashes = Array.from({ length: count }, (_, n) => `      <hash>${digest(n)}</hash>`).join('\n');
  return `<?xml version="1.0" encoding="UTF-8"?>
<metalink xmlns="urn:ietf:params:xml:ns:metalink">
  <file name="tool.sif">
    <size>${count * 65536}</size>
    <hash type="sha-256">${digest(1)}</hash>
    <pieces length="65536" type="sha-256">
${hashes}
    </pieces>
    <url priority="1">https://example.org/tool.sif</url>
  </file>
</metalink>
`;
}

/** Another text every time, as an editor hands it over: one character more in the URL. */
function keystrokes(text, { parseMetalink, checkMetalink, createSourceText }) {
  const at = text.indexOf('tool.sif</url>');
  let typed = 0;
  return () => {
    const next = Buffer.from(`${text.slice(0, at)}${'x'.repeat(++typed)}${text.slice(at)}`).toString('latin1');
    return checkMetalink(createSourceText(next), parseMetalink(next));
  };
}

function readWithSaxes(text) {
  const parser = new SaxesParser({ xmlns: true, position: true });
  let seen = 0;
  parser.on('opentag', () => seen++);
  parser.on('text', (value) => (seen += value.length));
  parser.write(text).close();
  return seen;
}

/** So that the garbage that one contender leaves is hardly ever swept up at the cost of the next. */
const runsInARow = 5;

function measure(contenders, rounds, inARow = runsInARow) {
  const times = Object.fromEntries(Object.keys(contenders).map((key) => [key, []]));
  for (let round = 0; round < rounds; round++) {
    for (const [key, contender] of Object.entries(contenders)) {
      const before = process.cpuUsage();
      for (let i = 0; i < inARow; i++) contender();
      const { user, system } = process.cpuUsage(before);
      times[key].push((user + system) / 1000 / inARow);
    }
  }
  return times;
}

const sorted = (numbers) => [...numbers].sort((a, b) => a - b);
const percentile = (numbers, share) => sorted(numbers)[Math.min(numbers.length - 1, Math.floor(numbers.length * share))];
const median = (numbers) => percentile(numbers, 0.5);
const ratio = (a, b) => median(a.map((value, index) => value / b[index]));

async function load() {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'metalink-bench-'));
  try {
    const outfile = path.join(folder, 'metalink.mjs');
    const contents = `
      export { readXml } from './metalink/xml/reader';
      export { parseMetalink } from './metalink/parse';
      export { checkMetalink } from './metalink/diagnostics';
      export { metalinkModel } from './metalink/model';
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
    return await import(outfile);
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}
