import { t } from '../../text/l10n';
import { shellCommands } from '../shell';
import type { ShellCommand } from '../shell';
import type { Section, Stage } from '../syntax';
import { quoted } from './context';
import type { CheckContext } from './context';
import { isShellScript } from '../shellScripts';
import { checkCommands, checkSudo, mentionsBash } from './commands';
import { checkInstalls } from './installs';
import { checkVariables } from './variables';

/** What scripts of a recipe do in vain: the sections run at different times and in different shells. */
export function checkScripts(context: CheckContext): void {
  for (const stage of context.recipe.stages) {
    const commands: ShellCommand[] = [];
    for (const section of stage.sections) {
      // The engines refuse a longer one, and that is all there is to say about it.
      if (section.content.kind !== 'script' || section.bodyRange.end - section.bodyRange.start > 65_536) continue;
      checkVariables(context, section);
      const isBuild = section.name === 'post' || section.name === 'appinstall';
      const isRun = atRunTime.has(section.name) && mentionsBash(context, section);
      if ((!isBuild && !isRun) || !isShellScript(stage, section, context.text)) continue;
      const own = shellCommands(context.text, section.bodyRange.start, section.bodyRange.end);
      checkCommands(context, stage, section, own);
      if (!isBuild) continue;
      checkLastDirectory(context, stage, section, own);
      for (const command of own) commands.push(command);
    }
    if (commands.length === 0) continue;
    checkInstalls(context, stage, commands);
    checkSudo(context, stage, commands);
    checkExports(context, stage, commands);
  }
}

