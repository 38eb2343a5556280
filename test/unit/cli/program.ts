import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { runCommand } from '../../../server/src/cli/run';

/** What one call of the command line did. */
export interface Called {
  readonly status: number;
  readonly out: string;
  readonly note: string;
  /** Everything that was told in turn: results by `out`, progress by `progress`. */
  readonly told: readonly (readonly ['out' | 'note' | 'progress', string])[];
}

/** Runs the command line in this process, on a terminal that keeps what it is told. */
export async function call(...words: string[]): Promise<Called> {
  const told: ['out' | 'note' | 'progress', string][] = [];
  const terminal = {
    out: (line: string) => void told.push(['out', line]),
    note: (line: string) => void told.push(['note', line]),
    progress: (line: string) => void told.push(['progress', line]),
    signal: new AbortController().signal,
  };
  const status = await runCommand(words, terminal);
  const textOf = (kind: string) => told.flatMap(([each, line]) => (each === kind ? [line] : [])).join('\n');
  return { status, out: textOf('out'), note: textOf('note'), told };
}

/** A folder of its own as home and current folder, so that no settings, caches or keys of this machine are seen. */
export function ownFolder(): { readonly path: string; write(name: string, content: string | Uint8Array): string; close(): void } {
  const folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'cli-test-')));
  const saved = { ...process.env };
  const before = process.cwd();
  for (const name of Object.keys(process.env))
    if (/^(APPTAINER|SINGULARITY|XDG|CONTAINER_METALINK|https?_proxy|no_proxy)/i.test(name)) Reflect.deleteProperty(process.env, name);
  process.env.HOME = path.join(folder, 'home');
  process.chdir(folder);
  return {
    path: folder,
    write(name, content) {
      const file = path.join(folder, name);
      fs.mkdirSync(path.dirname(file), { recursive: true });
      fs.writeFileSync(file, content);
      return file;
    },
    close() {
      process.chdir(before);
      process.env = saved;
      fs.rmSync(folder, { recursive: true, force: true });
    },
  };
}
