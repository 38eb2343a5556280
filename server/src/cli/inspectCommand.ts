import { parseArgs } from 'node:util';
import { parsePlatform } from '../image/platform';
import { inspectTarget } from '../operations/inspect';
import { inspectText } from '../operations/inspectText';
import { t } from '../text/l10n';
import { choice } from './choice';
import type { Environment } from './environment';
import { jsonText } from './jsonText';
import { targetOf } from './targets';
import { exitStatus, UsageError } from './terminal';
import type { Terminal } from './terminal';

/** `inspect`: everything that can be told about a target without downloading it. */
export async function inspect(words: readonly string[], terminal: Terminal, environment: Environment): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...words],
    allowPositionals: true,
    options: { format: { type: 'string' }, platform: { type: 'string' } },
  });
  const [word, ...more] = positionals;
  if (word === undefined || more.length > 0) throw new UsageError(t('inspect takes one target.'));
  const format = choice('--format', values.format ?? 'text', ['text', 'json']);
  if (values.platform !== undefined && parsePlatform(values.platform) === undefined)
    throw new UsageError(t('--platform takes a platform such as linux/arm64, not "{0}".', values.platform));
  const settings = environment.settings(values.platform === undefined ? {} : { 'online.platform': values.platform });
  const items = await inspectTarget(await environment.world(settings), targetOf(word), { signal: terminal.signal });
  if (format === 'json') terminal.out(jsonText(items.length === 1 ? items[0] : items));
  else {
    for (const item of items) {
      for (const line of inspectText(item, Date.now())) terminal.out(line);
      if (item.problem !== undefined) terminal.note(item.problem.includes(item.title) ? item.problem : `${item.title}: ${item.problem}`);
    }
  }
  return items.some((item) => item.problem !== undefined) ? exitStatus.trouble : exitStatus.good;
}
