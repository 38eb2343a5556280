import { t } from '../../text/l10n';
import { headerEntry } from '../lookup';
import type { HeaderEntry, Stage } from '../syntax';
import { osVersionUse, urlVariables } from '../urlVariables';
import type { UrlVariable } from '../urlVariables';
import type { Agent } from '../vocabulary';
import { quoted } from './context';
import type { CheckContext, FindingExtra } from './context';

/** `%{OSVERSION}` without a value, and every `%{…}` that the agent leaves in the URL. */
export function checkUrlVariables(context: CheckContext, stage: Stage, agent: Agent): void {
  const use = osVersionUse(stage, agent.name);
  let isMissing = false;
  for (const entry of stage.header.entries) {
    if (entry.fate !== 'kept' || !/^(?:mirrorurl|updateurl|otherurl\d+|confurl|registerurl)$/.test(entry.name)) continue;
    for (const variable of urlVariables(context.text, entry, use)) {
      if (!variable.filled) reportLeft(context, agent, entry, variable, use.value);
      else if (use.value === undefined && !isMissing) {
        isMissing = true;
        reportMissing(context, stage, agent, variable);
      }
    }
  }
}

function reportMissing({ engine, report }: CheckContext, stage: Stage, agent: Agent, { range }: UrlVariable): void {
  report(
    'build/missing-os-version',
    range,
    t(
      '{0} stands for the value of {1}, which is missing: {2} stops with "{3}".',
      '`%{OSVERSION}`',
      '`OSVersion:`',
      engine,
      agent.name === 'zypper'
        ? 'invalid zypper header, OSVersion referenced in mirror but no OSVersion specified'
        : 'invalid yum header, osversion referenced in mirror but no osversion specified',
    ),
    addVersion(stage),
  );
}

function addVersion(stage: Stage): FindingExtra {
  const end = headerEntry(stage, 'bootstrap')?.range.end;
  if (end === undefined) return {};
  return { fixes: [{ title: t('Add {0}', '`OSVersion:`'), edits: [{ range: { start: end, end }, newText: '\nOSVersion: ' }] }] };
}

function reportLeft(
  context: CheckContext,
  agent: Agent,
  entry: HeaderEntry,
  { name, range }: UrlVariable,
  version: string | undefined,
): void {
  const shown = context.text.slice(range.start, range.end);
  const isOsVersion = name.toUpperCase() === 'OSVERSION';
  const meant = !isOsVersion && agent.name !== 'busybox' && context.guess(name.toUpperCase(), ['OSVERSION']) !== undefined;
  const advice = meant ? t('Did you mean {0}?', '`%{OSVERSION}`') : t('Write the value into the URL.');
  const replacement = meant ? '%{OSVERSION}' : isOsVersion ? (version ?? '') : '';
  context.report(
    'lint/os-version-not-expanded',
    range,
    `${t('{0} does not fill in {1} in {2}.', quoted(agent.name), quoted(shown), quoted(entry.key))} ${advice}`,
    replacement === '' ? {} : change(range, replacement),
  );
}

function change(range: UrlVariable['range'], newText: string): FindingExtra {
  return { fixes: [{ title: t('Change to {0}', quoted(newText)), edits: [{ range, newText }], preferred: true }] };
}
