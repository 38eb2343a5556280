import { t } from '../../text/l10n';
import { fields } from '../engineText';
import type { Section, Stage } from '../syntax';
import { quoted } from './context';
import type { CheckContext } from './context';

/** Words behind a section's name, shells and `#!` lines, apps (A and S internal/pkg/build/{util,metadata}.go, apps/apps.go). */
export function checkSections(context: CheckContext): void {
  for (const stage of context.recipe.stages) {
    for (const section of stage.sections) {
      if (section.app !== undefined) checkApp(context, section);
      else if (noArguments.has(section.name)) checkIgnoredArguments(context, section);
      else checkScript(context, section);
      if (context.options.engine === 'singularity' && (section.name === 'pre' || section.name === 'setup'))
        reportHostScript(context, section);
    }
    checkRepeats(context, stage);
    checkAppNames(context, stage);
  }
}

const noArguments: ReadonlySet<string> = new Set(['labels', 'environment', 'help', 'arguments']);
/** Run by `/bin/sh -ex`, where arguments can name another shell. */
const buildScripts: ReadonlySet<string> = new Set(['pre', 'setup', 'post']);
/** Written into the image with a `#!` line. */
const runScripts: ReadonlySet<string> = new Set(['runscript', 'startscript', 'test']);

function checkIgnoredArguments({ engine, report, text }: CheckContext, section: Section): void {
  const words = section.arguments.split('#', 1)[0] ?? '';
  if (words.trim() === '') return;
  const start = section.argumentsRange.start + (words.length - words.trimStart().length);
  const end = section.argumentsRange.start + words.trimEnd().length;
  const edits = [{ range: { start: section.nameRange.end, end: start }, newText: '\n    ' }];
  report(
    'lint/ignored-arguments',
    { start, end },
    t('{0} ignores what stands behind {1}. The content begins on the next line.', engine, quoted(`%${section.name}`)),
    text.includes('\r') ? {} : { fixes: [{ title: t('Put it on the next line'), edits, preferred: true }] },
  );
}

function checkScript(context: CheckContext, section: Section): void {
  const words = fields(section.arguments.split('#', 1)[0] ?? '');
  const dashC = words.indexOf('-c');
  const shell = words.slice(dashC + 1).join(' ');
  if (buildScripts.has(section.name)) {
    if (dashC >= 0 && shell === '')
      context.report(
        'build/shell-missing',
        section.argumentsRange,
        t(
          'No shell behind {0}: {1} stops with "{2}".',
          '`-c`',
          context.engine,
          `bad ${section.name} section '-c' parameter: missing arguments`,
        ),
      );
    if (dashC < 0) checkIgnoredShebang(context, section);
  } else if (runScripts.has(section.name)) {
    if (dashC >= 0) reportShell(context, section, shell);
    checkLateShebang(context, section);
  }
}

function reportShell(context: CheckContext, section: Section, shell: string): void {
  const hasShebang = /^\s*#!/.test(bodyStart(context, section));
  const edits = [
    { range: { start: section.nameRange.end, end: section.argumentsRange.end }, newText: '' },
    { range: { start: section.bodyRange.start, end: section.bodyRange.start }, newText: `#!${shell}\n` },
  ];
  const isFixable =
    !hasShebang && shell.startsWith('/') && section.bodyRange.start > section.lineRange.end && section.argumentsComment === undefined;
  context.report(
    'lint/script-shell',
    section.argumentsRange,
    t(
      '{0} does not choose the shell here: the script begins with {1}. Write {2} as the first line of the script.',
      '`-c`',
      quoted(`#!/bin/sh ${section.arguments.trim()}`),
      quoted(`#!${shell === '' ? '/bin/bash' : shell}`),
    ),
    isFixable ? { fixes: [{ title: t('Begin the script with {0}', quoted(`#!${shell}`)), edits, preferred: true }] } : {},
  );
}

