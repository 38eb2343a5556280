import { formatDigest } from '../image/digest';
import type { ImageSummary } from '../image/summary';
import type { ImageContentsView, InspectItem } from '../protocol';
import { humanAge, humanBytes } from '../text/human';
import { t } from '../text/l10n';

/** What `inspect` prints for a person: one fact a line. `now` in milliseconds since the epoch. */
export function inspectText(item: InspectItem, now: number): string[] {
  const lines = [item.title];
  if (item.summary) lines.push(...summaryLines(item.summary, now));
  if (item.contents) lines.push(...contentsLines(item.contents));
  return lines.length === 1 && item.problem !== undefined ? [] : lines;
}

function summaryLines(summary: ImageSummary, now: number): string[] {
  const rows: [string, string | undefined][] = [
    [t('digest'), summary.digest && formatDigest(summary.digest)],
    [t('media type'), summary.mediaType],
    [t('size'), summary.size === undefined ? undefined : humanBytes(summary.size)],
    [t('platform'), summary.platform && `${summary.platform.os}/${summary.platform.architecture}`],
    [t('created'), summary.created],
    [t('author'), summary.author],
    [t('entrypoint'), summary.entrypoint?.join(' ')],
    [t('command'), summary.command?.join(' ')],
    [t('user'), summary.user],
    [t('signed by'), summary.signedBy?.join(', ')],
    [t('asked'), now - summary.fetchedAt < 60_000 ? undefined : humanAge(summary.fetchedAt, now)],
  ];
  const platforms = (summary.platforms ?? []).map(
    (p) =>
      `  ${p.platform.os}/${p.platform.architecture}${p.platform.variant ? `/${p.platform.variant}` : ''}  ${formatDigest(p.digest)}${p.size === undefined ? '' : `  ${humanBytes(p.size)}`}`,
  );
  return [
    ...table(rows),
    ...(platforms.length > 0 ? [`${t('platforms')}:`, ...platforms] : []),
    ...named(t('labels'), summary.labels),
    ...named(t('annotations'), summary.annotations),
    ...(summary.notes ?? []).map((note) => `${t('note')}: ${note}`),
  ];
}

function contentsLines(contents: ImageContentsView): string[] {
  const rows: [string, string | undefined][] = [
    [t('format'), contents.format],
    [t('architecture'), contents.architecture],
    [t('created'), contents.created],
    [t('apps'), contents.apps.length === 0 ? undefined : contents.apps.join(', ')],
    [t('signatures'), contents.signatures.length === 0 ? undefined : contents.signatures.join(', ')],
  ];
  const objects = contents.objects.map((o) => `  ${o.id}  ${o.type}  ${o.name}  ${humanBytes(o.size)}  ${o.detail}`.trimEnd());
  const scripts = Object.entries(contents.scripts).flatMap(([name, text]) => [`${name}:`, ...indent(text)]);
  return [
    ...table(rows),
    ...(objects.length > 0 ? [`${t('objects')}:`, ...objects] : []),
    ...named(t('labels'), contents.labels),
    ...(contents.recipe === undefined ? [] : [`${t('recipe')}:`, ...indent(contents.recipe)]),
    ...scripts,
    ...contents.notes.map((note) => `${t('note')}: ${note}`),
  ];
}

function table(rows: readonly [string, string | undefined][]): string[] {
  return rows.flatMap(([name, value]) => (value === undefined || value === '' ? [] : [`${name}: ${value}`]));
}

function named(title: string, values: Readonly<Record<string, string>> | undefined): string[] {
  const entries = Object.entries(values ?? {});
  return entries.length === 0 ? [] : [`${title}:`, ...entries.map(([key, value]) => `  ${key}: ${value.replace(/\s*\n\s*/g, ' ')}`)];
}

function indent(text: string): string[] {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => `  ${line}`);
}
