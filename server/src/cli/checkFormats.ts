import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Log, Notification, Result } from 'sarif';
import type { CheckedFile } from '../operations/check';
import { rulePage } from '../operations/rulePages';
import type { Finding, Severity } from '../text/finding';
import { t } from '../text/l10n';
import { jsonText } from './jsonText';
import { inLine } from './terminal';

/** `recipes/tool.def:12:1 error Unknown section … [parse/unknown-section]`; lines and columns count from 1. */
export function findingLine(file: CheckedFile, finding: Finding): string {
  const { line, character } = file.source.positionAt(finding.range.start);
  return `${inLine(file.path)}:${line + 1}:${character + 1} ${finding.severity} ${finding.message.replace(/\s*\n\s*/g, ' ')} [${finding.code}]`;
}

/** `1 error, 2 warnings in 14 files; 1 was not read`. */
export function summaryLine(files: readonly CheckedFile[]): string {
  const { errors, warnings } = count(files);
  const errorText = errors === 1 ? t('1 error') : t('{0} errors', errors);
  const warningText = warnings === 1 ? t('1 warning') : t('{0} warnings', warnings);
  const unread = files.filter(({ problem }) => problem !== undefined).length;
  const read = files.length - unread;
  const sum = read === 1 ? t('{0}, {1} in 1 file', errorText, warningText) : t('{0}, {1} in {2} files', errorText, warningText, read);
  return unread === 0 ? sum : `${sum}; ${unread === 1 ? t('1 was not read') : t('{0} were not read', unread)}`;
}

/** Lines and characters count from 0, characters in UTF-16 units. */
export function checkJson(files: readonly CheckedFile[]): string {
  const { errors, warnings } = count(files);
  return jsonText({
    files: files.map((file) => ({
      path: file.path,
      language: file.language,
      diagnostics: file.findings.map((f) => ({
        range: file.source.rangeOf(f.range),
        severity: f.severity,
        code: f.code,
        message: f.message,
      })),
      ...(file.problem !== undefined && { problem: file.problem }),
    })),
    summary: { files: files.length, errors, warnings },
  });
}

const sarifLevels: Readonly<Record<Severity, Result.level>> = { error: 'error', warning: 'warning', information: 'note', hint: 'note' };

/** SARIF 2.1.0 (OASIS; its schema as types), for code-scanning services: columns count from 1 in UTF-16 units. */
export function checkSarif(files: readonly CheckedFile[]): string {
  const codes = [...new Set(files.flatMap((file) => file.findings.map((f) => f.code)))].sort();
  const log: Log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'container-metalink',
            version: process.env.CONTAINER_METALINK_VERSION ?? 'development',
            informationUri: 'https://github.com/container-metalink/container-metalink',
            rules: codes.map((id) => ({ id, helpUri: rulePage(id) })),
          },
        },
        columnKind: 'utf16CodeUnits',
        invocations: [
          {
            executionSuccessful: files.every(({ problem }) => problem === undefined),
            toolExecutionNotifications: files.flatMap(({ path: file, problem }): Notification[] =>
              problem === undefined
                ? []
                : [
                    {
                      level: 'error',
                      message: { text: problem },
                      locations: [{ physicalLocation: { artifactLocation: { uri: uriOf(file) } } }],
                    },
                  ],
            ),
          },
        ],
        results: files.flatMap((file) => file.findings.map((finding) => sarifResult(file, finding, codes))),
      },
    ],
  };
  return jsonText(log);
}

function sarifResult(file: CheckedFile, finding: Finding, codes: readonly string[]): Result {
  const { start, end } = file.source.rangeOf(finding.range);
  return {
    ruleId: finding.code,
    ruleIndex: codes.indexOf(finding.code),
    level: sarifLevels[finding.severity],
    message: { text: finding.message },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: uriOf(file.path) },
          region: { startLine: start.line + 1, startColumn: start.character + 1, endLine: end.line + 1, endColumn: end.character + 1 },
        },
      },
    ],
  };
}

/** A path as a URI: absolute ones as `file:`, others as references relative to the current folder (RFC 3986 §4.2). */
function uriOf(file: string): string {
  return path.isAbsolute(file) ? pathToFileURL(file).href : file.split(path.sep).map(encodeURIComponent).join('/');
}

function count(files: readonly CheckedFile[]): { errors: number; warnings: number } {
  let errors = 0;
  let warnings = 0;
  for (const file of files) {
    for (const { severity } of file.findings) {
      if (severity === 'error') errors++;
      else if (severity === 'warning') warnings++;
    }
  }
  return { errors, warnings };
}
