import type { Fix } from '../../text/finding';
import { t } from '../../text/l10n';
import type { TextRange } from '../../text/range';
import { headerEntry } from '../lookup';
import type { HeaderEntry, Stage } from '../syntax';
import { agents, headerKeys } from '../vocabulary';
import type { Agent } from '../vocabulary';
import { quoted } from './context';
import type { CheckContext, FindingExtra } from './context';
import { checkUrlVariables } from './urlVariables';
import { checkZypper } from './zypper';

/**
 * What build.New and the bootstrap agents demand of a header (A and S internal/pkg/build/build.go, conveyorPacker.go, sources/).
 */
export function checkAgents(context: CheckContext): void {
  const unsure = new Set(context.parsed.problems.filter(({ code }) => headerProblems.has(code)).map((problem) => problem.stage));
  const { stages } = context.recipe;
  if (context.options.engine === 'singularity' && context.parsed.problems.every(isForApptainer) && stages.every((stage) => stage.empty))
    context.report('build/no-stages', firstLine(context), t('There is no stage here: SingularityCE reads the file, and the build fails.'));
  for (const stage of stages) {
    if (stage.empty) continue;
    if (unsure.has(stage.index)) checkAgentCase(context, stage);
    else checkStage(context, stage);
  }
}

/** Where the parser refuses the header of a stage, it may not be what it seems: a missing key can be the misspelt one. */
const headerProblems: ReadonlySet<string> = new Set([
  'parse/broken-continuation',
  'parse/byte-order-mark',
  'parse/empty-definition',
  'parse/header-without-value',
  'parse/section-without-body',
  'parse/token-too-long',
  'parse/unknown-header',
]);

/** All that can be said about the agent of such a stage. */
function checkAgentCase(context: CheckContext, stage: Stage): void {
  const bootstrap = headerEntry(stage, 'bootstrap');
  if (bootstrap === undefined || agents.has(bootstrap.value) || !agents.has(bootstrap.value.toLowerCase())) return;
  reportUnknownAgent(context, bootstrap, bootstrap.value);
}

function isForApptainer(problem: { readonly engine?: string }): boolean {
  return problem.engine === 'apptainer';
}

function checkStage(context: CheckContext, stage: Stage): void {
  const { engine } = context;
  if (!stage.header.entries.some((entry) => entry.fate === 'kept')) {
    const isAbove = stage.index === 0 && context.recipe.stages.length > 1;
    const stop = t('This stage has no header: {0} stops with "multiple stages detected, all must have headers".', engine);
    const hint = isAbove
      ? t('Sections belong below the {0} of their stage: move this one down.', '`Bootstrap:`')
      : t('Begin with {0}.', '`Bootstrap:`');
    context.report('build/no-header', firstSectionLine(stage), `${stop} ${hint}`);
    return;
  }
  const bootstrap = headerEntry(stage, 'bootstrap');
  if (bootstrap === undefined) {
    const place = stage.header.entries[0]?.range ?? stage.header.range;
    const later = context.recipe.stages.length > stage.index + 1;
    context.report(
      'build/no-bootstrap',
      place,
      t('This stage has no {0}: {1} stops with "no bootstrap specification found".', '`Bootstrap:`', engine) +
        (later ? ` ${t('{0} begins a new stage: it must be the first key of its header.', '`Bootstrap:`')}` : ''),
      moveUp(context, stage),
    );
    return;
  }
  const name = context.fill(stage, bootstrap.value);
  if (name === '') {
    context.report(
      'build/no-bootstrap',
      bootstrap.range,
      t('{0} has no value: {1} stops with "no bootstrap specification found".', '`Bootstrap:`', engine),
    );
    return;
  }
  if (/\{\{\s*\w+\s*\}\}/.test(name)) return;
  const agent = agents.get(name);
  if (agent === undefined || (agent.engine !== undefined && agent.engine !== context.options.engine)) {
    reportUnknownAgent(context, bootstrap, name, agent);
    return;
  }
  if (!followsHeader(context, stage)) checkKeys(context, stage, agent, bootstrap);
  if (agent.name === 'zypper') checkZypper(context, stage);
  checkUrlVariables(context, stage, agent);
  checkFingerprints(context, stage, agent);
  if (agent.name === 'shub')
    context.report(
      'lint/deprecated-agent',
      bootstrap.valueRange,
      t('Singularity Hub takes no new images since 2021; its archive is read-only. Use {0} or {1}.', '`docker`', '`oras`'),
      { tags: ['deprecated'] },
    );
}

