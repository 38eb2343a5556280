import { t } from '../../text/l10n';
import type { HeaderEntry, Stage } from '../syntax';
import { agents, headerKeyOf, headerKeys, optionalKeys } from '../vocabulary';
import type { Agent, Engine } from '../vocabulary';
import { quoted, removeLines } from './context';
import type { CheckContext } from './context';

/** What the engines do with header lines without a word: forget, replace, cut, pass over. */
export function checkHeaders(context: CheckContext): void {
  for (const stage of context.recipe.stages) {
    const kept = new Map(stage.header.entries.flatMap((entry) => (entry.fate === 'kept' ? [[entry.name, entry]] : [])));
    for (const entry of stage.header.entries) checkFate(context, entry, kept);
    checkCutValues(context, stage);
    checkUnreadKeys(context, stage);
  }
}

function checkFate(context: CheckContext, entry: HeaderEntry, counting: ReadonlyMap<string, HeaderEntry>): void {
  const { engine } = context;
  // Where the engine crashes, more need not be said.
  const isBroken = () => context.parsed.problems.some((problem) => problem.code === 'parse/broken-continuation' && problem.entry === entry);
  if (entry.fate === 'dropped' && !isBroken())
    context.report(
      'lint/dropped-header',
      entry.range,
      entry.value === ''
        ? t(
            '{0} is only a backslash, which continues nothing: {1} forgets the whole key without a word. Begin the value on this line.',
            quoted(entry.key),
            engine,
          )
        : t(
            '{0} ends with a backslash and nothing follows: {1} forgets the whole key without a word. Remove the backslash.',
            quoted(entry.key),
            engine,
          ),
      {
        ...(isKnown(context, entry) && withoutBackslash(context.text, entry)),
        tags: ['unnecessary'],
      },
    );
  if (entry.fate === 'replaced') {
    const kept = counting.get(entry.name);
    context.report(
      'lint/duplicate-header',
      entry.range,
      t('{0} is there again below, and {1} keeps only the last one.', quoted(entry.key), engine),
      {
        tags: ['unnecessary'],
        ...removeLines(context.text, entry.range),
        ...(kept && { related: [{ range: kept.range, message: t('This one counts.') }] }),
      },
    );
  }
}

/** The engine looks a key up when its value ends: it would refuse a forgotten one that it does not know. */
function isKnown({ options }: CheckContext, { name }: HeaderEntry): boolean {
  const key = headerKeyOf(name);
  return key !== undefined && (key.engine === undefined || key.engine === options.engine);
}

function withoutBackslash(text: string, entry: HeaderEntry) {
  const backslash = text.lastIndexOf('\\', entry.range.end - 1);
  if (backslash < entry.valueRange.start) return {};
  const edits = [{ range: { start: backslash, end: backslash + 1 }, newText: '' }];
  return { fixes: [{ title: t('Remove the backslash'), edits, preferred: true }] };
}

/** A `#` cuts the line wherever it stands; with a space before it, that is what the author wants. */
function checkCutValues(context: CheckContext, stage: Stage): void {
  const ends = new Map(stage.header.entries.flatMap((entry) => entry.lines.map((line) => [line.end, entry])));
  for (const comment of stage.header.comments) {
    const before = context.text[comment.start - 1];
    if (before === undefined || before === '\n' || before === ' ' || before === '\t') continue;
    const entry = ends.get(comment.start);
    if (entry === undefined) continue;
    context.report(
      'lint/cut-value',
      comment,
      t('{0} starts a comment anywhere in a header, so {1} reads only {2} here.', '`#`', context.engine, quoted(entry.value)),
    );
  }
}

const alwaysRead: ReadonlySet<string> = new Set(['bootstrap', 'stage']);

function checkUnreadKeys(context: CheckContext, stage: Stage): void {
  const bootstrap = stage.header.entries.find((entry) => entry.name === 'bootstrap' && entry.fate === 'kept');
  const agent = bootstrap && agents.get(context.fill(stage, bootstrap.value));
  for (const entry of stage.header.entries) {
    if (entry.fate !== 'kept' || alwaysRead.has(entry.name)) continue;
    if (entry.name === 'includecmd')
      context.report('lint/unread-key', entry.range, t('{0} accepts {1} and does nothing with it.', context.engine, quoted(entry.key)), {
        ...removeLines(context.text, entry.range),
        tags: ['deprecated'],
      });
    else if (agent !== undefined && !isRead(agent, entry.name, context.options.engine))
      context.report(
        'lint/unread-key',
        entry.range,
        t(
          'The bootstrap agent {0} does not read {1}. It reads {2}.',
          quoted(agent.name),
          quoted(entry.key),
          readKeys(agent, context.options.engine),
        ),
        { ...removeLines(context.text, entry.range), tags: ['unnecessary'] },
      );
  }
}

function isRead(agent: Agent, name: string, engine: Engine): boolean {
  if (agent.required.includes(name) || optionalKeys(agent, engine).includes(name)) return true;
  if (name === 'registry' || name === 'namespace') return ['docker-daemon', 'docker-archive', 'oci', 'oci-archive'].includes(agent.name);
  return agent.name === 'zypper' && name.startsWith('otherurl');
}

function readKeys(agent: Agent, engine: Engine): string {
  const keys = [...agent.required, ...optionalKeys(agent, engine)];
  return keys.length === 0 ? t('no other key') : keys.map((key) => quoted(headerKeys.get(key)?.name ?? key)).join(', ');
}
