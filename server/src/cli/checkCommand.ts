import { addAbortSignal } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { parseArgs } from 'node:util';
import { checkPaths } from '../operations/check';
import type { CheckedFile } from '../operations/check';
import { t } from '../text/l10n';
import { createSourceText } from '../text/sourceText';
import { checkJson, checkSarif, findingLine, summaryLine } from './checkFormats';
import type { Environment } from './environment';
import { exitStatus, inLine, UsageError } from './terminal';
import type { Terminal } from './terminal';
import { choice } from './choice';

/** `check`: findings of recipes and metalinks, from the text alone. */
export async function check(words: readonly string[], terminal: Terminal, environment: Environment): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...words],
    allowPositionals: true,
    options: {
      format: { type: 'string' },
      engine: { type: 'string' },
      language: { type: 'string' },
      'build-arg': { type: 'string', multiple: true },
    },
  });
  if (positionals.length === 0 || positionals.includes('')) throw new UsageError(t('check needs a file or folder.'));
  const format = choice('--format', values.format ?? 'text', ['text', 'json', 'sarif']);
  const settings = environment.settings({
    ...(values.engine !== undefined && { 'engine.kind': choice('--engine', values.engine, ['apptainer', 'singularity']) }),
  });
  const files: CheckedFile[] = [];
  for await (const file of checkPaths(positionals, {
    settings,
    buildArguments: buildArguments(values['build-arg'] ?? []),
    ...(values.language !== undefined && { language: choice('--language', values.language, ['recipe', 'metalink']) }),
    // Ctrl-C ends the waiting, too.
    standardInput: () => buffer(addAbortSignal(terminal.signal, process.stdin)),
    signal: terminal.signal,
  })) {
    // The text form prints as it goes: nothing of a large tree is kept but what the sum needs.
    files.push(format === 'text' ? { ...file, source: noSource } : file);
    if (file.problem !== undefined) terminal.note(`${inLine(file.path)}: ${file.problem}`);
    if (format === 'text') for (const finding of file.findings) terminal.out(findingLine(file, finding));
  }
  terminal.signal.throwIfAborted();
  if (format === 'json') terminal.out(checkJson(files));
  else if (format === 'sarif') terminal.out(checkSarif(files));
  else terminal.note(summaryLine(files));
  if (files.some((file) => file.findings.some((f) => f.severity === 'error'))) return exitStatus.findings;
  return files.some((file) => file.problem !== undefined) ? exitStatus.trouble : exitStatus.good;
}

const noSource = createSourceText('');

function buildArguments(given: readonly string[]): Map<string, string> {
  const result = new Map<string, string>();
  for (const word of given) {
    const at = word.indexOf('=');
    // The engine's words: internal/pkg/build/args/args.go
    if (at < 1) throw new UsageError(t('--build-arg: "{0}" is not a key=value pair', word));
    result.set(word.slice(0, at), word.slice(at + 1));
  }
  return result;
}
