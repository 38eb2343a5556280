import { parseArgs } from 'node:util';
import path from 'node:path';
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
  const items = await pullTarget(await environment.world(environment.settings({})), targetOf(word), destination, {
    ...(values.metalink !== undefined && { metalink: path.resolve(values.metalink) }),
    overwrite: values.force === true,
    signal: terminal.signal,
    onProgress: (progress) => terminal.progress(progressText(progress)),
    onDecision: (line) => terminal.note(line),
  });
  terminal.progress('');
  if (format === 'json') terminal.out(jsonText(items.length === 1 ? items[0] : items));
  for (const item of items) {
    const good = item.outcome === 'pulled' || item.outcome === 'already-there';
    if (format === 'text' && good) terminal.out(item.message);
    if (!good) {
      terminal.note(item.message);
      if (item.report?.verdict === 'failed') for (const line of reportText(item.report)) terminal.note(line);
    }
  }
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
