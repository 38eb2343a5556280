import type { Fix } from '../../text/finding';
import { t } from '../../text/l10n';
import type { TextRange } from '../../text/range';
import type { HeaderEntry, RecipeProblem, Section } from '../syntax';
import { appSectionKeywords, headerKeyOf, headerKeys, isAppSectionKeyword, sectionKeywords } from '../vocabulary';
import { quoted, visible } from './context';
import type { CheckContext, FindingExtra } from './context';

/** `parse/…`: where the parser of the engine refuses the file, in its own words. */
export function checkRefusals(context: CheckContext): void {
  for (const problem of context.parsed.problems) {
    if (problem.engine !== undefined && problem.engine !== context.options.engine) continue;
    const { message, fixes = [], range = problem.range } = describe(context, problem);
    const related = stageBegins(context, problem);
    context.report(problem.code, range, message, { ...(fixes.length > 0 && { fixes }), ...(related && { related }) });
  }
}

/** A mistake in the header of a later stage: often a line of a script or of `%help` has begun that stage. */
function stageBegins({ recipe }: CheckContext, problem: RecipeProblem): FindingExtra['related'] {
  if (problem.code !== 'parse/header-without-value' && problem.code !== 'parse/unknown-header') return undefined;
  const stage = recipe.stages[problem.stage];
  const first = stage?.header.entries[0];
  if (stage === undefined || first === undefined || stage.index === 0 || first.range.start >= problem.range.start) return undefined;
  return [{ range: first.range, message: t('A line that begins with {0} starts a new stage, wherever it stands.', '`Bootstrap:`') }];
}

interface Description {
  readonly message: string;
  readonly fixes?: readonly Fix[];
  /** Where to say it, when not where the problem is. */
  readonly range?: TextRange;
}

function describe(context: CheckContext, problem: RecipeProblem): Description {
  const { engine, text } = context;
  switch (problem.code) {
    case 'parse/empty-definition':
      return say(
        t('There is no stage here: {0} stops with "no stages found in definition file". Begin with {1}.', engine, '`Bootstrap: docker`'),
        undefined,
        { start: 0, end: Math.min(problem.range.end, firstLineEnd(text)) },
      );
    case 'parse/header-without-value':
      return headerWithoutValue(context, problem.found, problem.range);
    case 'parse/unknown-header':
      return unknownHeader(context, problem.entry);
    case 'parse/byte-order-mark':
      return say(
        t(
          'The file begins with a byte order mark, and {0} takes it for part of the key: "invalid header keyword found". Save it as UTF-8 without BOM.',
          engine,
        ),
        [fix(t('Remove the byte order mark'), { start: problem.entry.keyRange.start, end: problem.entry.keyRange.start + 1 }, '')],
      );
    case 'parse/broken-continuation':
      return say(
        t(
          'The value of {0} goes on with a backslash, and {1} crashes ("{2}") when a blank line or a comment follows. Put the next part of the value there.',
          quoted(problem.entry.key),
          engine,
          'panic: assignment to entry in nil map',
        ),
      );
    case 'parse/token-too-long':
      return say(
        t(
          'This {0} has {1} bytes. {2} reads at most 65,536 bytes, the next section line included, and stops with "{3}". Move a part of it into a script that {4} copies.',
          problem.section === undefined ? t('header') : t('section'),
          problem.bytes,
          engine,
          'bufio.Scanner: token too long',
          '`%files`',
        ),
      );
    case 'parse/lone-quote':
      return say(t('{0} crashes on a line of {1} that is only a double quote: "{2}".', engine, '`%files`', 'panic: index out of range'), [
        fix(t('Remove the quote'), problem.range, ''),
      ]);
    case 'parse/section-without-body':
      return say(
        t(
          'The first section of a file without a header must not be empty: {0} stops with "{1}". Begin the file with {2}.',
          engine,
          'could not be split into section name and body',
          '`Bootstrap:`',
        ),
      );
    case 'parse/app-without-name':
      return say(
        t(
          '{0} needs the name of its app: {1} stops with "{2}". Write {3}.',
          quoted(sectionText(context, problem.section)),
          engine,
          'could not be split into section name and app name',
          quoted(`%${problem.section.name} NAME`),
        ),
      );
    case 'parse/app-section-case':
      return say(
        t(
          'Names of app sections are in lower case: {0} stops with "invalid section(s) specified: {1}".',
          engine,
          visible(`${slice(text, problem.section.nameRange)} ${problem.section.app?.name ?? ''}`),
        ),
        [changeTo(problem.section.nameRange, problem.section.name, '%')],
      );
    case 'parse/indented-section':
      return indentedSection(context, problem.section);
    case 'parse/section-name-space':
      return sectionNameSpace(context, problem.section);
    case 'parse/section-name-comment':
      return say(
        t(
          'There must be a space between a section’s name and a comment: {0} reads the name {1} and stops with "invalid section(s) specified".',
          engine,
          quoted(problem.section.name),
        ),
        [fix(t('Put a space there'), at(problem.section.nameRange.end), ' ')],
      );
    case 'parse/unknown-section':
      return unknownSection(context, problem.section);
  }
}

function say(message: string, fixes?: readonly Fix[], range?: TextRange): Description {
  return { message, ...(fixes && { fixes }), ...(range && { range }) };
}

