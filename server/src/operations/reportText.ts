import type { Check, SignatureFinding, VerdictLevel, VerificationReport } from '../image/verdict';
import { t } from '../text/l10n';

/** Whether the signatures, told in words of their own, say the same. That the bytes are not the signed ones is said by no signature. */
function isToldBySignatures(check: Check, { signatures }: VerificationReport): boolean {
  return signatures.length > 0 && (check.name === 'signature' || (check.name === 'contents' && check.status !== 'fail'));
}

/** One line: `tool-1.4.sif: intact (sha-256 as declared; signature by 0C5B8C9A5FFC44E2… valid, key not trusted)`. */
export function reportLine(report: VerificationReport): string {
  return `${report.target}: ${verdictText(report)}`;
}

/** The same without the target's name. */
export function verdictText(report: VerificationReport): string {
  const signatures = report.signatures.map(signatureWords);
  const said = (status: Check['status']) =>
    report.checks.filter((c) => c.status === status && !isToldBySignatures(c, report)).map((c) => withoutStop(c.message));
  const evidence = report.checks
    .filter((c) => c.status === 'pass' && !['size', 'structure', 'signature', 'contents'].includes(c.name))
    .map((c) => withoutStop(c.message));
  const unverified =
    signatures.length > 0
      ? [t('nothing to compare with'), ...signatures]
      : [...(said('skip').length > 0 ? said('skip') : [t('nothing to compare with')])];
  const reasons =
    report.verdict === 'failed'
      ? [...said('fail'), ...signatures.slice(0, 1)]
      : report.verdict === 'unverified'
        ? unverified
        : [...evidence.slice(0, 2), ...signatures, ...contentsOnly(report)];
  const unique = [...new Set(reasons)];
  const word = verdictWord(report.verdict);
  return unique.length === 0 ? word : `${word} (${unique.join('; ')})`;
}

/** The whole report as lines: verdict first, then evidence, then what is not covered. */
export function reportText(report: VerificationReport): string[] {
  const checks = report.checks.filter((check) => !isToldBySignatures(check, report));
  return [
    `${report.target}  ${[verdictWord(report.verdict), ...contentsOnly(report)].join(' · ').toUpperCase()}`,
    ...checks.map(checkLine),
    ...report.signatures.map(signatureLine),
    ...report.notCovered.map((n) => `– ${n}`),
  ];
}

/** What signatures of Singularity 3.0–3.5 leave open. */
function contentsOnly({ verdict, signatures }: VerificationReport): string[] {
  return verdict === 'signed' && signatures.some(({ kind }) => kind === 'legacy-pgp') ? [t('contents only')] : [];
}

/** Behind what the signature says of itself, what it was made for: one key may have signed several groups. */
function signatureLine(signature: SignatureFinding): string {
  const target = signature.target === undefined ? '' : ` [${signature.target}]`;
  return `${signatureMark(signature)} ${signature.message}${target}`;
}

function signatureMark(signature: SignatureFinding): string {
  if (signature.status === 'invalid') return '✗';
  return signature.status === 'valid' && signature.trust === 'trusted' ? '✓' : '!';
}

function withoutStop(message: string): string {
  return message.replace(/\.$/, '');
}

export function verdictWord(verdict: VerdictLevel): string {
  switch (verdict) {
    case 'failed':
      return t('failed');
    case 'intact':
      return t('intact');
    case 'signed':
      return t('signed');
    case 'unverified':
      return t('unverified');
  }
}

function checkLine(check: Check): string {
  const mark = check.status === 'pass' ? '✓' : check.status === 'fail' ? '✗' : '–';
  const compared =
    check.status === 'fail' && check.expected !== undefined
      ? ` (${t('expected {0}, found {1}', check.expected, check.actual ?? t('nothing'))})`
      : '';
  const source = check.source === undefined ? '' : ` [${sourceText(check.source, check.channel)}]`;
  return `${mark} ${check.message}${compared}${source}`;
}

/** Where an expectation came from, and what the way that it came is worth. */
function sourceText(source: string, channel: string | undefined): string {
  switch (channel) {
    case 'https':
      return t('{0}, over https: integrity, not proof of origin', source);
    case 'http':
      return t('{0}, over plain http: anyone on the way could have changed it', source);
    default: // a file or a person: the source names it
      return source;
  }
}

function signatureWords(signature: SignatureFinding): string {
  const who = signature.signer ?? (signature.fingerprint === undefined ? t('an unknown key') : `${signature.fingerprint.slice(0, 16)}…`);
  switch (signature.status) {
    case 'valid':
      return signature.trust === 'trusted' ? t('signature by {0} valid', who) : t('signature by {0} valid, key not trusted', who);
    case 'invalid':
      return t('signature by {0} does not hold: {1}', who, signature.error ?? signature.message);
    case 'unknown-key':
      return t('signature by {0}, key not at hand', who);
  }
}
