import { t } from '../../text/l10n';
import type { TextRange } from '../../text/range';
import type { FileLine, Section } from '../syntax';
import { quoted, removeLines } from './context';
import type { CheckContext, FindingExtra } from './context';

/** Lines of `%files` and `%appfiles` that mean something else to the engines than to their author. */
export function checkFiles(context: CheckContext): void {
  for (const stage of context.recipe.stages) {
    for (const section of stage.sections) {
      if (section.content.kind !== 'files' || (section.name !== 'files' && section.name !== 'appfiles')) continue;
      for (const file of section.content.files) {
        if (section.name === 'files') {
          checkFile(context, file);
          if (context.options.engine === 'singularity') checkPattern(context, file);
        } else checkAppFile(context, section, file);
      }
    }
  }
}

function checkFile(context: CheckContext, file: FileLine): void {
  const { engine, text, report } = context;
  const line = text.slice(file.range.start, file.range.end);
  if (file.source === '') {
    report(
      'lint/files-empty-source',
      file.range,
      t('There is no source: {0} warns "Attempt to copy file with no name, skipping."', engine),
      removeLines(text, file.range),
    );
    return;
  }
  const quotes = oddQuotes(context, file, line);
  if (quotes !== undefined) return;
  if (file.destination.startsWith('#') && file.destinationRange !== undefined) {
    const comment = { start: file.destinationRange.start, end: file.range.end };
    report(
      'lint/files-comment',
      comment,
      t(
        'There are no comments behind a path: {0} copies to {1}. Put the comment on its own line, or name the destination.',
        engine,
        quoted(file.destination),
      ),
      {
        fixes: [
          {
            title: t('Remove the comment'),
            edits: [{ range: { start: file.sourceRange.end, end: file.range.end }, newText: '' }],
            preferred: true,
          },
        ],
      },
    );
    return;
  }
  if (file.ignoredRange === undefined || text[file.ignoredRange.start] === '#') return;
  report(
    'lint/files-ignored-words',
    file.ignoredRange,
    t(
      'A line has a source and a destination; {0} ignores the rest without a word. Put paths with spaces into double quotes, several files on several lines.',
      engine,
    ),
    { tags: ['unnecessary'] },
  );
}

/** Reports the first thing of a line that looks like quoting and is none. */
function oddQuotes({ engine, text, report }: CheckContext, file: FileLine, line: string): true | undefined {
  const first = file.sourceRange;
  const second = file.destinationRange ?? file.sourceRange;
  for (const word of [first, second]) {
    const quote = text.indexOf("'", word.start);
    if (quote < 0 || quote >= word.end) continue;
    const fixed = line.replace(/'([^'"]*)'/g, (_, inner: string) => (/\s/.test(inner) ? `"${inner}"` : inner));
    const fixes = fixed.includes("'")
      ? []
      : [{ title: t('Use double quotes'), edits: [{ range: file.range, newText: fixed }], preferred: true }];
    report(
      'lint/files-quotes',
      { start: quote, end: word.end },
      t(
        'Single quotes do not quote here: {0} copies {1} to {2}. Use double quotes.',
        engine,
        quoted(file.source),
        quoted(file.destination === '' ? file.source : file.destination),
      ),
      { fixes },
    );
    return true;
  }
  const backslash = /\\\s/.exec(line);
  if (backslash !== null && file.sourceRange.start + backslash.index < second.end + 1) {
    const range: TextRange = { start: file.range.start + backslash.index, end: file.range.start + backslash.index + 2 };
    report(
      'lint/files-quotes',
      range,
      t('A backslash does not keep a space in {0}: {1} splits the line here. Use double quotes.', '`%files`', engine),
      inDoubleQuotes(file, line),
    );
    return true;
  }
  const outside = line.replace(/"[^"]*"/g, '');
  if (outside.includes('"')) {
    const at = file.range.start + line.lastIndexOf('"');
    report(
      'lint/files-quotes',
      { start: at, end: at + 1 },
      t('This quote is never closed: {0} passes it over and splits at every space.', engine),
    );
    return true;
  }
  return undefined;
}

/** The words of a line that a shell would see, those with an escaped space between double quotes. */
function inDoubleQuotes({ range }: FileLine, line: string): FindingExtra {
  if (/["']/.test(line)) return {};
  const newText = line.replace(/(?:[^\s\\]|\\.)+/g, (word) => (/\\\s/.test(word) ? `"${word.replace(/\\(\s)/g, '$1')}"` : word));
  if (newText === line) return {};
  return { fixes: [{ title: t('Use double quotes'), edits: [{ range, newText }], preferred: true }] };
}

/**
 * SingularityCE expands what Go's filepath.Glob knows; Apptainer's sources are shell words
 * (S and A internal/pkg/build/files/copy.go).
 */
function checkPattern({ report }: CheckContext, { source, sourceRange }: FileLine): void {
  const found = /\{[^{}]*,[^{}]*\}|\$\{?[A-Za-z_]\w*\}?|(?:^|\/)\*\*(?=\/|$)/.exec(source.replace(/\{\{\s*\w+\s*\}\}/g, ''))?.[0];
  if (found === undefined) return;
  report(
    'lint/files-pattern',
    sourceRange,
    t(
      'SingularityCE expands {0}, {1} and {2} in a source and takes {3} as it is: it copies what has that very name, or stops with "no source files found matching". Apptainer expands it.',
      '`*`',
      '`?`',
      '`[…]`',
      quoted(found),
    ),
  );
}

function checkAppFile({ engine, text, report }: CheckContext, section: Section, file: FileLine): void {
  const quote = /["']/.exec(text.slice(file.range.start, file.ignoredRange?.start ?? file.range.end));
  if (quote === null) return;
  const at = file.range.start + quote.index;
  report(
    'lint/files-quotes',
    { start: at, end: at + 1 },
    t(
      'Quotes have no meaning in {0}: {1} splits at the first space and takes them for part of the path.',
      quoted(`%${section.name}`),
      engine,
    ),
  );
}
