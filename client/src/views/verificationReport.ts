import * as vscode from 'vscode';
import type { VerificationReport, Check, SignatureFinding } from '../../../server/src/protocol';
import type { Target } from '../../../server/src/protocol';
import { formatExactBytes, formatTime } from '../format';
import { DocumentBuilder } from './documentContent';
import type { DocumentContent } from './documentContent';

const symbols = { pass: '✓', fail: '✗', skip: '–' } as const;
const nameWidth = 14;

/** The report as a document: the verdict in the first line, then the evidence from strongest to weakest, then what nothing covers. */
export function verificationDocument(title: string, reports: readonly VerificationReport[], target: Target): DocumentContent {
  const builder = new DocumentBuilder();
  for (const [index, report] of reports.entries()) {
    if (index > 0) builder.line().line('─'.repeat(72)).line();
    writeReport(builder, report, reports.length === 1 ? target : { kind: 'reference', reference: report.target });
  }
  return builder.build(vscode.l10n.t('{0} · verification', title));
}

/** The verdict in words, as in the first line of a report. */
export function verdictText(report: VerificationReport): string {
  switch (report.verdict) {
    case 'failed':
      return vscode.l10n.t('FAILED');
    case 'signed':
      return report.signatures.some(({ kind }) => kind === 'legacy-pgp')
        ? vscode.l10n.t('SIGNED BY A TRUSTED KEY · CONTENTS ONLY')
        : vscode.l10n.t('SIGNED BY A TRUSTED KEY');
    case 'intact':
      return report.signatures.length === 0 ? vscode.l10n.t('INTACT · NOT SIGNED') : vscode.l10n.t('INTACT · NOT SIGNED BY A TRUSTED KEY');
    case 'unverified':
      if (report.signatures.some(({ status }) => status === 'unknown-key')) return vscode.l10n.t('UNVERIFIED · SIGNED BY AN UNKNOWN KEY');
      return isUnread(report) ? vscode.l10n.t('UNVERIFIED · NO BYTES TO COMPARE') : vscode.l10n.t('UNVERIFIED · NOTHING TO COMPARE WITH');
  }
}

function writeReport(builder: DocumentBuilder, report: VerificationReport, target: Target): void {
  builder.action(vscode.l10n.t('$(refresh) Verify again'), 'containerMetalink.verify', target);
  if (report.verdict !== 'failed' && !isUnread(report))
    builder.action(vscode.l10n.t('$(cloud-download) Pull into the cache'), 'containerMetalink.pullIntoCache', target);
  if (report.path !== undefined)
    builder.action(vscode.l10n.t('$(list-tree) Show contents'), 'containerMetalink.showContents', { kind: 'path', path: report.path });
  if (report.legacySignatures === true)
    builder.action(vscode.l10n.t('$(history) Count the old signatures'), 'containerMetalink.verify', { ...target, wish: 'legacy' });
  if (report.inCache === true && report.path !== undefined)
    builder.action(vscode.l10n.t('$(trash) Delete the entry…'), 'containerMetalink.cache.delete', [{ path: report.path }]);
  builder.action(vscode.l10n.t('$(copy) Copy report'), 'containerMetalink.copyReport');
  builder.line(`${verdictSymbol(report)} ${report.target}    ${verdictText(report)}`).line();

  // Signatures are told with their keys; the checks that stand for them would only repeat it.
  const checks = report.signatures.length === 0 ? report.checks : report.checks.filter(({ name }) => name !== 'signature');
  for (const check of checks.filter(({ status }) => status === 'fail')) writeCheck(builder, check);
  for (const signature of report.signatures.filter(({ status }) => status === 'invalid')) writeSignature(builder, signature, target);
  for (const check of checks.filter(({ status }) => status !== 'fail')) writeCheck(builder, check);
  for (const signature of report.signatures.filter(({ status }) => status !== 'invalid')) writeSignature(builder, signature, target);
  if (report.notCovered.length > 0) {
    builder.line();
    for (const text of report.notCovered) builder.line(`! ${text}`);
  }
  builder.line();
  if (report.path !== undefined) builder.line(vscode.l10n.t('File: {0}', report.path));
  if (report.size !== undefined) builder.line(vscode.l10n.t('Size: {0}', formatExactBytes(report.size)));
  builder.line(vscode.l10n.t('Checked: {0}', formatTime(report.time)));
}

/** Nobody had bytes to look at. */
function isUnread({ checks }: VerificationReport): boolean {
  return checks.length > 0 && checks.every(({ name }) => name === 'access');
}

function verdictSymbol({ verdict }: VerificationReport): string {
  return verdict === 'failed' ? '✗' : verdict === 'unverified' ? '!' : '✓';
}

