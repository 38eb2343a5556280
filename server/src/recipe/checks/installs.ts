import { t } from '../../text/l10n';
import { officialImage } from '../baseImage';
import type { ShellCommand } from '../shell';
import type { Stage } from '../syntax';
import { quoted } from './context';
import type { CheckContext, FindingExtra } from './context';

/** Calls of package managers in `%post`: nobody answers their questions, and their lists stay in the image. */
export function checkInstalls(context: CheckContext, stage: Stage, commands: readonly ShellCommand[]): void {
  const body = stage.sections
    .filter((section) => section.name === 'post' || section.name === 'appinstall')
    .map((section) => context.text.slice(section.bodyRange.start, section.bodyRange.end))
    .join('');
  const isAnswered = /Assume-Yes|assumeyes/i.test(body);
  // What others publish, and what debootstrap makes, can have the lists.
  let isUpdated = officialImage(stage) === undefined;
  let updates: ShellCommand | undefined;
  let lastApt: ShellCommand | undefined;
  for (const command of commands) {
    const call = readCall(context, command);
    if (call === undefined) {
      // A script of another maker (`curl … | bash`) often updates the lists.
      if (mentionsUpdate(context, command)) isUpdated = true;
      continue;
    }
    const isApt = call.manager === 'apt-get' || call.manager === 'apt';
    if (isApt && call.action === 'update') {
      isUpdated = true;
      updates ??= command;
    }
    if (isApt && call.action === 'install') {
      lastApt = command;
      if (!isUpdated) {
        reportUpdate(context, command);
        isUpdated = true;
      }
    }
    if (!isAnswered && !command.piped) checkAnswers(context, command, call);
  }
  if (updates !== undefined && lastApt !== undefined && !/\/var\/lib\/apt\/lists|apt-get\s+distclean|\/var\/lib\/apt\b/.test(body))
    context.report(
      'lint/apt-lists',
      updates.range,
      t(
        'The lists of packages stay in the image, some 20 to 50 MB. Remove them at the end of {0}: {1}.',
        '`%post`',
        '`rm -rf /var/lib/apt/lists/*`',
      ),
      removeLists(context, stage, lastApt),
    );
}

/** The command that removes the lists, as the last line of the section that installs last. */
function removeLists({ text }: CheckContext, stage: Stage, lastApt: ShellCommand): FindingExtra {
  const section = stage.sections.find(({ bodyRange: { start, end } }) => start <= lastApt.range.start && lastApt.range.end <= end);
  if (section === undefined) return {};
  const body = text.slice(section.bodyRange.start, section.bodyRange.end);
  const content = body.trimEnd();
  const lastLine = content.slice(content.lastIndexOf('\n') + 1);
  // Behind `exit` nothing runs, and behind a backslash the line goes on.
  if (/^\s*exit\b/.test(lastLine) || lastLine.endsWith('\\')) return {};
  const indentation = /^[\t ]*/.exec(text.slice(text.lastIndexOf('\n', lastApt.range.start) + 1, lastApt.range.start))?.[0] ?? '';
  const at = section.bodyRange.start + content.length;
  const newText = `${body.includes('\r\n') ? '\r\n' : '\n'}${indentation}rm -rf /var/lib/apt/lists/*`;
  return {
    fixes: [
      { title: t('Remove the lists at the end of {0}', quoted(`%${section.name}`)), edits: [{ range: { start: at, end: at }, newText }] },
    ],
  };
}

interface Call {
  readonly manager: string;
  readonly action: string;
  readonly actionIndex: number;
  readonly options: readonly string[];
  /** A word is not known before the script runs. */
  readonly hasVariable: boolean;
}

const managers: ReadonlySet<string> = new Set(['apt-get', 'apt', 'aptitude', 'yum', 'dnf', 'zypper']);

