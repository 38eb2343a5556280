import path from 'node:path';
import { parseArgs } from 'node:util';
import { surveyCaches } from '../operations/caches';
import { cleanCaches } from '../operations/cleanCaches';
import { verifyCaches } from '../operations/verifyCaches';
import { progressText } from '../operations/progressText';
import type { World } from '../operations/world';
import type { CacheEntryView, CacheView } from '../protocol';
import { humanBytes } from '../text/human';
import { t } from '../text/l10n';
import { cacheLines, printable, sumLines, tilde, verifyLines, verifySummary } from './cacheText';
import { choice } from './choice';
import type { Environment } from './environment';
import { jsonText } from './jsonText';
import { exitStatus, UsageError } from './terminal';
import type { Terminal } from './terminal';

const options = {
  engine: { type: 'string' },
  format: { type: 'string' },
  days: { type: 'string' },
  type: { type: 'string' },
  'larger-than': { type: 'string' },
  leftovers: { type: 'boolean' },
  unused: { type: 'boolean' },
  outdated: { type: 'boolean' },
  orphans: { type: 'boolean' },
  damaged: { type: 'boolean' },
  duplicates: { type: 'boolean' },
  'dry-run': { type: 'boolean', short: 'n' },
  force: { type: 'boolean', short: 'f' },
  details: { type: 'boolean', short: 'v' },
} as const;

/** What the engines and people call the kinds: `apptainer cache clean --type`. */
const kindWords: Readonly<Record<string, readonly string[] | undefined>> = {
  library: ['library'],
  oras: ['oras'],
  shub: ['shub'],
  net: ['net'],
  http: ['net'],
  ipfs: ['ipfs'],
  oci: ['oci-tmp'],
  'oci-tmp': ['oci-tmp'],
  'oci-sif': ['oci-sif'],
  blob: ['blob'],
  layers: ['blob', 'oci', 'docker'],
  docker: ['docker'],
  metadata: ['metadata'],
  staging: ['staging'],
};

/** Options of the same names. A damaged entry is no orphan: it may be repaired. */
const wastes = ['leftovers', 'unused', 'outdated', 'damaged'] as const;

interface Request {
  readonly world: World;
  readonly terminal: Terminal;
  readonly json: boolean;
  readonly engine: { readonly engine?: string };
  readonly paths: readonly string[] | undefined;
  readonly values: ReturnType<typeof parse>['values'];
}

/** `cache list|verify|clean`: what the engines' caches hold. */
export async function cache(words: readonly string[], terminal: Terminal, environment: Environment): Promise<number> {
  const [verb, ...rest] = words;
  const run = verb === 'list' ? list : verb === 'verify' ? verify : verb === 'clean' ? clean : undefined;
  if (run === undefined) throw new UsageError(t('cache takes list, verify or clean.'));
  const { values, positionals } = parse(rest);
  if (run === list && positionals.length > 0) throw new UsageError(t('cache list takes no path.'));
  const json = choice('--format', values.format ?? 'text', ['text', 'json']) === 'json';
  const engine = values.engine === undefined ? {} : { engine: choice('--engine', values.engine, ['apptainer', 'singularity']) };
  const paths = positionals.length > 0 ? positionals.map((file) => path.resolve(file)) : undefined;
  return run({ world: await environment.world(environment.settings({})), terminal, json, engine, paths, values });
}

function parse(args: readonly string[]) {
  return parseArgs({ args: [...args], allowPositionals: true, options });
}

async function list({ world, terminal, json, engine, values }: Request): Promise<number> {
  const caches: CacheView[] = [];
  const all: CacheEntryView[] = [];
  const onFound = (count: number, root: string): void =>
    terminal.progress(t('{0} entries found so far in {1}', count, printable(tilde(root))));
  for await (const { cache, entries } of surveyCaches(world, terminal.signal, { ...engine, onFound })) {
    terminal.progress('');
    caches.push(cache);
    if (json) for (const entry of entries) all.push(entry);
    else {
      // Each as soon as it is counted: the next may be on a slower disk.
      if (caches.length > 1) terminal.out('');
      for (const line of cacheLines(cache, entries, { now: Date.now(), details: values.details === true })) terminal.out(line);
    }
  }
  if (json) terminal.out(jsonText({ caches, entries: all }));
  else if (caches.length === 0) terminal.note(nothingFound(world, engine.engine));
  else for (const line of sumLines(caches)) terminal.out(line);
  return exitStatus.good;
}

