import path from 'node:path';
import { parseArgs } from 'node:util';
import { convertMetalinkFile } from '../operations/convertMetalink';
import { createMetalink } from '../operations/createMetalink';
import { mergeMetalinkFiles } from '../operations/mergeMetalinks';
import { resolveMetalinkText } from '../operations/resolveMetalink';
import { readMetalinkToEdit } from '../operations/metalinkFile';
import { sortMetalinkText } from '../operations/sortMetalink';
import { mustBeWritable, replaceTextFile, writeNewTextFile } from '../operations/writeTextFile';
import type { OffsetEdit } from '../text/finding';
import { t } from '../text/l10n';
import type { Environment } from './environment';
import { progressText } from '../operations/progressText';
import { targetOf } from './targets';
import { exitStatus, UsageError } from './terminal';
import type { Terminal } from './terminal';

/** `metalink create|convert|resolve|sort|merge`: metalinks for containers, written and mended. */
export async function metalink(words: readonly string[], terminal: Terminal, environment: Environment): Promise<number> {
  const [verb, ...rest] = words;
  switch (verb) {
    case 'create':
      return create(rest, terminal, environment);
    case 'convert':
      return convert(rest, terminal);
    case 'resolve':
      return resolve(rest, terminal, environment);
    case 'sort':
      return sort(rest, terminal);
    case 'merge':
      return merge(rest, terminal);
    default:
      throw new UsageError(t('metalink takes create, convert, resolve, sort or merge.'));
  }
}

async function create(words: readonly string[], terminal: Terminal, environment: Environment): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...words],
    allowPositionals: true,
    options: {
      mirror: { type: 'string', multiple: true },
      'piece-length': { type: 'string' },
      sha512: { type: 'boolean' },
      signature: { type: 'string' },
      output: { type: 'string', short: 'o' },
    },
  });
  if (positionals.length === 0) throw new UsageError(t('metalink create takes at least one target.'));
  for (const mirror of values.mirror ?? [])
    if (!/^(https?|ftp):\/\/[^\s/]+/i.test(mirror)) throw new UsageError(t('--mirror takes a URL, not "{0}".', mirror));
  const length = pieceLength(values['piece-length'] ?? 'auto');
  // Before everything is hashed, not after.
  if (values.output !== undefined) await mustBeWritable(values.output);
  const world = await environment.world(environment.settings({}));
  const created = await createMetalink(world, positionals.map(targetOf), {
    mirrors: values.mirror ?? [],
    ...length,
    sha512: values.sha512 === true,
    ...(values.signature !== undefined && { signature: path.resolve(values.signature) }),
    signal: terminal.signal,
    onProgress: (progress) => terminal.progress(progressText(progress)),
  });
  terminal.progress('');
  for (const line of created.report) terminal.note(line);
  await write(created.text, values.output, terminal);
  return exitStatus.good;
}

async function convert(words: readonly string[], terminal: Terminal): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...words],
    allowPositionals: true,
    options: { output: { type: 'string', short: 'o' } },
  });
  const [file, ...more] = positionals;
  if (file === undefined || more.length > 0) throw new UsageError(t('metalink convert takes one file.'));
  const converted = await convertMetalinkFile(file);
  for (const line of converted.report) terminal.note(line);
  await write(converted.text, values.output, terminal);
  return exitStatus.good;
}

async function resolve(words: readonly string[], terminal: Terminal, environment: Environment): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...words],
    allowPositionals: true,
    options: { write: { type: 'boolean' }, download: { type: 'boolean' } },
  });
  const [file, ...more] = positionals;
  if (file === undefined || more.length > 0) throw new UsageError(t('metalink resolve takes one file.'));
  const resolved = await resolveMetalinkText(await environment.world(environment.settings({})), await readMetalinkToEdit(file), {
    download: values.download === true,
    signal: terminal.signal,
    onProgress: (progress) => terminal.progress(progressText(progress)),
  });
  terminal.progress('');
  for (const line of resolved.report) terminal.note(line);
  for (const name of resolved.needDownload)
    terminal.note(
      values.download === true
        ? t('{0}: its size or hash is still missing.', name)
        : t('{0}: no server tells all that is missing. With --download the file is fetched and it is computed.', name),
    );
  await writeBack(resolved, { file, write: values.write === true }, terminal);
  return resolved.conflicts > 0 ? exitStatus.findings : resolved.needDownload.length > 0 ? exitStatus.trouble : exitStatus.good;
}

async function sort(words: readonly string[], terminal: Terminal): Promise<number> {
  const { values, positionals } = parseArgs({ args: [...words], allowPositionals: true, options: { write: { type: 'boolean' } } });
  const [file, ...more] = positionals;
  if (file === undefined || more.length > 0) throw new UsageError(t('metalink sort takes one file.'));
  const sorted = sortMetalinkText(await readMetalinkToEdit(file));
  if (sorted.edits.length === 0) terminal.note(t('{0}: the sources of every file are in order of their priority already.', file));
  await writeBack(sorted, { file, write: values.write === true }, terminal);
  return exitStatus.good;
}

/** The document with its edits: to standard output, or in place of the file when that was asked for and something changed. */
async function writeBack(
  { text, edits }: { readonly text: string; readonly edits: readonly OffsetEdit[] },
  { file, write: inPlace }: { readonly file: string; readonly write: boolean },
  terminal: Terminal,
): Promise<void> {
  if (!inPlace) {
    terminal.out(text.replace(/\n$/, ''));
    return;
  }
  if (edits.length === 0) return;
  await replaceTextFile(file, text);
  terminal.note(t('Written: {0}', file));
}

async function merge(words: readonly string[], terminal: Terminal): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...words],
    allowPositionals: true,
    options: { output: { type: 'string', short: 'o' } },
  });
  const [first, second, ...more] = positionals;
  if (first === undefined || second === undefined || more.length > 0) throw new UsageError(t('metalink merge takes two files.'));
  const merged = await mergeMetalinkFiles(first, second);
  for (const line of merged.report) terminal.note(line);
  await write(merged.text, values.output, terminal);
  return merged.conflicts > 0 ? exitStatus.findings : exitStatus.good;
}

/** To the file, or to standard output; an existing file is not replaced. */
async function write(text: string, output: string | undefined, terminal: Terminal): Promise<void> {
  if (output === undefined) {
    terminal.out(text.replace(/\n$/, ''));
    return;
  }
  await writeNewTextFile(output, text);
  terminal.note(t('Written: {0}', output));
}

function pieceLength(value: string): { pieceLength?: number } {
  if (value === 'auto') return {};
  const bytes = Number(value);
  if (!Number.isSafeInteger(bytes) || bytes < 16_384)
    throw new UsageError(t('--piece-length takes "auto" or a number of bytes from 16384, not "{0}".', value));
  return { pieceLength: bytes };
}
