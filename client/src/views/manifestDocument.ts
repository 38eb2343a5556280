import * as vscode from 'vscode';
import type { ImageSummary, InspectItem, Platform } from '../../../server/src/protocol';
import { formatAge, formatBytes, formatTime } from '../format';
import { writeContents } from './contentsDocument';
import { DocumentBuilder } from './documentContent';
import type { DocumentContent } from './documentContent';

/** What hubs tell about images, as a document: digest, size and platforms first, then labels, then layers. */
export function manifestDocument(title: string, items: readonly InspectItem[]): DocumentContent {
  const builder = new DocumentBuilder();
  for (const [index, item] of items.entries()) {
    if (index > 0) builder.line().line('─'.repeat(72)).line();
    writeItem(builder, item);
  }
  return builder.build(vscode.l10n.t('{0} · manifest', title));
}

function writeItem(builder: DocumentBuilder, item: InspectItem): void {
  if (item.summary !== undefined) writeActions(builder, item.summary);
  builder.line(`# ${item.title}`);
  if (item.problem !== undefined) builder.line().line(`! ${item.problem}`);
  if (item.summary !== undefined) writeSummary(builder, item.summary);
  if (item.contents !== undefined) writeContents(builder, item.contents);
}

function writeActions(builder: DocumentBuilder, summary: ImageSummary): void {
  const target = { kind: 'reference', reference: summary.reference };
  builder
    .action(vscode.l10n.t('$(cloud-download) Pull and verify'), 'containerMetalink.pullIntoCache', target)
    .action(vscode.l10n.t('$(verified) Verify'), 'containerMetalink.verify', target);
  if (summary.digest !== undefined)
    builder.action(vscode.l10n.t('$(copy) Copy digest'), 'containerMetalink.copyText', `${summary.digest.algorithm}:${summary.digest.hex}`);
  builder.action(vscode.l10n.t('$(refresh) Ask anew'), 'containerMetalink.showManifest', target, { anew: true });
}

function writeSummary(builder: DocumentBuilder, summary: ImageSummary): void {
  builder.line().table(factRows(summary), '');
  for (const note of summary.notes ?? []) builder.line(`! ${note}`);
  if (summary.stale === true) builder.line(`! ${vscode.l10n.t('offline: last seen {0}', formatAge(summary.fetchedAt))}`);
  writePlatforms(builder, summary);
  writeRecord(builder, vscode.l10n.t('Labels'), summary.labels);
  writeRecord(builder, vscode.l10n.t('Annotations'), summary.annotations);
  writeList(builder, vscode.l10n.t('Environment'), summary.environment);
  if (summary.layers !== undefined && summary.layers.length > 0) {
    heading(builder, vscode.l10n.t('Layers'));
    for (const layer of summary.layers)
      builder.line(`    ${layer.digest.algorithm}:${layer.digest.hex}  ${formatBytes(layer.size).padStart(9)}  ${layer.mediaType}`);
  }
  if (summary.recipe !== undefined) {
    heading(builder, vscode.l10n.t('Recipe'));
    builder.block(summary.recipe);
  }
}

function factRows(summary: ImageSummary): [string, string][] {
  const rows: [string, string | undefined][] = [
    [vscode.l10n.t('reference'), summary.reference],
    [vscode.l10n.t('kind'), kindText(summary)],
    [vscode.l10n.t('digest'), digestText(summary.digest)],
    [vscode.l10n.t('of this platform'), digestText(summary.platformDigest)],
    [vscode.l10n.t('media type'), summary.mediaType],
    [vscode.l10n.t('to fetch'), summary.size === undefined ? undefined : formatBytes(summary.size)],
    [vscode.l10n.t('platform'), summary.platform === undefined ? undefined : platformText(summary.platform)],
    [vscode.l10n.t('created'), summary.created === undefined ? undefined : formatTime(summary.created)],
    [vscode.l10n.t('author'), summary.author],
    [vscode.l10n.t('runs'), [...(summary.entrypoint ?? []), ...(summary.command ?? [])].join(' ') || undefined],
    [vscode.l10n.t('as user'), summary.user === '' ? undefined : summary.user],
    [
      vscode.l10n.t('signed by'),
      summary.signedBy === undefined ? undefined : vscode.l10n.t('{0} (as the hub says, not checked)', summary.signedBy.join(', ')),
    ],
    [vscode.l10n.t('asked'), formatAge(summary.fetchedAt)],
  ];
  return rows.filter((row): row is [string, string] => row[1] !== undefined);
}

function kindText({ kind, platforms }: ImageSummary): string {
  switch (kind) {
    case 'oci-index':
      return vscode.l10n.t('container image for {0} platforms', platforms?.length ?? 0);
    case 'oci-image':
      return vscode.l10n.t('container image');
    case 'sif':
      return vscode.l10n.t('SIF image');
    case 'file':
      return vscode.l10n.t('file');
    case 'artifact':
      return vscode.l10n.t('artifact that is no image');
  }
}

function writePlatforms(builder: DocumentBuilder, { platforms = [], platformDigest }: ImageSummary): void {
  if (platforms.length === 0) return;
  heading(builder, vscode.l10n.t('Platforms'));
  const width = Math.max(...platforms.map((image) => platformText(image.platform).length));
  for (const image of platforms) {
    const chosen = image.digest.hex === platformDigest?.hex ? '✓' : ' ';
    const size = image.size === undefined ? '' : formatBytes(image.size);
    builder.line(`  ${chosen} ${platformText(image.platform).padEnd(width)}  ${size.padStart(9)}  ${digestText(image.digest) ?? ''}`);
  }
}

function writeRecord(builder: DocumentBuilder, title: string, record: Readonly<Record<string, string>> = {}): void {
  const rows = Object.entries(record).sort(([a], [b]) => a.localeCompare(b));
  if (rows.length === 0) return;
  heading(builder, title);
  builder.table(rows);
}

function writeList(builder: DocumentBuilder, title: string, lines: readonly string[] = []): void {
  if (lines.length === 0) return;
  heading(builder, title);
  for (const line of lines) builder.line(`    ${line}`);
}

function heading(builder: DocumentBuilder, title: string): void {
  builder.line().line(`## ${title}`);
}

function digestText(digest: ImageSummary['digest']): string | undefined {
  return digest === undefined ? undefined : `${digest.algorithm}:${digest.hex}`;
}

function platformText({ os, architecture, variant }: Platform): string {
  return [os, architecture, ...(variant === undefined ? [] : [variant])].join('/');
}
