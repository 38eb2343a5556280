import { officialImageWithoutSudo } from '../baseImage';
import { t } from '../../text/l10n';
import type { ShellCommand } from '../shell';
import { runsInDash } from '../shellScripts';
import type { Section, Stage } from '../syntax';
import { quoted } from './context';
import type { CheckContext } from './context';

/** Commands of bash where dash runs the script. */
export function checkCommands(context: CheckContext, stage: Stage, section: Section, commands: readonly ShellCommand[]): void {
  if (!runsInDash(stage, section, context.text)) return;
  for (const command of commands) {
    const [word] = command.words;
    if (word === undefined || command.words.length < 2 || word.end - word.start > longest) continue;
    const name = context.text.slice(word.start, word.end);
    if (bashCommands.includes(name)) reportBash(context, section, word, name);
  }
}

/** Whether the commands of a section can have one of bash among them: far cheaper than to split them. */
export function mentionsBash({ text }: CheckContext, { bodyRange }: Section): boolean {
  return /[\s;&|({](?:source|\[\[|pushd|popd|shopt|declare|mapfile|readarray)\s/.test(text.slice(bodyRange.start - 1, bodyRange.end));
}

const bashCommands: readonly string[] = ['source', '[[', 'pushd', 'popd', 'shopt', 'declare', 'mapfile', 'readarray'];

const longest = Math.max(...bashCommands.map(({ length }) => length));

function reportBash({ report }: CheckContext, section: Section, range: ShellCommand['range'], name: string): void {
  const isBuild = section.keyword === 'post' || section.keyword === 'appinstall';
  const stops = t('{0} knows no {1} in a base of Debian or Ubuntu.', '`/bin/sh`', quoted(name));
  const advice =
    name === 'source'
      ? t('Write {0}.', '`.`')
      : section.keyword === 'post'
        ? t('Let bash run the script: {0}.', '`%post -c /bin/bash -ex`')
        : isBuild
          ? ''
          : t('Begin the script with {0}.', '`#!/bin/bash`');
  report(
    'lint/bash-command',
    range,
    [stops, advice].filter((part) => part !== '').join(' '),
    name === 'source' ? { fixes: [{ title: t('Change to {0}', '`.`'), edits: [{ range, newText: '.' }], preferred: true }] } : {},
  );
}

/** `sudo` in a `%post` whose base has none, unless the script installs it. */
export function checkSudo(context: CheckContext, stage: Stage, commands: readonly ShellCommand[]): void {
  const image = officialImageWithoutSudo(stage);
  if (image === undefined || commands.every(({ sudo }) => sudo === undefined)) return;
  for (const { sudo, words } of commands) {
    const texts = words.map(({ start, end }) => context.text.slice(start, end));
    const [next] = words;
    if (texts.includes('sudo')) return;
    if (sudo === undefined || next === undefined) continue;
    const isPlain = /^[\w./]+$/.test(texts[0] ?? '');
    const edits = [{ range: { start: sudo.start, end: next.start }, newText: '' }];
    context.report(
      'lint/sudo',
      sudo,
      t('{0} runs as root, and the image {1} has no {2}: the build stops with "sudo: not found".', '`%post`', quoted(image), '`sudo`'),
      isPlain ? { fixes: [{ title: t('Remove {0}', '`sudo`'), edits, preferred: true }] } : {},
    );
  }
}
