import fs from 'node:fs';
import path from 'node:path';
import { parseReference } from '../image/reference';
import { referenceSchemes } from '../image/referenceModel';
import { createSourceText } from '../text/sourceText';
import { completePlace } from './referenceCompletion';
import type { World } from './world';

/** What they name is on this machine: no hub is asked for it, and no `//` stands behind the colon. */
const localSchemes: ReadonlySet<string> = new Set(['docker-daemon', 'docker-archive', 'oci', 'oci-archive']);

/** Milliseconds that a shell waits for a hub. */
const deadline = 1500;

/**
 * Candidates for the last word of a command line that was typed so far: commands, options, their values, files, and for references what
 * hubs know. `usages`: how each command is called, as the program's help has it.
 */
export async function complete(
  line: string,
  usages: readonly string[],
  world: () => Promise<World>,
  signal: AbortSignal,
): Promise<string[]> {
  const words = line.split(/\s+/);
  const last = words.at(-1) ?? '';
  const [, command = '', verb = ''] = words;
  const commands = [...new Set(usages.map((usage) => wordsOf(usage)[0] ?? '')), 'help'];
  if (words.length <= 2 || command === 'help') return startingWith(last, commands);
  const own = usages.filter((usage) => wordsOf(usage)[0] === command);
  const verbs = own.flatMap((usage) => (wordsOf(usage)[1] ?? '').split('|')).filter((word) => /^[a-z]+$/.test(word));
  if (words.length === 3 && verbs.length > 0) return startingWith(last, verbs);
  const usage = own.find((each) => verbs.length === 0 || wordsOf(each)[1] === verb) ?? '';
  if (last.startsWith('-')) return startingWith(last, usage.match(/(?<=[\s[])--?[a-z0-9-]+/g) ?? []);
  const values = valuesOf(words.at(-2) ?? '', usage);
  if (values !== undefined && !values.optional) return startingWith(last, values.words);
  if (/^[a-z][a-z-]*:\/\//.test(last)) return completeReference(await world(), last, signal);
  return [
    ...startingWith(last, values?.words ?? []),
    ...startingWith(
      last,
      referenceSchemes.filter((scheme) => !localSchemes.has(scheme)).map((scheme) => `${scheme}://`),
    ),
    ...files(last),
  ];
}

function wordsOf(usage: string): string[] {
  return usage.split(' ');
}

/** The fixed values of an option: `--format text|json`, or `--cache [apptainer|singularity]`, which may stand alone. */
function valuesOf(option: string, usage: string): { readonly words: readonly string[]; readonly optional: boolean } | undefined {
  if (!/^--[a-z-]+$/.test(option)) return undefined;
  const [, bracket, values] = new RegExp(`${option} (\\[?)([a-z]+(?:\\|[a-z]+)+)`).exec(usage) ?? [];
  return values === undefined ? undefined : { words: values.split('|'), optional: bracket !== '' };
}

async function completeReference(world: World, text: string, signal: AbortSignal): Promise<string[]> {
  const parsed = parseReference(text);
  const place = {
    text,
    title: text,
    range: { start: 0, end: text.length },
    parsed,
    ...(parsed.reference && { reference: parsed.reference }),
  };
  const source = createSourceText(text);
  const { items } = await completePlace(world, place, text.length, source, { signal, deadline, online: world.settings['online.enabled'] });
  const completed = items.flatMap(({ textEdit }) => {
    if (textEdit === undefined || !('range' in textEdit)) return [];
    return [text.slice(0, source.offsetAt(textEdit.range.start)) + textEdit.newText];
  });
  return completed.filter((candidate) => candidate.startsWith(text));
}

function files(typed: string): string[] {
  const folder = typed.endsWith('/') ? typed : path.dirname(typed);
  try {
    const names = fs.readdirSync(folder === '' ? '.' : folder, { withFileTypes: true });
    const prefix = typed.includes('/') ? (folder.endsWith('/') ? folder : `${folder}/`) : '';
    return names.map((item) => `${prefix}${item.name}${item.isDirectory() ? '/' : ''}`).filter((name) => name.startsWith(typed));
  } catch {
    return []; // no such folder: nothing to offer
  }
}

function startingWith(typed: string, candidates: readonly string[]): string[] {
  return candidates.filter((candidate) => candidate.startsWith(typed));
}
