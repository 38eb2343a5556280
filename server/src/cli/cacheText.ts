import os from 'node:os';
import path from 'node:path';
import { verdictWord } from '../operations/reportText';
import type { CacheEntryView, CacheView } from '../protocol';
import { humanAge, humanBytes, shortDigests } from '../text/human';
import { t } from '../text/l10n';

const titleLimit = 60;
/** Kinds whose entries are parts of images: only their sum is listed unless details are wanted. */
const partKinds = ['blob', 'oci', 'docker', 'metadata'];

/**
 * A cache as an indented list: cache, kind, entries. Parts of images are summed up, what is odd about them is told. With `details` also
 * every part, and path, reference and digest of every entry.
 */
export function cacheLines(
  cache: CacheView,
  entries: readonly CacheEntryView[],
  options: { readonly now: number; readonly details: boolean },
): string[] {
  const byKind = new Map<string, CacheEntryView[]>();
  for (const entry of entries) {
    const same = byKind.get(entry.kind);
    if (same) same.push(entry);
    else byKind.set(entry.kind, [entry]);
  }
  const shared = cache.shared === true ? `  ${t('shared, read only')}` : '';
  const lines = [`${engineName(cache)}  ${printable(tilde(cache.root))}  ${humanBytes(cache.bytes ?? 0)}${shared}`];
  if (cache.problem !== undefined) lines.push(`  ! ${cache.problem}`);
  if (cache.kinds.length === 0) lines.push(`  ${t('empty')}`);
  for (const kind of cache.kinds) {
    lines.push(`  ${kind.title}  ${kind.count ?? 0} · ${humanBytes(kind.bytes ?? 0)}`);
    const all = byKind.get(kind.kind) ?? [];
    const isPart = partKinds.includes(kind.kind) && !options.details;
    // Not by spreading into arguments: there may be more of them than the stack holds.
    for (const line of table(isPart ? imagesOf(all) : all, options)) lines.push(line);
    if (isPart) lines.push(...oddLines(all));
  }
  return lines;
}

/** The sum of several caches, below them. */
export function sumLines(caches: readonly CacheView[]): string[] {
  if (caches.length < 2) return [];
  const bytes = caches.reduce((sum, cache) => sum + (cache.bytes ?? 0), 0);
  return ['', t('{0} in {1} caches', humanBytes(bytes), caches.length)];
}

/** What was found about an entry that was verified, and what to do about a damaged one. */
export function verifyLines(entry: CacheEntryView): string[] {
  const mark = entry.orphan === 'unused-blob' ? verdictMark(entry) : markOf(entry);
  const lines = [`${mark}  ${cut(shortDigests(printable(entry.title)))}  ${humanBytes(entry.bytes)}  ${printable(entry.path)}`];
  if (entry.verdict !== 'failed') return lines;
  if (entry.problem !== undefined) lines.push(`    ${entry.problem}`);
  const again = entry.reference === undefined ? undefined : `container-metalink pull ${entry.reference} --cache --force`;
  lines.push(
    again === undefined
      ? `    ${t('Remove it, then the engine fetches it anew: {0}', `container-metalink cache clean --force ${quoted(entry.path)}`)}`
      : `    ${t('Repair it: {0}', again)}`,
  );
  return lines;
}

/** For a shell. */
function quoted(file: string): string {
  return /^[\w:./@%+-]+$/.test(file) ? file : `'${file.replaceAll("'", "'\\''")}'`;
}

/** `12 looked at: 8 intact, 3 signed, 1 failed`. */
export function verifySummary(entries: readonly CacheEntryView[]): string {
  if (entries.length === 0) return t('There was nothing to verify.');
  const verdicts = (['failed', 'signed', 'intact', 'unverified'] as const).flatMap((verdict) => {
    const number = entries.filter((entry) => entry.verdict === verdict).length;
    return number === 0 ? [] : [`${number} ${verdictWord(verdict)}`];
  });
  return t('{0} looked at: {1}', entries.length, verdicts.join(', '));
}

/** Names in a cache come from outside: line breaks and escape sequences are shown, not obeyed. */
export function printable(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g, '\uFFFD');
}

