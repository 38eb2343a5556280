// `npm run bench`: every subject of this folder, measured beside something real in the same run.
//   node test/bench/run.mjs [--quick] [--only recipe,download] [--json FILE]
// A subject is a file that exports `name` and `async run(report)`; it tells rows by `report.row({ what, ours, theirs, unit, budget })`.
// Budgets are shown, never asserted: machines are shared and noisy. A subject fails only when it does not run.
import fs from 'node:fs';
import path from 'node:path';
import os from 'node:os';

const quick = process.argv.includes('--quick');
const only = argument('--only')?.split(',');
const rows = [];
let passed = 0;
let failed = 0;

console.log(
  `# ${os.cpus()[0]?.model ?? 'unknown processor'}, ${os.availableParallelism()} processors, Node ${process.version}${quick ? ', quick' : ''}`,
);
for (const file of fs.readdirSync(import.meta.dirname).sort()) {
  if (!file.endsWith('.mjs') || file === 'run.mjs') continue;
  const subject = await import(path.join(import.meta.dirname, file));
  if (typeof subject.run !== 'function' || (only !== undefined && !only.includes(subject.name))) continue;
  console.log(`\n## ${subject.name}`);
  try {
    await subject.run({
      quick,
      row(row) {
        rows.push({ subject: subject.name, ...row });
        console.log(formatRow(row));
      },
      note: (text) => console.log(text),
    });
    passed++;
  } catch (error) {
    failed++;
    console.log(`failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  }
}
const json = argument('--json');
if (json !== undefined) fs.writeFileSync(json, JSON.stringify(rows, null, 2));
console.log(`\nbench: ${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;

/** `what   ours 1.23 ms   theirs 2.34 ms   ratio 0.53   budget …`. */
function formatRow({ what, ours, theirs, unit = '', versus = 'beside', budget }) {
  const show = (value) =>
    typeof value === 'number' ? `${Math.abs(value) >= 100 ? value.toFixed(0) : value.toPrecision(3)} ${unit}`.trim() : String(value);
  const parts = [what, show(ours)];
  if (theirs !== undefined)
    parts.push(
      `${versus} ${show(theirs)}`,
      ...(typeof ours === 'number' && typeof theirs === 'number' ? [`ratio ${ratio(ours / theirs)}`] : []),
    );
  if (budget !== undefined) parts.push(`budget ${budget}`);
  return parts.join('   ');
}

/** Two digits behind the point, more where they would be zeros. */
function ratio(value) {
  return value < 0.1 ? value.toPrecision(2) : value.toFixed(2);
}

function argument(name) {
  const at = process.argv.indexOf(name);
  return at < 0 ? undefined : process.argv[at + 1];
}
