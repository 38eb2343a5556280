// What `siftool header`, `list` and `info` print, from our reader: to be compared with the library's golden outputs.
import type { SifDescriptor } from '../../../server/src/sif/descriptor';
import type { SifImage } from '../../../server/src/sif/sifImage';

type Row = readonly [string, string | number | bigint];
const goZeroTime = -62135596800n;

export function headerText({ header }: SifImage): string {
  const rows: Row[] = [];
  if (header.launchScript !== '') rows.push(['Launch Script:', header.launchScript.replace(/\n$/, '')]);
  rows.push(['Version:', header.version]);
  if (header.architecture !== 'unknown') rows.push(['Primary Architecture:', header.architecture]);
  if (header.id !== '00000000-0000-0000-0000-000000000000') rows.push(['ID:', header.id]);
  if (header.createdAt !== goZeroTime) rows.push(['Created At:', time(header.createdAt)]);
  if (header.modifiedAt !== goZeroTime) rows.push(['Modified At:', time(header.modifiedAt)]);
  rows.push(['Descriptors Free:', header.descriptorsFree]);
  rows.push(['Descriptors Total:', header.descriptorsTotal]);
  rows.push(['Descriptors Offset:', header.descriptorsOffset]);
  rows.push(['Descriptors Size:', readable(header.descriptorsSize)]);
  rows.push(['Data Offset:', header.dataOffset]);
  rows.push(['Data Size:', readable(header.dataSize)]);
  return table(rows, '', 1);
}

export function listText({ descriptors }: SifImage): string {
  const line = '-'.repeat(78);
  const head = [line, 'ID   |GROUP   |LINK    |SIF POSITION (start-end)  |TYPE', line];
  const rows = descriptors.map((d) => {
    const group = `|${(d.groupId === 0 ? 'NONE' : String(d.groupId)).padEnd(7)} `;
    const link =
      d.linkedToGroup && d.linkedId !== 0
        ? `|${String(d.linkedId).padEnd(3)} (G) `
        : `|${(d.linkedId === 0 ? 'NONE' : String(d.linkedId)).padEnd(7)} `;
    return `${String(d.id).padEnd(4)} ${group}${link}${`|${d.offset}-${d.offset + d.size} `.padEnd(26)} |${d.typeName}${listDetail(d)}`;
  });
  return [...head, ...rows, ''].join('\n');
}

export function infoText(d: SifDescriptor): string {
  const rows: Row[] = [
    ['Data Type:', d.typeName],
    ['ID:', d.id],
    ['Group ID:', d.groupId === 0 ? 'NONE' : d.groupId],
    ['Linked ID:', d.linkedId === 0 ? 'NONE' : d.linkedToGroup ? `${d.linkedId} (G)` : d.linkedId],
    ['Offset:', d.offset],
    ['Size:', d.size],
  ];
  if (d.createdAt !== goZeroTime) rows.push(['Created At:', time(d.createdAt)]);
  if (d.modifiedAt !== goZeroTime) rows.push(['Modified At:', time(d.modifiedAt)]);
  if (d.name !== '') rows.push(['Name:', d.name]);
  const { detail } = d;
  if (detail.kind === 'partition')
    rows.push(['Filesystem Type:', detail.fileSystem], ['Partition Type:', detail.partitionType], ['Architecture:', detail.architecture]);
  if (detail.kind === 'signature') {
    rows.push(['Hash Type:', detail.hashType ?? '']);
    if (detail.fingerprint) rows.push(['Entity:', detail.fingerprint.toUpperCase()]);
  }
  if (detail.kind === 'crypto-message') rows.push(['Format Type:', detail.format], ['Message Type:', detail.message]);
  if (detail.kind === 'sbom') rows.push(['Format:', detail.format]);
  if (detail.kind === 'oci') rows.push(['Digest:', detail.digest]);
  return table(rows, '  ', 2);
}

function listDetail({ detail }: SifDescriptor): string {
  switch (detail.kind) {
    case 'partition':
      return ` (${detail.fileSystem}/${detail.partitionType}/${detail.architecture})`;
    case 'signature':
      return ` (${detail.hashType ?? ''})`;
    case 'crypto-message':
      return ` (${detail.format}/${detail.message})`;
    case 'sbom':
      return ` (${detail.format})`;
    default:
      return '';
  }
}

/** Go's text/tabwriter with cells left-aligned. */
function table(rows: readonly Row[], indent: string, padding: number): string {
  const width = Math.max(...rows.map(([name]) => name.length)) + padding;
  return rows.map(([name, value]) => `${indent}${name.padEnd(width)}${value}\n`).join('');
}

function time(seconds: bigint): string {
  return `${new Date(Number(seconds) * 1000).toISOString().replace('T', ' ').replace('.000Z', '')} +0000 UTC`;
}

function readable(size: bigint): string {
  let value = Number(size);
  if (value < 1024) return `${value} B`;
  let unit = -1;
  for (; value >= 1024; unit++) value /= 1024;
  return `${Math.round(value)} ${'KMGTPE'.charAt(unit)}iB`;
}
