import fs from 'node:fs/promises';

/** Permission bits less what the process' umask takes away; without a `/proc` what any umask leaves: the owner's. */
export async function lessUmask(mode: number): Promise<number> {
  const status = await fs.readFile('/proc/self/status', 'latin1').catch(() => ''); // no Linux
  const mask = /^Umask:\s*([0-7]+)$/m.exec(status)?.[1];
  return mode & ~(mask === undefined ? 0o077 : parseInt(mask, 8));
}
