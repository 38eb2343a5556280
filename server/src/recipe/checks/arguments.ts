import type { Fix } from '../../text/finding';
import { t } from '../../text/l10n';
import type { TextRange } from '../../text/range';
import type { ArgumentLine, Placeholder, Stage } from '../syntax';
import { argumentLines, isAssigned } from '../templating';
import { quoted, removeLines } from './context';
import type { CheckContext } from './context';
import { checkTemplated } from './templated';

/** Build arguments: `%arguments`, `{{ placeholders }}` and `--build-arg` (A and S internal/pkg/build/args). */
export function checkArguments(context: CheckContext): void {
  const used = new Set<string>();
  for (const stage of context.recipe.stages) {
    if (stage.empty) continue;
    const lines = argumentLines(stage);
    if (stage.placeholders.length > 0) checkPlaceholders(context, stage, lines, used);
    if (lines.length > 0) checkLines(context, stage, lines);
    checkHeaderBraces(context, stage);
    if (stage.placeholders.length > 0) checkTemplated(context, stage);
  }
  for (const name of context.options.buildArguments.keys()) if (!used.has(name)) reportUnusedBuildArgument(context, name);
}

function checkPlaceholders(context: CheckContext, stage: Stage, lines: readonly ArgumentLine[], used: Set<string>): void {
  const isApptainer = context.options.engine === 'apptainer';
  const byName = new Map(lines.map((line) => [line.key, line]));
  for (const placeholder of stage.placeholders) {
    if (placeholder.inComment && isApptainer) {
      checkHiddenPlaceholder(context, placeholder);
      continue;
    }
    used.add(placeholder.name);
    if (!context.hasArgument(stage, placeholder.name)) reportUndefined(context, stage, placeholder, byName);
  }
}

function reportUndefined(context: CheckContext, stage: Stage, placeholder: Placeholder, lines: ReadonlyMap<string, ArgumentLine>): void {
  const { name, nameRange } = placeholder;
  const stop = t(
    '{0} has no value: {1} stops with "build var {2} is not defined through either --build-arg (--build-arg-file) or \'arguments\' section".',
    quoted(`{{ ${name} }}`),
    context.engine,
    name,
  );
  const skipped = lines.get(name);
  const guess = skipped === undefined ? context.guess(name, context.defaults(stage).keys()) : undefined;
  const other = context.recipe.stages.find((candidate) => candidate !== stage && context.defaults(candidate).has(name));
  const fixes: Fix[] = [];
  if (guess !== undefined)
    fixes.push({ title: t('Change to {0}', quoted(guess)), edits: [{ range: nameRange, newText: guess }], preferred: true });
  if (skipped === undefined) fixes.push(definition(stage, name, (other && context.defaults(other).get(name)) ?? ''));
  const hint =
    skipped !== undefined
      ? t('Its line in {0} is skipped.', '`%arguments`')
      : guess !== undefined
        ? t('Did you mean {0}?', quoted(guess))
        : other !== undefined
          ? t('Another stage has a value for it, but {0} holds for its own stage only.', '`%arguments`')
          : t('Give one with {0}, or a default in {1}.', '`--build-arg`', '`%arguments`');
  // A recipe may be made to be built with --build-arg; once some are given, or the name is misspelt, it is a mistake.
  const isCertain = guess !== undefined || context.options.buildArguments.size > 0;
  context.report('build/undefined-argument', placeholder.range, `${stop} ${hint}`, {
    fixes,
    ...(skipped && { related: [{ range: skipped.range, message: t('This line is skipped.') }] }),
    ...(isCertain && { severity: 'error' as const }),
  });
}

/** Adds a line to the stage's `%arguments`, or the section itself below the header. */
function definition(stage: Stage, name: string, value: string): Fix {
  const section = stage.sections.find((candidate) => candidate.name === 'arguments');
  const title = t('Define {0} in {1}', quoted(name), '`%arguments`');
  if (section !== undefined) return { title, edits: [{ range: at(section.lineRange.end), newText: `\n    ${name}=${value}` }] };
  const before = stage.sections[0]?.lineRange.start;
  if (before === undefined) return { title, edits: [{ range: at(stage.range.end), newText: `\n%arguments\n    ${name}=${value}\n` }] };
  return { title, edits: [{ range: at(before), newText: `%arguments\n    ${name}=${value}\n\n` }] };
}

