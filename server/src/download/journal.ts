import { createHash } from 'node:crypto';
import { writeAtomically } from '../platform/durable';
import { hasCode } from '../platform/systemError';
import { smallFiles } from '../platform/smallFiles';
import type { Contribution } from './contributions';
import type { Validators } from './replyCheck';

/** What an interrupted download left, beside the partial file. */
export interface Journal {
  /** Size and hashes that the bytes are measured against, in one string: another expectation means another file. */
  readonly identity: string;
  readonly size: number;
  /** Boot of the machine during which the bytes were written: after another one they may be gone although they were written. */
  readonly boot: string;
  /** Sources by number, without userinfo, and what they said about their version. */
  readonly sources: readonly (Validators & { readonly url: string })[];
  /** Bytes on the disk; those of pieces only when they match their hash. */
  readonly done: readonly Contribution[];
}

const version = 1;

/** Writes the journal so that a crash leaves this one or the one before. */
export async function writeJournal(path: string, journal: Journal): Promise<void> {
  const body = JSON.stringify({ version, ...journal });
  await writeAtomically(path, `${checksum(body)} ${body}\n`);
}

/** Reads a journal; undefined when there is none, or it is damaged, of another version or malformed. */
export async function readJournal(path: string): Promise<Journal | undefined> {
  let text: string;
  try {
    text = await smallFiles.readText(path);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
  const body = text.slice(65).trimEnd();
  if (text.slice(0, 64) !== checksum(body)) return undefined;
  const value = JSON.parse(body) as Partial<Journal & { version: number }>;
  const { identity, size, boot, sources, done } = value;
  if (value.version !== version || identity === undefined || size === undefined || boot === undefined) return undefined;
  return sources === undefined || done === undefined ? undefined : { identity, size, boot, sources, done };
}

function checksum(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