function headerWithoutValue({ engine }: CheckContext, found: string, range: TextRange): Description {
  const [word = ''] = found.trim().split(/\s+/, 1);
  if (/^(DistType|InstallPkgs|RunCmd|Setup|Cleanup)$/i.test(word))
    return say(
      t(
        '{0} belongs to the format of Singularity before 2.2, which the engines no longer read: {1} stops with "header key {2} had no val".',
        quoted(word),
        engine,
        visible(found),
      ),
    );
  const key = headerKeyOf(word.toLowerCase());
  const fixes =
    key === undefined || word.length === found.trim().length
      ? []
      : [fix(t('Put a colon behind {0}', quoted(word)), at(range.start + word.length), ':')];
  return say(
    t('A header line is {0}. There is no colon here: {1} stops with "header key {2} had no val".', '`Key: value`', engine, visible(found)),
    fixes,
  );
}

function unknownHeader({ engine, guess: guessed, options }: CheckContext, entry: HeaderEntry): Description {
  const stop = t(
    'Unknown header key {0}: {1} stops with "invalid header keyword found: {2}".',
    quoted(entry.key),
    engine,
    visible(entry.name),
  );
  if (headerKeyOf(entry.name)?.engine !== undefined) return say(`${stop} ${t('Only Apptainer knows it.')}`);
  if (entry.name === 'otherurl')
    return say(`${stop} ${t('It needs a number: {0}.', '`OtherURL1`')}`, [changeTo(entry.keyRange, 'OtherURL1')]);
  const [word = ''] = entry.key.split(/\s/, 1);
  if (word !== entry.key && headerKeyOf(word.toLowerCase()) !== undefined) {
    const end = entry.keyRange.start + word.length;
    return say(`${stop} ${t('A colon is missing behind {0}.', quoted(word))}`, [
      fix(t('Put a colon behind {0}', quoted(word)), at(end), ':'),
    ]);
  }
  const known = [...headerKeys.values()].filter((key) => key.engine === undefined || key.engine === options.engine).map((key) => key.name);
  const guess = guessed(entry.key, known);
  if (guess === undefined) return say(stop);
  return say(`${stop} ${t('Did you mean {0}?', quoted(guess))}`, [changeTo(entry.keyRange, guess)]);
}

function indentedSection({ engine, text }: CheckContext, section: Section): Description {
  const indent = { start: section.lineRange.start, end: section.markRange.start };
  const shown = sectionKeyword(section);
  const fixes = [fix(t('Remove the space in front of {0}', quoted(shown)), indent, '')];
  return say(
    t(
      'A section line must begin in the first column. {0} sees the start of a section here, but with the name "{1}", and stops with "invalid section(s) specified".',
      engine,
      quoted(slice(text, { start: section.lineRange.start, end: section.lineRange.start + section.name.length })).slice(1, -1),
    ),
    fixes,
  );
}

function sectionNameSpace({ engine }: CheckContext, section: Section): Description {
  const { markRange, nameRange, argumentsRange } = section;
  const fixes =
    nameRange.start > markRange.end
      ? [fix(t('Remove the space in front of the name'), { start: markRange.end, end: nameRange.start }, '')]
      : [fix(t('Put a space there'), { start: nameRange.end, end: argumentsRange.start }, section.arguments === '' ? '' : ' ')];
  const message =
    nameRange.start > markRange.end
      ? t(
          'There must be no space between {0} and the name: {1} stops with "invalid section(s) specified: {2}".',
          '`%`',
          engine,
          visible(section.name),
        )
      : t(
          'Only a space ends a section’s name. {0} reads the name {1} and stops with "invalid section(s) specified".',
          engine,
          quoted(section.name),
        );
  return say(message, fixes);
}

/** Names that people expect; the engines know other ones. */
const otherNames: Readonly<Record<string, string>> = {
  install: 'post',
  build: 'post',
  run: 'runscript',
  env: 'environment',
  start: 'startscript',
  args: 'arguments',
  entrypoint: 'runscript',
  cmd: 'runscript',
};

function unknownSection(context: CheckContext, section: Section): Description {
  const { engine, text } = context;
  const written = slice(text, section.nameRange);
  const stop = t(
    'Unknown section {0}: {1} stops here with "invalid section(s) specified: {2}".',
    quoted(`%${written}`),
    engine,
    visible(section.name),
  );
  const lower = written.toLowerCase();
  const guess = otherNames[lower] ?? context.guess(lower, [...sectionKeywords, ...appSectionKeywords]);
  const isIndented = section.markRange.start > section.lineRange.start;
  if (guess === undefined || isIndented || section.nameRange.start > section.markRange.end)
    return say(
      `${stop} ${t('Every line whose first word begins with {0} starts a section, in a heredoc too: write such a line in another way, for example with {1}.', '`%`', '`printf`')}`,
    );
  if (isAppSectionKeyword(guess) && section.arguments.trim() === '')
    return say(`${stop} ${t('Did you mean {0} with the name of an app?', quoted(`%${guess}`))}`);
  return say(`${stop} ${t('Did you mean {0}?', quoted(`%${guess}`))}`, [changeTo(section.nameRange, guess, '%')]);
}

function sectionKeyword(section: Section): string {
  return `%${section.keyword ?? section.name}`;
}

function sectionText({ text }: CheckContext, section: Section): string {
  return slice(text, { start: section.markRange.start, end: section.nameRange.end });
}

function slice(text: string, range: TextRange): string {
  return text.slice(range.start, range.end);
}

function at(offset: number): TextRange {
  return { start: offset, end: offset };
}

function fix(title: string, range: TextRange, newText: string): Fix {
  return { title, edits: [{ range, newText }], preferred: true };
}

function changeTo(range: TextRange, newText: string, shownBefore = ''): Fix {
  return fix(t('Change to {0}', quoted(shownBefore + newText)), range, newText);
}

function firstLineEnd(text: string): number {
  const newline = text.indexOf('\n');
  return newline < 0 ? text.length : newline;
}
