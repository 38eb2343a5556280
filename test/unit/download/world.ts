import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { download } from '../../../server/src/download/download';
import { DownloadError } from '../../../server/src/download/request';
import type {
  DownloadControl,
  DownloadRequest,
  DownloadResult,
  DownloadSettings,
  DownloadSource,
  DownloadWorld,
} from '../../../server/src/download/request';
import { digest, pieceHashes, serve } from '../../faults/servers';
import type { Behaviour, FaultServer } from '../../faults/servers';
import { testAuthorities, testCertificate, testKey } from '../../faults/testCertificate';

/** A world with short times; everything that is said to people is kept in `lines`. */
export function testWorld(
  settings: Partial<DownloadSettings> = {},
  more: Partial<DownloadWorld> = {},
): DownloadWorld & { readonly lines: string[] } {
  const lines: string[] = [];
  const say = (text: string): void => void lines.push(text);
  return {
    proxies: {},
    log: { info: say, warn: say, error: say, debug: say },
    settings: {
      connections: 4,
      rateLimit: 0,
      location: '',
      allowedFolders: [],
      userAgent: 'test',
      timing: { connect: 2000, head: 1000, idle: 500, pause: 10, longestPause: 2000, drip: 500 },
      ...settings,
    },
    lines,
    ...more,
  };
}

export function temporaryFolder(): string {
  return fs.mkdtempSync(path.join(os.tmpdir(), 'download-test-'));
}

/** A request for `data` from `urls`, all hashes declared unless told otherwise. */
export function requestFor(data: Buffer, urls: readonly string[], directory: string, more: Partial<DownloadRequest> = {}): DownloadRequest {
  return {
    name: 'file.sif',
    directory,
    size: BigInt(data.length),
    hashes: [{ type: 'sha-256', hex: digest(data), source: 'test' }],
    sources: urls.map((url): DownloadSource => ({ url, priority: 1 })),
    finish: 'rename',
    onCancel: 'keep',
    ...more,
  };
}

export function pieces(data: Buffer, length: number, type = 'sha-256'): NonNullable<DownloadRequest['pieces']> {
  return [{ type, length, hashes: pieceHashes(data, length, type.replace('-', '')) }];
}

export interface Case {
  readonly data: Buffer;
  readonly behaviours: readonly Behaviour[];
  readonly request?: Partial<DownloadRequest>;
  readonly settings?: Partial<DownloadSettings>;
  readonly control?: DownloadControl;
  /** The mirrors speak TLS. */
  readonly secure?: boolean;
}

export interface Attempt {
  readonly result?: DownloadResult;
  readonly error?: DownloadError;
  /** Bytes under the final name; undefined when there is no such file. */
  readonly bytes: Buffer | undefined;
  readonly lines: readonly string[];
  readonly servers: readonly FaultServer[];
  /** Names in the folder afterwards. */
  readonly left: readonly string[];
}

/** Serves `data` from one host a behaviour (127.0.0.1, .2, …), downloads, cleans up, and tells everything. */
export async function attempt({ data, behaviours, request, settings, control, secure = false }: Case): Promise<Attempt> {
  const folder = temporaryFolder();
  const tls = secure ? { tls: { cert: testCertificate, key: testKey } } : {};
  const servers = await Promise.all(behaviours.map((behaviour, index) => serve(data, behaviour, { host: `127.0.0.${index + 1}`, ...tls })));
  const world = testWorld(settings, secure ? { proxies: { certificates: testAuthorities } } : {});
  try {
    const asked = requestFor(
      data,
      servers.map((server) => server.url),
      folder,
      request,
    );
    const outcome = await download(asked, world, control).then(
      (result) => ({ result }),
      (error: unknown) => {
        if (error instanceof DownloadError) return { error };
        throw error;
      },
    );
    const final = path.join(folder, asked.name);
    return {
      ...outcome,
      bytes: fs.existsSync(final) ? fs.readFileSync(final) : undefined,
      lines: world.lines,
      servers,
      left: fs.readdirSync(folder).sort(),
    };
  } finally {
    await Promise.all(servers.map((server) => server.close()));
    fs.rmSync(folder, { recursive: true, force: true });
  }
}
