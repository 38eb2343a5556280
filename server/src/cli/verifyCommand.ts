import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import path from 'node:path';
import { nothingKnown, verifyTarget } from '../operations/verify';
import { reportLine, reportText } from '../operations/reportText';
import { withoutUserinfo } from '../image/referenceNames';
import { worstVerdict } from '../image/verdict';
import type { VerificationReport } from '../image/verdict';
import { t } from '../text/l10n';
import { noSuchFile } from '../text/noSuchFile';
import { choice } from './choice';
import type { Environment } from './environment';
import { jsonText } from './jsonText';
import { progressText } from '../operations/progressText';
import { targetOf } from './targets';
import { exitStatus, UsageError } from './terminal';
import type { Terminal } from './terminal';

/** `verify`: evidence about a target and the verdict. */
export async function verify(words: readonly string[], terminal: Terminal, environment: Environment): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...words],
    allowPositionals: true,
    options: {
      format: { type: 'string' },
      metalink: { type: 'string' },
      key: { type: 'string', multiple: true },
      fingerprint: { type: 'string', multiple: true },
      legacy: { type: 'boolean' },
      offline: { type: 'boolean' },
      details: { type: 'boolean' },
    },
  });
  const [word, ...more] = positionals;
  if (word === undefined || more.length > 0) throw new UsageError(t('verify takes one target.'));
  const format = choice('--format', values.format ?? 'text', ['text', 'json']);
  const verifyIt = async (): Promise<readonly VerificationReport[]> => {
    for (const key of values.key ?? []) if (!existsSync(key)) throw new Error(noSuchFile(key));
    const settings = environment.settings(values.offline === true ? { 'verify.fetchKeys': false, 'online.enabled': false } : {});
    const world = await environment.world(settings);
    // The one line of a report has no room for what is wrong with a key file.
    if (values.key !== undefined && format === 'text' && values.details !== true)
      for (const problem of (await world.keys({ files: values.key, offline: true })).keys.problems) terminal.note(problem);
    return verifyTarget(world, targetOf(word), {
      ...(values.metalink !== undefined && { metalink: path.resolve(values.metalink) }),
      keys: values.key ?? [],
      fingerprints: (values.fingerprint ?? []).map(fingerprint),
      legacy: values.legacy === true,
      offline: values.offline === true,
      signal: terminal.signal,
      onProgress: (progress) => terminal.progress(progressText(progress)),
    });
  };
  const reports = await verifyIt().catch((error: unknown) => {
    // Who reads JSON gets JSON, also when there was nothing to look at.
    if (format !== 'json' || error instanceof UsageError || terminal.signal.aborted) throw error;
    return [nothingKnown(withoutUserinfo(word), error instanceof Error ? error.message : String(error))];
  });
  terminal.progress('');
  if (format === 'json') terminal.out(jsonText(reports.length === 1 ? reports[0] : reports));
  else
    for (const report of reports) {
      for (const line of values.details === true ? reportText(report) : [reportLine(report)]) terminal.out(line);
      // Nobody named this file: the source may be good, and only the copy damaged.
      if (report.verdict === 'failed' && report.inCache === true && report.path !== undefined)
        terminal.note(t('This is the copy in a cache, {0}. "container-metalink cache verify" says how it is repaired.', report.path));
    }
  return verdictStatus(reports);
}

/** Exit status of verdicts: the worst decides. */
export function verdictStatus(reports: readonly VerificationReport[]): number {
  const verdict = worstVerdict(reports.map((r) => r.verdict));
  if (verdict === 'failed') return exitStatus.findings;
  return verdict === 'unverified' ? exitStatus.trouble : exitStatus.good;
}

function fingerprint(text: string): string {
  const digits = text.replace(/[\s:]/g, '').toUpperCase();
  if (!/^([0-9A-F]{40}|[0-9A-F]{64})$/.test(digits))
    throw new UsageError(t('--fingerprint takes the full fingerprint (40 or 64 hexadecimal digits), not "{0}".', text));
  return digits;
}