/** `cd` as the last command of `%post`: no other section starts there. */
function checkLastDirectory(context: CheckContext, stage: Stage, section: Section, commands: readonly ShellCommand[]): void {
  const last = commands.at(-1);
  if (last === undefined || last.depth > 0 || commandName(context, last) !== 'cd') return;
  // Back to where one was is tidiness, not a mistake.
  const folder = wordText(context, last, 1);
  if (/^(?:\/|-|~|[.\/]*|\$.*|"\$.*)$/.test(folder)) return;
  if (stage.sections.findLast((other) => other.name === section.name || other.name === 'appinstall') !== section) return;
  context.report(
    'lint/cd-without-effect',
    last.range,
    t('Nothing runs in this folder: other sections, and the container, start elsewhere. Use {0} in the script that needs it.', '`cd`'),
    { tags: ['unnecessary'] },
  );
}

/** Sections whose scripts run in the finished container. */
const atRunTime: ReadonlySet<string> = new Set(['runscript', 'startscript', 'test', 'apprun', 'appstart', 'apptest']);

function checkExports(context: CheckContext, stage: Stage, commands: readonly ShellCommand[]): void {
  const exports = commands.filter((command) => command.depth === 0 && commandName(context, command) === 'export');
  if (exports.length === 0) return;
  const kept = stage.sections
    .filter((section) => section.name === 'environment' || section.name === 'appenv')
    .map((section) => bodyOf(context, section));
  const used = stage.sections.filter((section) => atRunTime.has(section.name)).map((section) => bodyOf(context, section));
  const written = stage.sections.filter((section) => section.name === 'post').map((section) => bodyOf(context, section));
  const lastOther = commands.findLastIndex((command) => !isHarmless(commandName(context, command)));
  const reported = new Set<string>();
  for (const command of exports) {
    const assignment = /^([A-Za-z_]\w*)(?:=|$)/.exec(wordText(context, command, 1));
    const name = assignment?.[1];
    if (name === undefined || reported.has(name)) continue;
    if (isSetForRunTime(name, kept, written)) continue;
    const isLast = commands.indexOf(command) > lastOther;
    const isUsed = !wellKnown.has(name) && used.some((script) => usesVariable(script, name) && !setsVariable(script, name));
    if (!isLast && !isUsed) continue;
    reported.add(name);
    context.report(
      'lint/export-in-post',
      command.range,
      isUsed
        ? t(
            '{0} is used when the container runs, but what {1} exports is gone by then. Set it in {2}, or write it to {3}.',
            quoted(name),
            '`%post`',
            '`%environment`',
            variableFile(context),
          )
        : t(
            'Nothing runs after this {0}, and it is gone when the container runs. Set {1} in {2}, or write it to {3}.',
            '`export`',
            quoted(name),
            '`%environment`',
            variableFile(context),
          ),
      { fixes: [moveToEnvironment(context, stage, command)] },
    );
  }
}

function isHarmless(name: string): boolean {
  return name === 'export' || name === 'echo' || name === 'cd' || name === 'true' || name === 'exit' || name === '}' || name === 'fi';
}

/** In the environment anyway, or of use to every command. */
const wellKnown: ReadonlySet<string> = new Set(['PATH', 'HOME', 'USER', 'PWD', 'LANG', 'LC_ALL', 'TERM', 'SHELL', 'TMPDIR', 'DISPLAY']);

function isSetForRunTime(name: string, environment: readonly string[], post: readonly string[]): boolean {
  if (environment.some((script) => setsVariable(script, name))) return true;
  // `echo 'export X=…' >> $APPTAINER_ENVIRONMENT`, also by way of a here-document.
  return post.some((script) => /(?:SINGULARITY|APPTAINER)_ENVIRONMENT|\/\.singularity\.d\/env/.test(script) && isTwice(script, name));
}

/** `NAME=…`, `for NAME in …`, `read … NAME`. */
function setsVariable(script: string, name: string): boolean {
  return (
    countOf(script, name, 1, (before, after) => {
      if (after === '=' && /(?:^|[\s;&])$/.test(before)) return true;
      return !/\w$/.test(before) && ((/\s/.test(after) && /for\s+$/.test(before)) || (!/\w/.test(after) && /read\s/.test(before)));
    }) > 0
  );
}

function isTwice(script: string, name: string): boolean {
  return countOf(script, name, 2, (before, after) => after === '=' && !/\w$/.test(before)) === 2;
}

/** `$NAME`, `${NAME…`. */
function usesVariable(script: string, name: string): boolean {
  return countOf(script, name, 1, (before, after) => /\$\{?$/.test(before) && !/\w/.test(after)) > 0;
}

/**
 * How often a name stands where `test` says, up to `limit`. It is given the stretch of the line before the name (200 characters at most)
 * and the character behind it. A regular expression for each name is dear.
 */
function countOf(script: string, name: string, limit: number, test: (before: string, after: string) => boolean): number {
  let count = 0;
  for (let at = script.indexOf(name); at >= 0 && count < limit; at = script.indexOf(name, at + name.length)) {
    const near = script.slice(Math.max(0, at - 200), at);
    if (test(near.slice(near.lastIndexOf('\n') + 1), script.charAt(at + name.length))) count++;
  }
  return count;
}

function variableFile({ options }: CheckContext): string {
  return options.engine === 'apptainer' ? '`$APPTAINER_ENVIRONMENT`' : '`$SINGULARITY_ENVIRONMENT`';
}

/** Copies the line into `%environment`, which is made when the stage has none. */
function moveToEnvironment({ text }: CheckContext, stage: Stage, command: ShellCommand) {
  const line = `    ${text.slice(command.range.start, command.range.end)}\n`;
  const section = stage.sections.find((candidate) => candidate.name === 'environment');
  const last = stage.sections.at(-1);
  const at = section?.bodyRange.start ?? last?.range.end ?? stage.range.end;
  const isOnNewLine = at === 0 || text[at - 1] === '\n';
  const newText = (isOnNewLine ? '' : '\n') + (section === undefined ? `\n%environment\n${line}` : line);
  return { title: t('Add it to {0}', '`%environment`'), edits: [{ range: { start: at, end: at }, newText }] };
}

function bodyOf({ text }: CheckContext, section: Section): string {
  return text.slice(section.bodyRange.start, section.bodyRange.end);
}

function commandName(context: CheckContext, command: ShellCommand): string {
  return wordText(context, command, 0);
}

function wordText({ text }: CheckContext, command: ShellCommand, index: number): string {
  const word = command.words[index];
  return word === undefined ? '' : text.slice(word.start, word.end);
}
