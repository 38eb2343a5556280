import { parseArgs } from 'node:util';
import { cleanCaches, listAllEntries, listCaches, verifyCaches } from '../operations/caches';
import { progressText } from '../operations/progressText';
import { verdictWord } from '../operations/reportText';
import type { CacheEntryView } from '../protocol';
import { humanAge, humanBytes } from '../text/human';
import { t } from '../text/l10n';
import { choice } from './choice';
import type { Environment } from './environment';
import { exitStatus, UsageError } from './terminal';
import type { Terminal } from './terminal';

const options = {
  engine: { type: 'string' },
  format: { type: 'string' },
  days: { type: 'string' },
  type: { type: 'string' },
  'larger-than': { type: 'string' },
  orphans: { type: 'boolean' },
  duplicates: { type: 'boolean' },
  'dry-run': { type: 'boolean', short: 'n' },
  force: { type: 'boolean', short: 'f' },
  details: { type: 'boolean' },
} as const;

/** `cache list|verify|clean`: what the engines' caches hold. */
export async function cache(words: readonly string[], terminal: Terminal, environment: Environment): Promise<number> {
  const [verb, ...rest] = words;
  const parsed = parseArgs({ args: rest, allowPositionals: true, options });
  const json = choice('--format', parsed.values.format ?? 'text', ['text', 'json']) === 'json';
  const engine =
    parsed.values.engine === undefined ? {} : { engine: choice('--engine', parsed.values.engine, ['apptainer', 'singularity']) };
  const world = await environment.world(environment.settings({}));
  const { signal } = terminal;
  switch (verb) {
    case 'list': {
      const { caches } = await listCaches(world, {}, signal);
      const chosen = caches.filter((c) => engine.engine === undefined || c.engine.startsWith(engine.engine));
      const entries = await listAllEntries(world, signal, { ...engine, describe: true });
      if (json) terminal.out(JSON.stringify({ caches: chosen, entries }));
      else if (chosen.length === 0) terminal.note(t('No cache was found: no engine has pulled anything yet.'));
      else {
        for (const found of chosen) {
          terminal.out(`${found.engine}  ${found.root}  ${humanBytes(found.bytes)}`);
          if (found.problem !== undefined) terminal.note(`  ${found.problem}`);
          for (const kind of found.kinds) {
            terminal.out(`  ${kind.title}  ${kind.count} · ${humanBytes(kind.bytes)}`);
            if (kind.kind === 'blob') continue;
            for (const entry of entries)
              if (entry.kind === kind.kind && entry.path.startsWith(`${found.root}/`)) terminal.out(`    ${entryLine(entry)}`);
          }
        }
      }
      return exitStatus.good;
    }
    case 'verify': {
      const { entries } = await verifyCaches(world, parsed.positionals.length > 0 ? parsed.positionals : undefined, {
        ...engine,
        signal,
        onProgress: (p) => terminal.progress(progressText(p)),
      });
      terminal.progress('');
      if (json) terminal.out(JSON.stringify({ entries }));
      else
        for (const entry of entries)
          terminal.out(`${entry.verdict === undefined ? '?' : verdictWord(entry.verdict)}  ${entryLine(entry)}  ${entry.path}`);
      return entries.some((entry) => entry.verdict === 'failed') ? exitStatus.findings : exitStatus.good;
    }
    case 'clean':
      return clean();
    default:
      throw new UsageError(t('cache takes list, verify or clean.'));
  }

  async function clean(): Promise<number> {
    const { values } = parsed;
    const dryRun = values['dry-run'] === true || values.force !== true;
    const result = await cleanCaches(
      world,
      {
        ...engine,
        dryRun,
        ...(values.days !== undefined && { olderThanDays: count('--days', values.days) }),
        ...(values['larger-than'] !== undefined && { largerThanBytes: count('--larger-than', values['larger-than']) }),
        ...(values.type !== undefined && { kinds: values.type.split(',') }),
        orphansOnly: values.orphans === true,
        duplicatesOnly: values.duplicates === true,
        ...(parsed.positionals.length > 0 && { paths: parsed.positionals }),
      },
      signal,
    );
    if (json) terminal.out(JSON.stringify({ dryRun, ...result }));
    else {
      for (const row of result.removed)
        terminal.out(`${dryRun ? t('would remove') : t('removed')}  ${humanBytes(row.bytes)}  ${row.path}  (${row.reason})`);
      for (const row of result.kept) terminal.note(`${row.path}: ${t('kept: {0}', row.problem)}`);
      terminal.note(
        dryRun
          ? t('{0} would be freed. Nothing was removed: say --force to remove.', humanBytes(result.bytes))
          : t('{0} freed.', humanBytes(result.bytes)),
      );
    }
    return result.kept.length > 0 ? exitStatus.trouble : exitStatus.good;
  }
}

function entryLine(entry: CacheEntryView): string {
  const parts = [entry.title, humanBytes(entry.bytes), humanAge(entry.modified, Date.now())];
  if (entry.verdict !== undefined) parts.push(verdictWord(entry.verdict));
  if (entry.orphan !== undefined) parts.push(`(${entry.orphan})`);
  return parts.join('  ');
}

function count(option: string, value: string): number {
  const number = Number(value);
  if (!Number.isFinite(number) || number < 0) throw new UsageError(t('{0} takes a number from 0, not "{1}".', option, value));
  return number;
}
