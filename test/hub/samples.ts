// The sample workspace: the files of samples/ with the addresses, sizes and hashes of a running hub in the place of {{…}}.
import fs from 'node:fs';
import path from 'node:path';
import { pieceHashes } from './content';
import type { EmbeddedHub } from './hub';
import { projectRoot } from './images';

const pieceLength = 65_536;

/**
 * Writes the sample workspace into `folder`, which is made when it does not exist; files of the same names are replaced.
 * Placeholders in capitals are filled in; a recipe's own `{{ version }}` stays.
 * @returns the names of the written files
 */
export function writeSampleWorkspace(folder: string, hub: Pick<EmbeddedHub, 'origin' | 'origins' | 'images'>): string[] {
  const source = path.join(projectRoot(hub.images.folder), 'samples');
  const values = placeholders(hub);
  const names = fs
    .readdirSync(source, { recursive: true, encoding: 'utf8' })
    .filter((name) => fs.statSync(path.join(source, name)).isFile());
  for (const name of names) {
    const text = fs
      .readFileSync(path.join(source, name), 'utf8')
      .replace(/\{\{([A-Z0-9_]+)\}\}/g, (whole, key: string) => values[key] ?? whole);
    fs.mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    fs.writeFileSync(path.join(folder, name), text);
  }
  return names.sort();
}

/** What the sample metalink tells about its mirrors: the best one serves a damaged copy, another stops in the middle, one is slow. */
export function misbehaveAsSampled(hub: Pick<EmbeddedHub, 'misbehave'>): void {
  hub.misbehave('/mirror/b/tool-1.4.sif', { kind: 'wrong-bytes', offset: 300_000, count: 16 });
  hub.misbehave('/mirror/c/tool-1.4.sif', { kind: 'stall', after: 100_000 });
  hub.misbehave('/mirror/d/tool-1.4.sif', { kind: 'rate', bytesPerSecond: 400_000 });
}

function placeholders(hub: Pick<EmbeddedHub, 'origin' | 'origins' | 'images'>): Record<string, string> {
  const tool = hub.images.image('tool-1.4.sif');
  const plain = hub.images.image('tool-1.3.sif');
  // Mirrors are told apart by their address; a machine that has only 127.0.0.1 gets them all there.
  const mirrors = hub.origins.filter((origin) => !origin.includes('['));
  const mirror = (index: number) => mirrors[index] ?? hub.origin;
  return {
    HUB: new URL(hub.origin).host,
    HUB_URL: hub.origin,
    MIRROR_A: `${mirror(0)}/mirror/a`,
    MIRROR_B: `${mirror(1)}/mirror/b`,
    MIRROR_C: `${mirror(2)}/mirror/c`,
    MIRROR_D: `${mirror(3)}/mirror/d`,
    TOOL_SIZE: String(tool.size),
    TOOL_SHA256: tool.sha256,
    TOOL_PIECE_LENGTH: String(pieceLength),
    TOOL_PIECES: pieceHashes(tool.content, pieceLength)
      .map((hash) => `<hash>${hash}</hash>`)
      .join('\n      '),
    TOOL_SIGNATURE: hub.images.text('tool-1.4.sif.asc').trim(),
    TOOL_SIGNER: tool.signer ?? '',
    PLAIN_SIZE: String(plain.size),
    PLAIN_SHA256: plain.sha256,
    PLAIN_MD5: plain.md5,
  };
}