/** `Bootstrap:` goes to the top of the header that it stands in the middle of. */
function moveUp({ recipe, text }: CheckContext, stage: Stage): FindingExtra {
  const entry = stage.sections.length === 0 ? recipe.stages[stage.index + 1]?.header.entries[0] : undefined;
  const first = stage.header.entries[0];
  // A value that goes on behind its header would take what comes below it then.
  const isOpen = stage.header.entries.some(({ fate }) => fate === 'dropped');
  if (entry === undefined || first === undefined || isOpen) return {};
  const newline = text.indexOf('\n', entry.range.end);
  const line = { start: entry.range.start, end: newline < 0 ? text.length : newline + 1 };
  const edits = [
    { range: at(first.range.start), newText: `${text.slice(entry.range.start, entry.range.end)}\n` },
    { range: line, newText: '' },
  ];
  return { fixes: [{ title: t('Move {0} to the top', '`Bootstrap:`'), edits, preferred: true }] };
}

/** Whether the keys that a stage lacks stand above its `Bootstrap:`. */
function followsHeader(context: CheckContext, stage: Stage): boolean {
  const before = context.recipe.stages[stage.index - 1];
  return before?.sections.length === 0 && headerEntry(before, 'bootstrap') === undefined;
}

/** Agents of Singularity 2, and schemes that people take for one. */
const formerAgents: Readonly<Record<string, string>> = {
  self: 'localimage',
  'docker-registry': 'docker',
  dockerhub: 'docker',
  ubuntu: 'docker',
  debian: 'docker',
  apt: 'debootstrap',
  local: 'localimage',
  localfile: 'localimage',
  http: 'localimage',
  https: 'localimage',
  podman: 'docker-daemon',
};

function reportUnknownAgent(
  { engine, guess: guessed, options, recipe, report }: CheckContext,
  entry: HeaderEntry,
  name: string,
  agent?: Agent,
): void {
  const shown = options.engine === 'apptainer' ? `invalid build source ${name}` : `invalid build source "${name}"`;
  const message = t('Unknown bootstrap agent {0}: {1} stops with "{2}".', quoted(name), engine, shown);
  if (agent !== undefined) {
    report(
      'build/unknown-agent',
      entry.valueRange,
      `${message} ${t('Only Apptainer {0} and newer has it.', agent.since?.apptainer ?? '')}`,
    );
    return;
  }
  const usable = [...agents.values()].filter((other) => other.engine === undefined || other.engine === options.engine);
  const names = usable.map((other) => other.name);
  const guess = names.find((other) => other === name.toLowerCase()) ?? formerAgents[name.toLowerCase()] ?? guessed(name, names);
  const isFirst = recipe.stages.find((stage) => !stage.empty)?.header.entries[0] === entry;
  if (guess === undefined) {
    report(
      'build/unknown-agent',
      entry.valueRange,
      isFirst ? message : `${message} ${t('A line that begins with {0} starts a new stage, wherever it stands.', '`Bootstrap:`')}`,
    );
    return;
  }
  const isCase = guess === name.toLowerCase();
  const hint = isCase ? t('Names of agents are in lower case: {0}.', quoted(guess)) : t('Did you mean {0}?', quoted(guess));
  const edits = [{ range: entry.valueRange, newText: guess }];
  const fixes = entry.value === name ? [{ title: t('Change to {0}', quoted(guess)), edits, preferred: true }] : [];
  report('build/unknown-agent', entry.valueRange, `${message} ${hint}`, { fixes });
}

const missingWords: Readonly<Record<string, string>> = {
  'yum mirrorurl': 'invalid yum header, no mirrorurl specified',
  'dnf mirrorurl': 'invalid yum header, no mirrorurl specified',
  'debootstrap mirrorurl': 'invalid debootstrap header, no mirrorurl specified',
  'debootstrap osversion': 'invalid debootstrap header, no osversion specified',
  'busybox mirrorurl': 'invalid busybox header, no mirrur url specified',
};

