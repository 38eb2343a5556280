import { existsSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { pullTarget } from '../operations/pull';
import { reportText } from '../operations/reportText';
import type { PullParams } from '../protocol';
import { t } from '../text/l10n';
import { choice } from './choice';
import type { Environment } from './environment';
import { jsonText } from './jsonText';
import { progressText } from '../operations/progressText';
import { targetOf } from './targets';
import { exitStatus, UsageError } from './terminal';
import type { Terminal } from './terminal';

/** `pull`: download a target, verify it, put it into a file or into an engine's cache. Without either: into the current folder. */
export async function pull(words: readonly string[], terminal: Terminal, environment: Environment): Promise<number> {
  const { cacheEngine, rest } = takeCacheOption(words);
  const { values, positionals } = parseArgs({
    args: rest,
    allowPositionals: true,
    options: {
      format: { type: 'string' },
      output: { type: 'string', short: 'o' },
      metalink: { type: 'string' },
      force: { type: 'boolean', short: 'f' },
    },
  });
  const [word, ...more] = positionals;
  if (word === undefined || more.length > 0) throw new UsageError(t('pull takes one target.'));
  if (cacheEngine !== undefined && values.output !== undefined) throw new UsageError(t('--output and --cache exclude each other.'));
  const format = choice('--format', values.format ?? 'text', ['text', 'json']);
  const destination: PullParams['destination'] =
    cacheEngine !== undefined
      ? { kind: 'cache', ...(cacheEngine !== '' && { engine: choice('--cache', cacheEngine, ['apptainer', 'singularity']) }) }
      : values.output !== undefined
        ? { kind: 'file', path: path.resolve(values.output) }
        : { kind: 'folder', path: process.cwd() };
  const target = targetOf(word);
  if (target.kind === 'path' && destination.kind !== 'folder' && existsSync(target.path))
    throw new Error(
      t('{0} is on this machine already: nothing was put anywhere. Name the reference or the metalink that it came from.', word),
    );
  const partials = new Set<string>();
  const pulling = pullTarget(await environment.world(environment.settings({})), target, destination, {
    ...(values.metalink !== undefined && { metalink: path.resolve(values.metalink) }),
    overwrite: values.force === true,
    signal: terminal.signal,
    onProgress: (progress) => terminal.progress(progressText(progress)),
    onDecision: (line) => terminal.note(line),
    onPartial: (file) => partials.add(file),
  });
  const items = await pulling.catch((error: unknown) => {
    if (terminal.signal.aborted && [...partials].some((file) => existsSync(file)))
      terminal.note(t('What came so far is kept: the same command goes on from there.'));
    throw error;
  });
  terminal.progress('');
  if (format === 'json') terminal.out(jsonText(items.length === 1 ? items[0] : items));
  for (const item of items) {
    const good = item.outcome === 'pulled' || item.outcome === 'already-there';
    if (format === 'text' && good) terminal.out(item.message);
    if (good) continue;
    const failed = item.report?.verdict === 'failed' ? item.report : undefined;
    if (failed?.checks.some(({ message }) => message === item.message) !== true) terminal.note(item.message);
    if (failed) for (const line of reportText(failed)) terminal.note(line);
  }
  if (items.some(({ outcome }) => outcome === 'exists')) terminal.note(t('--force replaces it.'));
  if (items.some((item) => item.report?.verdict === 'failed')) return exitStatus.findings;
  return items.every((item) => item.outcome === 'pulled' || item.outcome === 'already-there') ? exitStatus.good : exitStatus.trouble;
}

/** `--cache` may stand alone or before an engine's name, which `parseArgs` cannot say. */
function takeCacheOption(words: readonly string[]): { cacheEngine?: string; rest: string[] } {
  const rest: string[] = [];
  let cacheEngine: string | undefined;
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? '';
    const next = words[i + 1];
    if (word.startsWith('--cache=')) cacheEngine = word.slice('--cache='.length);
    else if (word !== '--cache') rest.push(word);
    else if (next === 'apptainer' || next === 'singularity') {
      cacheEngine = next;
      i++;
    } else cacheEngine = '';
  }
  return { ...(cacheEngine !== undefined && { cacheEngine }), rest };
}
