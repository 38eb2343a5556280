import type { Check, SignatureFinding, VerdictLevel, VerificationReport } from '../image/verdict';
import { t } from '../text/l10n';

/** One line: `tool-1.4.sif: intact (sha-256 as declared; signature by 0C5B8C9A5FFC44E2… valid, key not trusted)`. */
export function reportLine(report: VerificationReport): string {
  const failed = report.checks.filter((c) => c.status === 'fail').map((c) => c.message);
  const passed = report.checks.filter((c) => c.status === 'pass' && c.name !== 'size' && c.name !== 'structure').map((c) => c.message);
  const signatures = report.signatures.map(signatureWords);
  const reasons =
    report.verdict === 'failed'
      ? failed
      : report.verdict === 'unverified'
        ? [t('nothing to compare with'), ...signatures]
        : [...passed.slice(0, 2), ...signatures];
  const unique = [...new Set(reasons)];
  return unique.length === 0
    ? `${report.target}: ${verdictWord(report.verdict)}`
    : `${report.target}: ${verdictWord(report.verdict)} (${unique.join('; ')})`;
}

/** The whole report as lines: verdict first, then evidence, then what is not covered. */
export function reportText(report: VerificationReport): string[] {
  return [
    `${report.target}  ${verdictWord(report.verdict).toUpperCase()}`,
    ...report.checks.map(checkLine),
    ...report.signatures.map((s) => `${s.status === 'valid' ? (s.trust === 'trusted' ? '✓' : '!') : '✗'} ${s.message}`),
    ...report.notCovered.map((n) => `– ${n}`),
  ];
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
  const source = check.source === undefined ? '' : ` [${check.channel === undefined ? check.source : `${check.source}, ${check.channel}`}]`;
  return `${mark} ${check.message}${compared}${source}`;
}

function signatureWords(signature: SignatureFinding): string {
  const who = signature.signer ?? (signature.fingerprint === undefined ? t('an unknown key') : `${signature.fingerprint.slice(0, 16)}…`);
  switch (signature.status) {
    case 'valid':
      return signature.trust === 'trusted' ? t('signature by {0} valid', who) : t('signature by {0} valid, key not trusted', who);
    case 'invalid':
      return t('signature invalid: {0}', signature.error ?? signature.message);
    case 'unknown-key':
      return t('signature by {0}, key not at hand', who);
  }
}
