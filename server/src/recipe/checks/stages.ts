import { t } from '../../text/l10n';
import type { TextRange } from '../../text/range';
import { filesSource, headerEntry } from '../lookup';
import type { Section, Stage } from '../syntax';
import { quoted } from './context';
import type { CheckContext, FindingExtra } from './context';

/** How stages refer to each other, and what of them reaches the image (A and S internal/pkg/build/stage.go, build.go). */
export function checkStages(context: CheckContext): void {
  const stages = context.recipe.stages.filter((stage) => !stage.empty);
  const named = nameStages(context, stages);
  const copied = new Set<Stage>();
  for (const stage of stages) {
    for (const section of stage.sections) if (section.name === 'files') checkSource(context, stage, section, named, copied);
  }
  const last = stages.at(-1);
  // A line that began a stage by accident is the mistake in a file that the parser refuses.
  const isRead = context.parsed.problems.length === 0;
  for (const stage of stages) {
    if (stage === last) continue;
    checkLostSections(context, stage);
    const name = headerEntry(stage, 'stage');
    const bootstrap = headerEntry(stage, 'bootstrap');
    if (
      !isRead ||
      bootstrap === undefined ||
      copied.has(stage) ||
      (name !== undefined && named.get(context.fill(stage, name.value)) !== stage)
    )
      continue;
    context.report(
      'lint/unused-stage',
      name?.range ?? bootstrap.range,
      t('Nothing is copied from this stage: it is built and thrown away. Only the last stage becomes the image.'),
    );
  }
}

/** Stages by their name; of two with one name the engines find the first. */
function nameStages(context: CheckContext, stages: readonly Stage[]): Map<string, Stage> {
  const named = new Map<string, Stage>();
  for (const stage of stages) {
    const entry = headerEntry(stage, 'stage');
    if (entry === undefined) continue;
    const name = context.fill(stage, entry.value);
    const first = named.get(name);
    if (first === undefined) named.set(name, stage);
    else
      context.report(
        'lint/duplicate-stage',
        entry.range,
        t('There is a stage {0} already, and {1} always finds the first one.', quoted(name), '`%files from`'),
        { related: [{ range: headerEntry(first, 'stage')?.range ?? first.range, message: t('This one is found.') }] },
      );
  }
  return named;
}

function checkSource(context: CheckContext, stage: Stage, section: Section, named: ReadonlyMap<string, Stage>, copied: Set<Stage>): void {
  const { engine, options } = context;
  const source = filesSource(section, options.engine);
  const words = argumentWords(context, section);
  const [word, nameRange] = words;
  if (source.kind !== 'stage') {
    if (words.length > 0 || source.kind === 'nowhere') checkOddArguments(context, section, words, named);
    return;
  }
  if (word === undefined || nameRange === undefined) return;
  const name = context.fill(stage, source.name);
  const wordText = slice(context, word);
  if (wordText !== 'from')
    context.report('lint/files-from-word', word, t('{0} takes any word before the name of a stage; {1} is meant.', engine, '`from`'), {
      fixes: [{ title: t('Change to {0}', '`from`'), edits: [{ range: word, newText: 'from' }], preferred: true }],
    });
  if (/\{\{\s*\w+\s*\}\}/.test(name)) return;
  const target = named.get(name);
  if (target === undefined) {
    const guess = context.guess(name, named.keys());
    const stop = t('There is no stage {0}: {1} stops with "stage {2} was not found".', quoted(name), engine, name);
    const fixes =
      guess === undefined
        ? []
        : [{ title: t('Change to {0}', quoted(guess)), edits: [{ range: nameRange, newText: guess }], preferred: true }];
    context.report('build/unknown-stage', nameRange, guess === undefined ? stop : `${stop} ${t('Did you mean {0}?', quoted(guess))}`, {
      fixes,
    });
    return;
  }
  copied.add(target);
  const hasLines = section.content.kind === 'files' && section.content.files.length > 0;
  if (target.index > stage.index && hasLines)
    context.report(
      'build/later-stage',
      nameRange,
      t('Stage {0} is built after this one, so there is nothing to copy yet. Move it up.', quoted(name)),
      { related: [{ range: headerEntry(target, 'stage')?.range ?? target.range, message: t('The stage.') }] },
    );
  else if (target === stage && hasLines)
    context.report('lint/own-stage', nameRange, t('This copies from the stage itself. Name an earlier stage, or copy in {0}.', '`%post`'));
}

