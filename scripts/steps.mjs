// Runs steps one after the other, prints one line a step with its time and counts, and goes on past a failing one.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '..');
const logs = path.join(root, 'out', 'logs');

/**
 * One step: `run` gives the counts, or throws a `StepFailure`. `needs`: steps without whose success this one cannot run.
 * @typedef {{ name: string, needs?: string[], run: (log: string) => Promise<{ passed: number, failed: number, skipped?: number }> }} Step
 */

/** Runs the steps and returns the sum of their counts. */
export async function runSteps(steps) {
  fs.rmSync(logs, { recursive: true, force: true });
  fs.mkdirSync(logs, { recursive: true });
  const sum = { passed: 0, failed: 0, skipped: 0 };
  const broken = new Set();
  for (const step of steps) {
    const started = performance.now();
    const log = path.join(logs, `${step.name}.log`);
    const missing = step.needs?.find((name) => broken.has(name));
    const counts = missing === undefined ? await attempt(step, log) : { passed: 0, failed: 1, reason: `not run: ${missing} failed` };
    if (counts.failed > 0) broken.add(step.name);
    printStep(step.name, counts, performance.now() - started);
    if (counts.failed > 0 && missing === undefined) printTail(log);
    for (const key of Object.keys(sum)) sum[key] += counts[key] ?? 0;
  }
  return sum;
}

/** A command that counts as one check: passed when it exits with 0. */
export function check(command, args, options = {}) {
  return async (log) => {
    const code = await run(command, args, { ...options, log });
    return code === 0
      ? { passed: 1, failed: 0 }
      : { passed: 0, failed: 1, reason: `${path.basename(args[0] ?? command)} exited with ${code}` };
  };
}

/** Runs a command with its output appended to `log`; returns the exit code (124 when it took longer than `timeout` ms). */
export function run(command, args, { log, cwd = root, env = {}, timeout } = {}) {
  return new Promise((resolve) => {
    const output = fs.openSync(log, 'a');
    const child = spawn(command, args, { cwd, env: { ...process.env, ...env }, stdio: ['ignore', output, output], detached: true });
    let late = false;
    const endGroup = () => process.kill(-child.pid, 'SIGKILL');
    const interrupted = () => {
      endGroup();
      process.exit(130);
    };
    process.once('SIGINT', interrupted);
    const onTimeout = () => {
      late = true;
      fs.appendFileSync(log, `\nstopped: not finished after ${timeout / 1000} s\n`);
      endGroup();
    };
    const timer = timeout === undefined ? undefined : setTimeout(onTimeout, timeout);
    child.on('error', (error) => finish(127, error.message));
    child.on('exit', (code, signal) => finish(late ? 124 : (code ?? 1), signal === null ? '' : `ended by ${signal}`));
    function finish(code, remark) {
      clearTimeout(timer);
      process.off('SIGINT', interrupted);
      if (remark !== '') fs.appendFileSync(log, `${remark}\n`);
      fs.closeSync(output);
      resolve(code);
    }
  });
}

/** Counts out of the last `…: N passed, M failed[, K skipped]` in a log; undefined when there is none. */
export function countsIn(log) {
  const lines = fs.existsSync(log) ? fs.readFileSync(log, 'utf8').trimEnd().split('\n') : [];
  for (const line of lines.reverse()) {
    const match = /(\d+) passed, (\d+) failed(?:, (\d+) skipped)?/.exec(line);
    if (match) return { passed: Number(match[1]), failed: Number(match[2]), skipped: Number(match[3] ?? 0) };
  }
  return undefined;
}

/** A command that prints its own counts; an exit code that contradicts them is one failure more. */
export function counted(command, args, options = {}) {
  return async (log) => {
    const code = await run(command, args, { ...options, log });
    const counts = countsIn(log) ?? { passed: 0, failed: 1, reason: 'it printed no counts' };
    if (code !== 0 && counts.failed === 0) return { ...counts, failed: 1, reason: `it exited with ${code}` };
    if (code === 0 && counts.failed === 0 && counts.passed === 0 && counts.skipped === 0)
      return { ...counts, failed: 1, reason: 'it ran no test' };
    return counts;
  };
}

async function attempt(step, log) {
  try {
    return await step.run(log);
  } catch (error) {
    fs.appendFileSync(log, `${error.stack ?? error}\n`);
    return { passed: 0, failed: 1, reason: error.message };
  }
}

function printStep(name, { passed, failed, skipped = 0, reason }, milliseconds) {
  const counts = [`${passed} passed`, ...(failed > 0 ? [`${failed} FAILED`] : []), ...(skipped > 0 ? [`${skipped} skipped`] : [])];
  const seconds = `${(milliseconds / 1000).toFixed(1)} s`.padStart(8);
  console.log(`${failed > 0 ? '✗' : '✓'} ${name.padEnd(14)} ${seconds}  ${counts.join(', ')}${reason === undefined ? '' : ` (${reason})`}`);
}

function printTail(log) {
  if (!fs.existsSync(log)) return;
  const lines = fs.readFileSync(log, 'utf8').trimEnd().split('\n');
  if (lines.length > 60) console.log(`    … (the whole log: ${path.relative(root, log)})`);
  for (const line of lines.slice(-60)) console.log(`    ${line}`);
}
