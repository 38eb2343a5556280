import * as vscode from 'vscode';
import type { CacheDetailsResult, CacheEntryView, ImageContentsView } from '../../../server/src/protocol';
import { formatAge, formatBytes, formatExactBytes, formatTime } from '../format';
import { DocumentBuilder } from './documentContent';
import type { DocumentContent } from './documentContent';

/** What is inside an image file: labels, recipe, scripts, objects, signatures. */
export function contentsDocument(title: string, path: string, contents: ImageContentsView): DocumentContent {
  const builder = new DocumentBuilder();
  writePathActions(builder, path, contents);
  builder.line(`# ${title}`);
  writeContents(builder, contents);
  return builder.build(vscode.l10n.t('{0} · contents', title));
}

/** What is known about an entry of a cache, with what is inside it. */
export function cacheEntryDocument({ entry, contents, parts, usedBy, problem }: CacheDetailsResult): DocumentContent {
  const builder = new DocumentBuilder();
  writePathActions(builder, entry.path, contents);
  builder.line(`# ${entry.title}`).line().table(entryRows(entry), '');
  if (problem !== undefined) builder.line().line(`! ${problem}`);
  if (contents !== undefined) writeContents(builder, contents);
  if (parts !== undefined) section(builder, vscode.l10n.t('Parts'), parts.map(blobLine));
  if (usedBy !== undefined) section(builder, vscode.l10n.t('Part of'), usedBy.map(blobLine));
  return { ...builder.build(vscode.l10n.t('{0} · cache entry', entry.title)), entry: entry.path };
}

/** The parts of a document that tell what is inside an image. */
export function writeContents(builder: DocumentBuilder, contents: ImageContentsView): void {
  const facts: [string, string | undefined][] = [
    [vscode.l10n.t('format'), contents.format],
    [vscode.l10n.t('architecture'), contents.architecture],
    [vscode.l10n.t('created'), contents.created === undefined ? undefined : formatTime(contents.created)],
    [vscode.l10n.t('apps'), contents.apps.length === 0 ? undefined : contents.apps.join(', ')],
  ];
  builder.line().table(
    facts.filter((row): row is [string, string] => row[1] !== undefined),
    '',
  );
  for (const note of contents.notes) builder.line(`! ${note}`);
  section(builder, vscode.l10n.t('Signatures'), contents.signatures);
  const labels = Object.entries(contents.labels).sort(([a], [b]) => a.localeCompare(b));
  if (labels.length > 0)
    builder
      .line()
      .line(`## ${vscode.l10n.t('Labels')}`)
      .table(labels);
  if (contents.recipe !== undefined)
    builder
      .line()
      .line(`## ${vscode.l10n.t('Recipe')}`)
      .block(contents.recipe);
  for (const [name, script] of Object.entries(contents.scripts)) builder.line().line(`## ${name}`).block(script);
  section(builder, vscode.l10n.t('Objects'), contents.objects.map(objectLine));
}

function writePathActions(builder: DocumentBuilder, path: string, contents: ImageContentsView | undefined): void {
  const target = { kind: 'path', path };
  builder
    .action(vscode.l10n.t('$(verified) Verify'), 'containerMetalink.verify', target)
    .action(vscode.l10n.t('$(copy) Copy path'), 'containerMetalink.copyText', path);
  if (contents?.recipe !== undefined) builder.action(vscode.l10n.t('$(file-code) Open recipe'), 'containerMetalink.openRecipe', target);
}

function entryRows(entry: CacheEntryView): [string, string][] {
  const rows: [string, string | undefined][] = [
    [vscode.l10n.t('path'), entry.path],
    [vscode.l10n.t('link to'), entry.linkTo],
    [vscode.l10n.t('size'), entry.linkTo === undefined ? formatExactBytes(entry.bytes) : undefined],
    [vscode.l10n.t('with its parts'), entry.imageBytes === undefined ? undefined : formatExactBytes(entry.imageBytes)],
    [vscode.l10n.t('changed'), `${formatTime(new Date(entry.modified).toISOString())} (${formatAge(entry.modified)})`],
    [vscode.l10n.t('reference'), entry.reference],
    [vscode.l10n.t('digest'), entry.digest],
    [vscode.l10n.t('verdict'), entry.verdict === undefined ? vscode.l10n.t('not verified by us') : verdictWord(entry.verdict)],
    [vscode.l10n.t('remark'), entry.orphan === undefined ? undefined : orphanText(entry.orphan)],
  ];
  return rows.filter((row): row is [string, string] => row[1] !== undefined);
}

/** A blob of an OCI layout: size, what it is or is called, digest. */
function blobLine({ bytes, imageBytes, title, digest }: CacheEntryView): string {
  return `${formatBytes(imageBytes ?? bytes).padStart(10)}  ${title}  ${digest ?? ''}`.trimEnd();
}

/** The verdict as one word for people. */
export function verdictWord(verdict: NonNullable<CacheEntryView['verdict']>): string {
  switch (verdict) {
    case 'failed':
      return vscode.l10n.t('damaged');
    case 'intact':
      return vscode.l10n.t('intact');
    case 'signed':
      return vscode.l10n.t('signed');
    case 'unverified':
      return vscode.l10n.t('unverified');
  }
}

/** Why an entry is no proper one, for people. */
export function orphanText(orphan: string): string {
  switch (orphan) {
    case 'temporary':
      return vscode.l10n.t('left over by an interrupted download');
    case 'name-mismatch':
      return vscode.l10n.t('its name does not match its content');
    case 'unused-blob':
      return vscode.l10n.t('no manifest uses it');
    case 'old-layout':
      return vscode.l10n.t('from an old layout of the cache');
    case 'in-progress':
      return vscode.l10n.t('a download that is under way');
    case 'broken-link':
      return vscode.l10n.t('a link that leads nowhere');
    case 'foreign':
      return vscode.l10n.t('not made by an engine: it is left alone');
    default:
      return orphan;
  }
}

function section(builder: DocumentBuilder, title: string, lines: readonly string[]): void {
  if (lines.length === 0) return;
  builder.line().line(`## ${title}`);
  for (const line of lines) builder.line(`    ${line}`);
}

function objectLine(object: ImageContentsView['objects'][number]): string {
  const id = String(object.id).padStart(3);
  return `${id}  ${object.type.padEnd(20)} ${formatBytes(object.size).padStart(10)}  ${[object.name, object.detail].filter((text) => text !== '').join('  ')}`;
}