function table(entries: readonly CacheEntryView[], { now, details }: { readonly now: number; readonly details: boolean }): string[] {
  const rows = entries.map((entry) => ({
    entry,
    title: titleOf(entry),
    // The bytes of a link are counted where it leads.
    bytes: entry.linkTo === undefined ? humanBytes(entry.bytes) : '',
    age: humanAge(entry.modified, now),
    mark: [entry.linkTo === undefined ? '' : `→ ${cut(shortDigests(printable(entry.linkTo)))}`, markOf(entry)]
      .filter((text) => text !== '')
      .join('  '),
  }));
  const width = (texts: readonly string[]) => texts.reduce((widest, text) => Math.max(widest, text.length), 0);
  const titles = width(rows.map(({ title }) => title));
  const sizes = width(rows.map(({ bytes }) => bytes));
  const ages = width(rows.map(({ age }) => age));
  return rows.flatMap(({ entry, title, bytes, age, mark }) => [
    `    ${title.padEnd(titles)}  ${bytes.padStart(sizes)}  ${age.padEnd(ages)}  ${mark}`.trimEnd(),
    ...(details ? detailLines(entry) : []),
  ]);
}

function titleOf(entry: CacheEntryView): string {
  const title = cut(shortDigests(printable(entry.title)));
  const isNameOnly = entry.unnamed === true && entry.orphan === undefined && !partKinds.includes(entry.kind);
  return isNameOnly ? t('{0} (unknown origin)', title) : title;
}

function detailLines(entry: CacheEntryView): string[] {
  return [entry.path, entry.reference, entry.digest].flatMap((text) => (text === undefined ? [] : [`        ${printable(text)}`]));
}

/** Images of an OCI layout, each with the bytes of all its parts. */
function imagesOf(entries: readonly CacheEntryView[]): CacheEntryView[] {
  return entries
    .filter(({ imageBytes }) => imageBytes !== undefined)
    .map((entry) => ({ ...entry, bytes: entry.imageBytes ?? entry.bytes }));
}

/** Odd parts, counted by what is odd. */
function oddLines(entries: readonly CacheEntryView[]): string[] {
  const odd = new Map<string, { count: number; bytes: number }>();
  for (const entry of entries) {
    const mark = entry.orphan ?? (entry.verdict === 'failed' ? 'failed' : undefined);
    if (mark === undefined) continue;
    const sum = odd.get(mark) ?? { count: 0, bytes: 0 };
    odd.set(mark, { count: sum.count + 1, bytes: sum.bytes + entry.bytes });
  }
  return [...odd].map(([mark, { count, bytes }]) => `    ! ${count}  ${humanBytes(bytes)}  ${orphanWord(mark)}`);
}

/** `✓ signed`, `✗ failed`, `! left by an interrupted download`; empty where nothing is known. */
function markOf(entry: CacheEntryView): string {
  if (entry.orphan === 'name-mismatch' || entry.verdict === 'failed')
    return `✗ ${entry.orphan === 'name-mismatch' ? orphanWord('name-mismatch') : verdictWord('failed')}`;
  if (entry.orphan !== undefined) return `! ${orphanWord(entry.orphan)}`;
  return verdictMark(entry);
}

function verdictMark({ verdict }: CacheEntryView): string {
  switch (verdict) {
    case undefined:
      return '';
    case 'failed':
      return `✗ ${verdictWord(verdict)}`;
    case 'unverified':
      return `– ${verdictWord(verdict)}`;
    default:
      return `✓ ${verdictWord(verdict)}`;
  }
}

function orphanWord(orphan: string): string {
  switch (orphan) {
    case 'temporary':
      return t('left by an interrupted download');
    case 'in-progress':
      return t('a download under way');
    case 'old-layout':
      return t('a layout that current engines do not read');
    case 'unused-blob':
      return t('no image uses it');
    case 'name-mismatch':
      return t('damaged: its content is not what its name says');
    case 'broken-link':
      return t('a link that leads nowhere');
    case 'foreign':
      return t('not made by an engine, left alone');
    case 'failed':
      return t('damaged');
    default:
      return orphan;
  }
}

const engineNames = { apptainer: 'Apptainer', singularity: 'SingularityCE', singularity2: 'Singularity 2' } as const;

function engineName({ engine, alsoOf }: CacheView): string {
  return alsoOf === undefined ? engineNames[engine] : `${engineNames[engine]}, ${engineNames[alsoOf]}`;
}

/** A path below the home folder, shortened. */
export function tilde(folder: string): string {
  const home = os.homedir();
  return folder.startsWith(home + path.sep) ? `~${folder.slice(home.length)}` : folder;
}

function cut(text: string): string {
  return text.length <= titleLimit ? text : `${text.slice(0, titleLimit - 1)}…`;
}