function checkKeys(context: CheckContext, stage: Stage, agent: Agent, bootstrap: HeaderEntry): void {
  for (const key of agent.required) {
    const entry = headerEntry(stage, key);
    if (entry !== undefined && (entry.value !== '' || (key === 'from' && agent.name !== 'localimage'))) continue;
    const forgotten = stage.header.entries.find((other) => other.name === key && other.fate === 'dropped');
    const name = headerKeys.get(key)?.name ?? key;
    if (agent.name === 'localimage') {
      context.report(
        'lint/localimage-without-from',
        entry?.range ?? bootstrap.range,
        t('Without {0}, {1} takes the current folder for the image. Write the path of one.', quoted(`${name}:`), quoted(agent.name)),
        entry === undefined && forgotten === undefined ? { fixes: [missingKeyFix(context, stage, bootstrap, name)] } : {},
      );
      continue;
    }
    const words = missingWords[`${agent.name} ${key}`];
    const stop =
      words === undefined ? t('The build stops when it looks for the image.') : t('{0} stops with "{1}".', context.engine, words);
    context.report(
      'build/missing-key',
      (entry ?? forgotten ?? bootstrap).range,
      `${t('The bootstrap agent {0} needs {1}.', quoted(agent.name), quoted(`${name}:`))} ${stop}${isCutOff(context, stage) ? ` ${t('The next {0} begins a new stage.', '`Bootstrap:`')}` : ''}`,
      {
        ...(entry === undefined && forgotten === undefined && { fixes: [missingKeyFix(context, stage, bootstrap, name)] }),
      },
    );
  }
}

/** Nothing but this key, and another `Bootstrap:` right below: the line is there twice. */
function isCutOff({ recipe }: CheckContext, stage: Stage): boolean {
  return stage.header.entries.length === 1 && stage.sections.length === 0 && recipe.stages[stage.index + 1] !== undefined;
}

function missingKeyFix(context: CheckContext, stage: Stage, bootstrap: HeaderEntry, name: string): Fix {
  if (!isCutOff(context, stage))
    return { title: t('Add {0}', quoted(`${name}:`)), edits: [{ range: at(bootstrap.range.end), newText: `\n${name}: ` }] };
  const newline = context.text.indexOf('\n', bootstrap.range.end);
  const end = newline < 0 ? context.text.length : newline + 1;
  return { title: t('Remove this line'), edits: [{ range: { start: bootstrap.range.start, end }, newText: '' }], preferred: true };
}

/** A SIF is accepted only when every fingerprint of the list has signed it: 40 hexadecimal digits each. */
function checkFingerprints(context: CheckContext, stage: Stage, agent: Agent): void {
  const entry = headerEntry(stage, 'fingerprints');
  if (entry === undefined || !agent.optional.includes('fingerprints') || entry.value.includes('{{')) return;
  let from = entry.valueRange.start;
  for (const word of entry.value.split(',')) {
    const fingerprint = word.trim();
    if (/^[0-9a-f]{40}$/i.test(fingerprint) || entry.value === '') continue;
    const offset = context.text.indexOf(fingerprint, from);
    const isThere = fingerprint !== '' && offset >= 0 && offset < entry.valueRange.end;
    if (isThere) from = offset + fingerprint.length;
    const joined = fingerprint.replace(/[\s:]+|^0x/gi, '');
    const range = isThere ? { start: offset, end: offset + fingerprint.length } : entry.valueRange;
    const fixes =
      isThere && /^[0-9a-f]{40}$/i.test(joined)
        ? [{ title: t('Change to {0}', quoted(joined)), edits: [{ range, newText: joined }], preferred: true }]
        : [];
    context.report(
      'build/fingerprint',
      range,
      t(
        'A fingerprint has 40 hexadecimal digits; {0} can match no key, and the build stops with "image not signed by required entities".',
        quoted(fingerprint),
      ),
      { fixes },
    );
  }
}

function firstSectionLine(stage: Stage): TextRange {
  return stage.sections[0]?.lineRange ?? stage.header.range;
}

function firstLine({ text }: CheckContext): TextRange {
  const newline = text.indexOf('\n');
  return { start: 0, end: newline < 0 ? text.length : newline };
}

function at(offset: number): TextRange {
  return { start: offset, end: offset };
}