function writeCheck(builder: DocumentBuilder, check: Check): void {
  const { status, name, message, expected, actual, source } = check;
  const failed = status === 'fail';
  const isNamedBelow = name === 'contents'; // the signature follows with its key
  const brief = !failed && source !== undefined && !overNetwork(check) && !message.includes(source) && !isNamedBelow;
  builder.line(`${symbols[status]} ${checkName(name).padEnd(nameWidth)} ${brief ? `${message} (${source})` : message}`);
  const rows: [string, string | undefined][] = failed
    ? [
        [vscode.l10n.t('expected'), expected],
        [vscode.l10n.t('found'), actual],
      ]
    : [[vscode.l10n.t('value'), actual !== undefined && says(message, actual) ? undefined : actual]];
  if (!brief && !isNamedBelow && source !== undefined && !message.includes(source)) rows.push([vscode.l10n.t('source'), sourceText(check)]);
  builder.table(
    rows.filter((row): row is [string, string] => row[1] !== undefined),
    ' '.repeat(nameWidth + 3),
  );
}

/** Whether a message has a value in it, as it is or with thousands apart. */
function says(message: string, value: string): boolean {
  return message.includes(value) || message.replace(/(?<=\d)[.,](?=\d{3})/g, '').includes(value);
}

/** What a check is called in a report; hash functions are called the same in every language. */
function checkName(name: string): string {
  switch (name) {
    case 'size':
      return vscode.l10n.t('size');
    case 'pieces':
      return vscode.l10n.t('pieces');
    case 'structure':
      return vscode.l10n.t('structure');
    case 'contents':
      return vscode.l10n.t('contents');
    case 'signature':
      return vscode.l10n.t('signature');
    case 'coverage':
      return vscode.l10n.t('coverage');
    case 'fingerprints':
      return vscode.l10n.t('fingerprints');
    case 'file':
      return vscode.l10n.t('file');
    case 'blobs':
      return vscode.l10n.t('blobs');
    case 'access':
      return vscode.l10n.t('access');
    case 'download':
      return vscode.l10n.t('download');
    case 'detached signature':
      return vscode.l10n.t('detached signature');
    case 'xml signature':
      return vscode.l10n.t('xml signature');
    default:
      return name;
  }
}

function overNetwork({ channel }: Check): boolean {
  return channel === 'https' || channel === 'http';
}

function sourceText({ source = '', channel }: Check): string {
  switch (channel) {
    case 'https':
      return vscode.l10n.t('{0}, over https: integrity, not proof of origin', source);
    case 'http':
      return vscode.l10n.t('{0}, over plain http: anyone on the way could have changed it', source);
    case undefined:
    default:
      return source;
  }
}

function writeSignature(builder: DocumentBuilder, signature: SignatureFinding, target: Target): void {
  const { fingerprint } = signature;
  const pad = ' '.repeat(nameWidth + 3);
  const trustable =
    signature.status === 'valid' && signature.kind.includes('pgp') && signature.trust !== 'trusted' && fingerprint !== undefined;
  if (trustable)
    builder.action(vscode.l10n.t('$(key) Trust this key…'), 'containerMetalink.trustKey', { fingerprint, signer: signature.signer });
  if (signature.status === 'unknown-key')
    builder.action(vscode.l10n.t('$(key) Verify with a key file…'), 'containerMetalink.verify', { ...target, wish: 'key-file' });
  if (signature.trust === 'trusted' && fingerprint !== undefined)
    builder.action(vscode.l10n.t('$(key) Forget this key…'), 'containerMetalink.forgetKey', { fingerprint });
  const symbol = signature.status === 'invalid' ? '✗' : signature.trust === 'trusted' && signature.status === 'valid' ? '✓' : '!';
  builder.line(`${symbol} ${vscode.l10n.t('signature').padEnd(nameWidth)} ${signature.message}`);
  const rows: [string, string][] = [];
  if (fingerprint !== undefined && !signature.message.includes(fingerprint)) rows.push([vscode.l10n.t('key'), groupsOfFour(fingerprint)]);
  if (signature.signer !== undefined && !signature.message.includes(signature.signer))
    rows.push([vscode.l10n.t('signer'), signature.signer]);
  if (signature.keySource !== undefined && !signature.message.includes(signature.keySource))
    rows.push([vscode.l10n.t('key from'), signature.keySource]);
  // What a valid signature says of itself tells how far its key is trusted.
  if (fingerprint !== undefined && signature.status === 'invalid') rows.push([vscode.l10n.t('trust'), trustText(signature)]);
  if (signature.covers.length > 0) rows.push([vscode.l10n.t('covers'), signature.covers.join(', ')]);
  else if (signature.target !== undefined) rows.push([vscode.l10n.t('made for'), signature.target]);
  if (signature.created !== undefined) rows.push([vscode.l10n.t('made'), formatTime(signature.created)]);
  if (signature.error !== undefined && !signature.message.includes(signature.error)) rows.push([vscode.l10n.t('error'), signature.error]);
  builder.table(rows, pad);
}

function trustText({ trust }: SignatureFinding): string {
  switch (trust) {
    case 'trusted':
      return vscode.l10n.t('trusted by you');
    case 'keyring':
      return vscode.l10n.t('in the key ring of the engine');
    case 'fetched':
    case 'unknown':
      return vscode.l10n.t('not trusted by you');
  }
}

function groupsOfFour(fingerprint: string): string {
  return /^[0-9A-F]{40}$/i.test(fingerprint) ? (fingerprint.match(/.{4}/g) ?? []).join(' ') : fingerprint;
}