/** Arguments that name no stage: Apptainer passes the whole section over, SingularityCE copies from the host. */
function checkOddArguments(context: CheckContext, section: Section, words: readonly TextRange[], named: ReadonlyMap<string, Stage>): void {
  const { engine, options, report } = context;
  const range = words.length === 0 ? section.lineRange : { start: words[0]?.start ?? 0, end: words.at(-1)?.end ?? 0 };
  const edits = [
    { range: { start: section.nameRange.end, end: section.argumentsComment?.start ?? section.argumentsRange.end }, newText: '' },
  ];
  if (words.length === 0) {
    const title =
      section.argumentsComment === undefined ? t('Remove the space behind {0}', '`%files`') : t('Leave one space before the comment');
    const isComment = section.argumentsComment !== undefined;
    report(
      'lint/ignored-files',
      range,
      isComment
        ? t(
            '{0} takes the space before the comment for an argument and copies nothing of this section, without a word. Put the comment on its own line.',
            engine,
          )
        : t('{0} takes the space behind {1} for an argument and copies nothing of this section, without a word.', engine, '`%files`'),
      isComment ? {} : { fixes: [{ title, edits, preferred: true }] },
    );
    return;
  }
  const message =
    options.engine === 'apptainer'
      ? t(
          '{0} needs exactly {1} and a stage, or nothing: {2} copies nothing of this section, without a word.',
          '`%files`',
          '`from`',
          engine,
        )
      : t('{0} needs exactly {1} and a stage: {2} copies from the host here.', '`%files`', '`from`', engine);
  report('lint/ignored-files', range, message, stageMeant(context, words, named));
}

/** `%files build` and, for SingularityCE, `%files stage build`, where there is such a stage. */
function stageMeant(context: CheckContext, words: readonly TextRange[], named: ReadonlyMap<string, Stage>): FindingExtra {
  const [first, second] = words;
  const name = words.length === 1 ? first : words.length === 2 ? second : undefined;
  if (first === undefined || name === undefined || !named.has(slice(context, name))) return {};
  const newText = `from ${slice(context, name)}`;
  const edits = [{ range: { start: first.start, end: name.end }, newText }];
  return { fixes: [{ title: t('Change to {0}', quoted(newText)), edits, preferred: true }] };
}

const lost: ReadonlySet<string> = new Set(['labels', 'environment', 'runscript', 'startscript', 'help']);

function checkLostSections(context: CheckContext, stage: Stage): void {
  for (const section of stage.sections) {
    const isApp = section.app !== undefined && section.name !== 'appinstall' && section.name !== 'appfiles';
    if (!isApp && !lost.has(section.name)) continue;
    context.report(
      'lint/lost-section',
      { start: section.markRange.start, end: section.nameRange.end },
      t('Only the last stage becomes the image: this {0} is lost. Move it to the last stage.', quoted(`%${section.name}`)),
      { tags: ['unnecessary'] },
    );
  }
}

/** The words of a section's arguments, without its comment. */
function argumentWords(context: CheckContext, section: Section): TextRange[] {
  const { start } = section.argumentsRange;
  const end = section.argumentsComment?.start ?? section.argumentsRange.end;
  return [...context.text.slice(start, end).matchAll(/\S+/g)].map((word) => ({
    start: start + word.index,
    end: start + word.index + word[0].length,
  }));
}

function slice({ text }: CheckContext, range: TextRange): string {
  return text.slice(range.start, range.end);
}
