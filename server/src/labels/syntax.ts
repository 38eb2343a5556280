import type { Finding, Fix } from '../text/finding';
import { t } from '../text/l10n';
import type { TextRange } from '../text/range';
import { labelFinding } from './finding';
import type { Label } from './label';

/**
 * Where a line of `%labels` means something else to the engines than its author thinks (GetLabels in
 * pkg/build/types/parser/deffile.go: the line is split at the first space and nothing else is done).
 */
export function checkSyntax(label: Label): Finding[] {
  const separator = checkSeparator(label);
  if (separator) return [separator];
  return [checkQuotes(label), checkContinuation(label), checkComment(label), checkVariable(label), checkEmpty(label)].filter(
    (finding) => finding !== undefined,
  );
}

/** A tab or another wide space, `=` or `:` where a space should be. */
function checkSeparator({ key, value, keyRange, valueRange }: Label): Finding | undefined {
  const white = /[^\S ]+/.exec(key);
  if (white) {
    const name = white[0] === '\t' ? t('a tab') : t('the character {0}', codePoint(white[0]));
    const message = t(
      'The engines split a label at a space only, and here stands {0}: this is a label named "{1}" {2}.',
      name,
      visible(key),
      withValue(value),
    );
    return labelFinding('lint/label-separator', keyRange, message, replace(at(keyRange, white.index, white[0].length), ' '));
  }
  const sign = /^([\w.-]+)([=:])(.*)$/s.exec(key);
  if (!sign) return checkSpacedSign(key, value, valueRange);
  const [, name = '', mark = '', rest = ''] = sign;
  // `Version: 1.2` names the label "Version:", which nobody means; `a:b 1` may be meant.
  if (mark === ':' && rest !== '') return undefined;
  if (mark === '=' && rest !== '' && value !== '' && !/^["']/.test(rest)) return undefined;
  const text = value === '' ? rest : `${rest} ${value}`;
  const message = t(
    'The engines split a label at a space only, not at {0}: this is a label named "{1}" {2}.',
    '`' + mark + '`',
    key,
    withValue(value),
  );
  const bare = mark === '=' ? /^(["'])(.*)\1$/s.exec(text)?.[2] : undefined;
  const fix =
    bare !== undefined && bare !== '' && !/["']/.test(bare)
      ? replace({ start: keyRange.start, end: valueRange.end }, `${name} ${bare}`)
      : replace(at(keyRange, name.length, 1), rest === '' ? '' : ' ');
  return labelFinding('lint/label-separator', keyRange, message, fix);
}

/** `Version = 1.2`: the sign becomes a part of the value. */
function checkSpacedSign(key: string, value: string, valueRange: TextRange): Finding | undefined {
  const sign = /^([=:])(?:\s+|$)/.exec(value);
  if (!sign) return undefined;
  const message = t(
    'The engines split a label at a space only, not at {0}: this is a label named "{1}" {2}.',
    '`' + (sign[1] ?? '') + '`',
    visible(key),
    withValue(value),
  );
  const rest = value.slice(sign[0].length);
  const bare = /^(["'])([^"']+)\1$/.exec(rest)?.[2] ?? rest;
  return labelFinding('lint/label-separator', at(valueRange, 0, 1), message, replace(valueRange, bare));
}

function checkQuotes({ key, value, keyRange, valueRange }: Label): Finding | undefined {
  const keyQuote = /^["']/.exec(key);
  if (keyQuote) {
    const message = t(
      'Quotes have no meaning in labels: this is a label named {0} with the value {1}.',
      '`' + key + '`',
      '`' + value + '`',
    );
    const bare = /^(["'])(.+)\1$/.exec(key)?.[2];
    return labelFinding('lint/label-quotes', keyRange, message, bare === undefined ? {} : replace(keyRange, bare));
  }
  const bare = /^(["'])(.*)\1$/.exec(value);
  if (!bare || bare[2]?.includes(bare[1] ?? '') === true) return undefined;
  const fix = bare[2] === '' ? {} : replace(valueRange, bare[2] ?? '', t('Remove the quotes'));
  return labelFinding('lint/label-quotes', valueRange, t('Quotes have no meaning in labels: they become part of the value.'), fix);
}

function checkContinuation({ value, valueRange }: Label): Finding | undefined {
  if (!value.endsWith('\\')) return undefined;
  const message = t('Labels are not continued by a backslash: it becomes part of the value, and the next line is a label of its own.');
  return labelFinding('lint/label-continuation', at(valueRange, value.length - 1, 1), message);
}

function checkComment({ value, valueRange }: Label): Finding | undefined {
  // `C# tools` and `issue #12` are no comments; a `#` with space on both sides is.
  const index = value.search(/(?:^|\s)#\s/);
  if (index < 0) return undefined;
  const start = value.slice(0, index).trimEnd().length;
  const message = t('A comment behind a label becomes part of its value: only lines that begin with `#` are comments.');
  const comment = at(valueRange, index, value.length - index);
  const fix = start === 0 ? {} : replace(at(valueRange, start, value.length - start), '', t('Remove the comment'));
  return labelFinding('lint/label-comment', comment, message, fix);
}

function checkVariable({ value, valueRange }: Label): Finding | undefined {
  // Nobody looks for more of it than its beginning, and the time stays linear.
  const variable = /\$\{\w+\}|\$[A-Za-z_]\w*|\$\([^)]{0,1000}\)|`[^`]{1,1000}`/.exec(value);
  if (!variable) return undefined;
  const message = t(
    'Labels are no shell text: {0} stays as it is. Write the label from %post into the file {1}, or use a build argument.',
    variable[0],
    '`$APPTAINER_LABELS`',
  );
  return labelFinding('lint/label-variable', at(valueRange, variable.index, variable[0].length), message);
}

function checkEmpty({ key, value, keyRange }: Label): Finding | undefined {
  return value === '' ? labelFinding('lint/label-empty', keyRange, t('Label {0} has no value.', '`' + key + '`')) : undefined;
}

function at(range: TextRange, offset: number, length: number): TextRange {
  return { start: range.start + offset, end: Math.min(range.start + offset + length, range.end) };
}

function replace(range: TextRange, newText: string, title?: string): { fixes: readonly Fix[] } {
  const fallback = newText === ' ' ? t('Put a space there') : newText === '' ? t('Remove it') : t('Change to {0}', '`' + newText + '`');
  return { fixes: [{ title: title ?? fallback, edits: [{ range, newText }], preferred: true }] };
}

function withValue(value: string): string {
  return value === '' ? t('with no value') : t('with the value "{0}"', value);
}

function visible(text: string): string {
  return text.replace(/\t/g, '␉').replace(/[^\S ]/g, (space) => `<${codePoint(space)}>`);
}

function codePoint(text: string): string {
  return 'U+' + (text.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
}
