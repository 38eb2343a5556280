import fs from 'node:fs';
import path from 'node:path';
import { parseReference } from '../image/reference';
import { referenceSchemes } from '../image/referenceModel';
import { createSourceText } from '../text/sourceText';
import { completePlace } from './referenceCompletion';
import type { World } from './world';

const commands = ['check', 'inspect', 'verify', 'pull', 'metalink', 'cache', 'lsp', 'completion'];
const verbs: Readonly<Record<string, readonly string[]>> = {
  metalink: ['create', 'convert', 'resolve', 'sort', 'merge'],
  cache: ['list', 'verify', 'clean'],
  completion: ['bash', 'zsh', 'fish'],
};
const options: Readonly<Record<string, readonly string[]>> = {
  check: ['--format', '--engine', '--language', '--build-arg'],
  inspect: ['--format', '--platform'],
  verify: ['--metalink', '--key', '--fingerprint', '--legacy', '--offline', '--details', '--format'],
  pull: ['--output', '--cache', '--metalink', '--force', '--format'],
  metalink: ['--mirror', '--piece-length', '--sha512', '--signature', '--write', '--download', '-o'],
  cache: ['--engine', '--days', '--type', '--larger-than', '--orphans', '--duplicates', '--dry-run', '--force', '--format'],
};

/** What they name is on this machine: no hub is asked for it, and no `//` stands behind the colon. */
const localSchemes: ReadonlySet<string> = new Set(['docker-daemon', 'docker-archive', 'oci', 'oci-archive']);

/** Milliseconds that a shell waits for a hub. */
const deadline = 1500;

/** Candidates for the last word of a command line that was typed so far: commands, options, files, and for references what hubs know. */
export async function complete(line: string, world: () => Promise<World>, signal: AbortSignal): Promise<string[]> {
  const words = line.split(/\s+/);
  const last = words.at(-1) ?? '';
  const [, command, verb] = words;
  if (words.length <= 2) return startingWith(last, commands);
  if (last.startsWith('-')) return startingWith(last, options[command ?? ''] ?? []);
  const subcommands = verbs[command ?? ''];
  if (words.length === 3 && subcommands) return startingWith(verb ?? '', subcommands);
  if (/^[a-z][a-z-]*:\/\//.test(last)) return completeReference(await world(), last, signal);
  return [
    ...startingWith(
      last,
      referenceSchemes.filter((scheme) => !localSchemes.has(scheme)).map((scheme) => `${scheme}://`),
    ),
    ...files(last),
  ];
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