/** `a#b {{ V }}`: for Apptainer a `#` anywhere before a placeholder makes a comment; for a shell only one at the start of a word. */
function checkHiddenPlaceholder({ text, report }: CheckContext, placeholder: Placeholder): void {
  const nearby = text.slice(Math.max(0, placeholder.range.start - 500), placeholder.range.start);
  const before = nearby.slice(nearby.lastIndexOf('\n') + 1);
  if (/(?:^|[\s;&|()])#/.test(before) || !/\S#[^!]/.test(before)) return;
  report(
    'lint/placeholder-in-comment',
    placeholder.range,
    t(
      '{0} before it on this line makes Apptainer take {1} for part of a comment: it is not replaced. Move it before the {0}, or to another line.',
      '`#`',
      quoted(`{{ ${placeholder.name} }}`),
    ),
  );
}

function checkLines(context: CheckContext, stage: Stage, lines: readonly ArgumentLine[]): void {
  const { engine, options, report } = context;
  const last = new Map(lines.map((line) => [line.key, line]));
  const names = new Set(stage.placeholders.map((placeholder) => placeholder.name));
  for (const line of lines) {
    if (!isAssigned(line, options.engine)) {
      report('lint/skipped-argument', line.range, t('{0} skips this line with a warning: {1}.', engine, skipReason(line)));
      continue;
    }
    checkValue(context, line);
    const kept = last.get(line.key);
    if (kept !== undefined && kept !== line)
      report('lint/duplicate-argument', line.range, t('{0} is set again below, and only the last value counts.', quoted(line.key)), {
        ...removeLines(context.text, line.range),
        related: [{ range: kept.range, message: t('This one counts.') }],
        tags: ['unnecessary'],
      });
    else if (!/^\w+$/.test(line.key))
      report(
        'lint/unused-argument',
        line.keyRange,
        t('No placeholder can have this name: letters, digits and {0} only. The line has no effect.', '`_`'),
        { ...removeLines(context.text, line.range), severity: 'warning' },
      );
    else if (!names.has(line.key))
      report('lint/unused-argument', line.keyRange, t('No {0} in this stage uses this argument.', quoted(`{{ ${line.key} }}`)), {
        ...removeLines(context.text, line.range),
        tags: ['unnecessary'],
      });
  }
}

function skipReason(line: ArgumentLine): string {
  if (line.status === 'no-equals') return t('it is no pair of {0}', '`key=value`');
  return line.status === 'no-key' ? t('the key is missing') : t('there is no value behind {0}', '`=`');
}

function checkValue({ report }: CheckContext, line: ArgumentLine): void {
  const { value, valueRange } = line;
  const bare = /^(["'])(.*)\1$/s.exec(value)?.[2];
  const comment = commentStart(value);
  if (bare !== undefined && !bare.includes(value[0] ?? ''))
    report('lint/argument-value', valueRange, t('Quotes become part of the value: nothing is unquoted in {0}.', '`%arguments`'), {
      fixes: [{ title: t('Remove the quotes'), edits: [{ range: valueRange, newText: bare }], preferred: true }],
    });
  else if (comment !== undefined) {
    const range = { start: valueRange.start + comment, end: valueRange.end };
    report(
      'lint/argument-value',
      range,
      t('A comment behind the value becomes part of it: only lines that begin with {0} are comments.', '`#`'),
      {
        fixes: [{ title: t('Remove the comment'), edits: [{ range, newText: '' }], preferred: true }],
      },
    );
  }
}

/** Where the space before a `#` that stands between space begins. */
function commentStart(value: string): number | undefined {
  const hash = value.search(/\s#\s/);
  return hash < 0 ? undefined : value.slice(0, hash).trimEnd().length;
}

/** `{{ V.x }}` and `{{ V-X }}` in a header: nobody but our templating replaces anything there. */
function checkHeaderBraces({ text, report }: CheckContext, stage: Stage): void {
  for (const entry of stage.header.entries) {
    if (!entry.value.includes('{{') || entry.fate === 'dropped') continue;
    const { start, end } = entry.valueRange;
    for (const braces of text.slice(start, end).matchAll(/\{\{([^{}\n]*)\}\}/g)) {
      if (/^\s*\w+\s*$/.test(braces[1] ?? '')) continue;
      const range = { start: start + braces.index, end: start + braces.index + braces[0].length };
      report('lint/no-placeholder', range, t('This is no placeholder: a name has letters, digits and {0} only. It stays as it is.', '`_`'));
    }
  }
}

function reportUnusedBuildArgument({ engine, options, report, recipe, text }: CheckContext, name: string): void {
  const newline = text.indexOf('\n', recipe.leading.end);
  const range: TextRange = { start: recipe.leading.end, end: newline < 0 ? text.length : newline };
  if (options.engine === 'apptainer')
    report(
      'build/unused-build-argument',
      range,
      t('No placeholder uses the build argument {0}: {1} stops with "unused build args: {2}".', quoted(name), engine, name),
    );
  else
    report(
      'build/unused-build-argument',
      range,
      t('No placeholder uses the build argument {0}: {1} warns "Unused build variables: {2}".', quoted(name), engine, name),
      {
        severity: 'warning',
      },
    );
}

function at(offset: number): TextRange {
  return { start: offset, end: offset };
}