/** A blank line before `#!`: the engines take the first line of the section, which is empty then, for the script's first line. */
function checkLateShebang(context: CheckContext, section: Section): void {
  const blank = /^\s*\n\s*(?=#!)/.exec(bodyStart(context, section))?.[0];
  if (blank === undefined || section.trimmed) return;
  const start = section.bodyRange.start;
  const at = start + blank.length;
  context.report(
    'lint/shebang-not-first',
    { start: at, end: at + 2 },
    t(
      '{0} must be on the first line of the section: {1} takes the blank line above for it, and this line is a comment like any other.',
      '`#!`',
      context.engine,
    ),
    { fixes: [{ title: t('Remove the blank lines'), edits: [{ range: { start, end: at }, newText: '' }], preferred: true }] },
  );
}

function checkIgnoredShebang(context: CheckContext, section: Section): void {
  const found = /^(\s*)#!\s*(\S[^\n]*)/.exec(bodyStart(context, section));
  if (found === null) return;
  const shell = (found[2] ?? '').trim();
  if (/^\/bin\/sh\b/.test(shell)) return;
  const start = section.bodyRange.start + (found[1]?.length ?? 0);
  const range = { start, end: start + found[0].trim().length };
  context.report(
    'lint/shebang-ignored',
    range,
    t(
      '{0} runs {1} with {2}, whatever this line says. Write {3}.',
      context.engine,
      quoted(`%${section.name}`),
      '`/bin/sh -ex`',
      quoted(`%${section.name} -c ${shell}`),
    ),
    section.arguments === ''
      ? {
          fixes: [
            {
              title: t('Change to {0}', quoted(`%${section.name} -c ${shell}`)),
              edits: [{ range: { start: section.nameRange.end, end: section.argumentsRange.end }, newText: ` -c ${shell}` }],
              preferred: true,
            },
          ],
        }
      : {},
  );
}

/** The first lines of a section's body. */
function bodyStart({ text }: CheckContext, section: Section): string {
  return text.slice(section.bodyRange.start, Math.min(section.bodyRange.end, section.bodyRange.start + 500));
}

function reportHostScript({ report }: CheckContext, section: Section): void {
  report(
    'lint/host-script',
    { start: section.markRange.start, end: section.nameRange.end },
    t(
      'This runs on the host. SingularityCE stops without root and without {0}: "%pre and %setup scripts are only supported in root user or --fakeroot builds".',
      '`--fakeroot`',
    ),
  );
}

/** Of repeated sections the bodies are joined, and the arguments of the last one that has a space behind its name hold for all. */
function checkRepeats({ report }: CheckContext, stage: Stage): void {
  const first = new Map<string, Section>();
  for (const section of stage.sections) {
    if (!buildScripts.has(section.name) && !runScripts.has(section.name)) continue;
    const earlier = first.get(section.name);
    if (earlier === undefined) {
      first.set(section.name, section);
      continue;
    }
    const hasSpace = section.argumentsRange.start > section.nameRange.end;
    if (!hasSpace || section.arguments.trim() === earlier.arguments.trim()) continue;
    report(
      'lint/repeated-arguments',
      { start: section.markRange.start, end: section.lineRange.end },
      t('There is a {0} above. Both become one script, and these arguments hold for all of it.', quoted(`%${section.name}`)),
      { related: [{ range: earlier.lineRange, message: t('The first part.') }] },
    );
  }
}

function checkApp({ engine, report }: CheckContext, section: Section): void {
  const { app } = section;
  if (app === undefined) return;
  if (app.name === '' && section.keyword === section.name) {
    report(
      'build/empty-app-name',
      { start: section.markRange.start, end: section.argumentsRange.end },
      t(
        'The name of the app is empty, because it ends at the second space: {0} stops with "Unable to create apps: no BuildApp record for app ". Write {1}.',
        engine,
        quoted(`%${section.name} NAME`),
      ),
      section.arguments.trim() === ''
        ? {}
        : {
            fixes: [
              {
                title: t('Leave one space before the name'),
                edits: [
                  {
                    range: {
                      start: section.nameRange.end,
                      end: section.argumentsRange.start + section.arguments.length - section.arguments.trimStart().length,
                    },
                    newText: ' ',
                  },
                ],
                preferred: true,
              },
            ],
          },
    );
    return;
  }
  // A placeholder has spaces, and is one word when the section is read again.
  if (section.arguments.includes('{{')) return;
  const rest = (section.argumentsComment?.start ?? section.argumentsRange.end) - app.range.end;
  const words = section.arguments.slice(app.name.length, app.name.length + Math.max(rest, 0));
  if (words.trim() === '') return;
  const start = app.range.end + (words.length - words.trimStart().length);
  report(
    'lint/ignored-arguments',
    { start, end: app.range.end + words.trimEnd().length },
    t('{0} ignores what stands behind the name of the app. The content begins on the next line.', engine),
  );
}

/** An app that has one section only, with a name close to another app's. */
function checkAppNames({ guess: guessed, report }: CheckContext, stage: Stage): void {
  const sections = stage.sections.filter((section) => section.app !== undefined && section.app.name.length > 3);
  const counts = new Map<string, number>();
  for (const { app } of sections) if (app !== undefined) counts.set(app.name, (counts.get(app.name) ?? 0) + 1);
  if (counts.size < 2) return;
  const common = [...counts].filter(([, count]) => count > 1).map(([name]) => name);
  for (const { app } of sections) {
    if (app === undefined || counts.get(app.name) !== 1) continue;
    const guess = guessed(app.name, common);
    if (guess === undefined || /\d/.test(guess) || /\d/.test(app.name)) continue;
    report(
      'lint/app-name-typo',
      app.range,
      t('Only this section belongs to the app {0}. Did you mean {1}?', quoted(app.name), quoted(guess)),
      {
        fixes: [{ title: t('Change to {0}', quoted(guess)), edits: [{ range: app.range, newText: guess }], preferred: true }],
      },
    );
  }
}