function readCall({ text }: CheckContext, command: ShellCommand): Call | undefined {
  let first = 0;
  const word = (index: number) => {
    const range = command.words[index];
    return range === undefined ? '' : text.slice(range.start, range.end);
  };
  while (/^[A-Za-z_]\w*=/.test(word(first)) || word(first) === 'env') first++;
  const manager = word(first).replace(/^\/(?:usr\/)?bin\//, '');
  if (!managers.has(manager)) return undefined;
  const options: string[] = [];
  let action = '';
  let actionIndex = -1;
  let hasVariable = false;
  for (let i = first + 1; i < command.words.length; i++) {
    const current = word(i);
    if (current.startsWith('-')) options.push(current);
    else if (current.startsWith('$') || current.startsWith('"$'))
      hasVariable ||= !/^"?\$\{?(?:PACKAGES|PKGS|pkgs|packages|DEPS|deps)/.test(current);
    else if (action === '' && /^[a-z-]+$/.test(current)) {
      action = current;
      actionIndex = i;
    }
  }
  return { manager, action, actionIndex, options, hasVariable };
}

function mentionsUpdate({ text }: CheckContext, { range }: ShellCommand): boolean {
  const words = text.slice(range.start, Math.min(range.end, range.start + 500));
  return /\bupdate\b|add-apt-repository|\bsetup_|nodesource|\.sh\b|\bbash\b|\bsh\b|\bsource\b/.test(words);
}

function reportUpdate(context: CheckContext, command: ShellCommand): void {
  const at = { start: command.range.start, end: command.range.start };
  context.report(
    'lint/install-without-update',
    command.range,
    t('An image of a hub has no lists of packages: without {0} before it, this fails with "Unable to locate package".', '`apt-get update`'),
    { fixes: [{ title: t('Run {0} first', '`apt-get update`'), edits: [{ range: at, newText: 'apt-get update && ' }], preferred: true }] },
  );
}

/** Actions that ask before they install. Conda is not here: it takes the end of its input for a yes. */
const asking: Readonly<Record<string, readonly string[]>> = {
  'apt-get': ['install', 'upgrade', 'dist-upgrade', 'build-dep'],
  apt: ['install', 'upgrade', 'full-upgrade', 'build-dep'],
  aptitude: ['install', 'upgrade'],
  yum: ['install', 'update', 'upgrade', 'groupinstall', 'localinstall'],
  dnf: ['install', 'update', 'upgrade', 'groupinstall'],
  zypper: ['install', 'in', 'update', 'up', 'dup'],
};

function checkAnswers(context: CheckContext, command: ShellCommand, call: Call): void {
  const { manager, action, options } = call;
  if (call.hasVariable || options.some(isHelp)) return;
  if (asking[manager]?.includes(action) !== true) return;
  if (manager === 'zypper') {
    if (options.some((option) => /^(?:-n|--non-interactive|-y|--no-confirm)$/.test(option) || /^-[a-z]*[ny]/.test(option))) return;
    reportAsking(context, command, call.actionIndex, '-y');
    return;
  }
  const isYes = (option: string) =>
    /^--(?:yes|assume-yes|assumeyes|force-yes|assume-no|assumeno|dry-run|download-only)\b/.test(option) || /^-[A-Za-z]*[yYs]/.test(option);
  const isQuiet = (option: string) => manager.startsWith('apt') && /^-[a-z]*(?:qq|q=2)/.test(option);
  if (!options.some((option) => isYes(option) || isQuiet(option))) reportAsking(context, command, call.actionIndex, '-y');
}

function isHelp(option: string): boolean {
  return option === '--help' || option === '-h' || option === '--version';
}

function reportAsking(context: CheckContext, command: ShellCommand, index: number, option: string): void {
  const word = command.words[index];
  if (word === undefined) return;
  context.report(
    'lint/install-asks',
    command.range,
    t('Nobody is there to answer: without {0} this stops the build when it asks.', quoted(option)),
    {
      fixes: [
        {
          title: t('Add {0}', quoted(option)),
          edits: [{ range: { start: word.end, end: word.end }, newText: ` ${option}` }],
          preferred: true,
        },
      ],
    },
  );
}
