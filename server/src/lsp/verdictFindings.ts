import type { VerificationReport } from '../image/verdict';
import { reportLine } from '../operations/reportText';
import { placesOf } from '../operations/referencePlaces';
import type { Finding, Severity } from '../text/finding';
import type { AnalysedDocument } from './language';

const severities: Readonly<Record<VerificationReport['verdict'], Severity>> = {
  failed: 'error',
  unverified: 'information',
  intact: 'information',
  signed: 'information',
};

/** Verdicts as findings at the places of the document that the reports are about; what has no place stands at the start. */
export function verdictFindings(document: AnalysedDocument, reports: readonly VerificationReport[]): Finding[] {
  const places = placesOf(document.language.name, document.context);
  return reports.map((report) => ({
    code: `verify/${report.verdict}`,
    severity: severities[report.verdict],
    message: reportLine(report),
    range: places.find((place) => place.title === report.target || place.text === report.target)?.range ?? { start: 0, end: 0 },
  }));
}