/** Where was looked: a variable of another shell is often why nothing is there. */
function nothingFound(world: World, engine: string | undefined): string {
  const places = world.caches().filter((each) => each.engine === 'apptainer' || each.engine === 'singularity');
  const roots = new Set(places.filter((each) => engine === undefined || each.engine === engine).map((each) => tilde(each.root)));
  return t('No cache was found: no engine has pulled anything yet. Looked at: {0}', [...roots].join(', '));
}

async function verify({ world, terminal, json, engine, paths }: Request): Promise<number> {
  const { entries, problems = [] } = await verifyCaches(world, paths, {
    ...engine,
    signal: terminal.signal,
    onProgress: (progress) => terminal.progress(progressText({ ...progress, what: printable(progress.what) })),
    onEntry: (entry) => {
      if (!json) for (const line of verifyLines(entry)) terminal.out(line);
    },
  });
  terminal.progress('');
  if (json) terminal.out(jsonText({ entries, problems }));
  else {
    for (const { path: file, problem } of problems) terminal.note(`! ${printable(file)}: ${problem}`);
    terminal.note(verifySummary(entries));
  }
  if (entries.some((entry) => entry.verdict === 'failed')) return exitStatus.findings;
  const nothingVerified = entries.length > 0 && entries.every((entry) => entry.verdict === 'unverified');
  return problems.length > 0 || nothingVerified ? exitStatus.trouble : exitStatus.good;
}

async function clean({ world, terminal, json, engine, paths, values }: Request): Promise<number> {
  if (values.force === true && values['dry-run'] === true) throw new UsageError(t('--force and --dry-run contradict each other.'));
  const dryRun = values.force !== true;
  const kinds = values.type === undefined ? undefined : kindsNamed(values.type);
  const waste = wastes.filter((each) => values[each] === true || (values.orphans === true && each !== 'damaged'));
  const result = await cleanCaches(
    world,
    {
      ...engine,
      dryRun,
      ...(values.days !== undefined && { olderThanDays: count('--days', values.days) }),
      ...(values['larger-than'] !== undefined && { largerThanBytes: size('--larger-than', values['larger-than']) }),
      ...(kinds && { kinds }),
      ...(waste.length > 0 && { waste }),
      duplicatesOnly: values.duplicates === true,
      ...(paths && { paths }),
    },
    terminal.signal,
  );
  if (json) terminal.out(jsonText({ dryRun, ...result }));
  else {
    const verb = dryRun ? t('would remove') : t('removed');
    for (const row of result.removed)
      terminal.out(`${verb}  ${humanBytes(row.bytes).padStart(9)}  ${printable(row.path)}  (${row.reason})`);
    for (const row of result.kept) terminal.note(`${printable(row.path)}: ${t('kept: {0}', row.problem)}`);
    terminal.note(summary(result, dryRun));
  }
  return result.kept.length > 0 ? exitStatus.trouble : exitStatus.good;
}

function summary({ removed, bytes }: { readonly removed: readonly unknown[]; readonly bytes: number }, dryRun: boolean): string {
  if (removed.length === 0) return dryRun ? t('There is nothing to remove.') : t('Nothing was removed.');
  if (!dryRun) return t('{0} removed, {1} freed.', removed.length, humanBytes(bytes));
  return t('{0} would go and free {1}. Nothing was removed: say --force to remove.', removed.length, humanBytes(bytes));
}

function kindsNamed(text: string): string[] | undefined {
  const words = text.split(',').map((word) => word.trim());
  if (words.includes('all')) return undefined;
  return words.flatMap((word) => kindWords[word] ?? kindWords[choice('--type', word, ['all', ...Object.keys(kindWords)])] ?? []);
}

function count(option: string, value: string): number {
  const number = Number(value);
  if (value.trim() === '' || !Number.isFinite(number) || number < 0)
    throw new UsageError(t('{0} takes a number from 0, not "{1}".', option, value));
  return number;
}

/** `500000000`, `500MB`, `2 GB`; 1000-based as sizes are shown. */
function size(option: string, value: string): number {
  const match = /^\s*(\d+(?:\.\d+)?)\s*([kmgt]?)b?\s*$/i.exec(value);
  if (!match) throw new UsageError(t('{0} takes a size as 500000000 or 500MB, not "{1}".', option, value));
  return Number(match[1]) * 1000 ** ['', 'k', 'm', 'g', 't'].indexOf((match[2] ?? '').toLowerCase());
}
