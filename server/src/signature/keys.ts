import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { KeyTrust } from '../image/verdict';
import type { HttpClient } from '../platform/ports';
import { groupedNumber } from '../text/human';
import { t } from '../text/l10n';
import type { KeyMaterial, KnownEntity, KnownPublicKey } from './keyMaterial';
import { readPgpKeys } from './pgpEntities';
import { derAsPem, readPublicKeys } from './publicKeys';

/** Where keys are looked for. Nothing is fetched here: see `fetchKeys`. */
export interface KeySources {
  /** Key files that the user gives for this verification: OpenPGP (armored or binary), public keys and certificates (PEM or DER). Trusted. */
  readonly files: readonly string[];
  /** Full fingerprints of keys that the user trusts, with or without blanks. */
  readonly trustedFingerprints: readonly string[];
  /** Look into the key rings of Apptainer and SingularityCE, and the global ones. */
  readonly keyRings: boolean;
  /** The environment and home folder in which the key rings are found; those of this process when absent. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  readonly home?: string;
  /** Milliseconds since the epoch at which certificates are judged; now when absent. */
  readonly now?: number;
}

/** Longest key file that is read. */
const maximumKeyFile = 64 << 20;

/** Reads every key that is at hand. Files that are missing or hold no usable key become problems, for people; never rejects. */
export async function loadKeys(sources: KeySources): Promise<KeyMaterial> {
  const pinned = new Set(sources.trustedFingerprints.map(normalFingerprint));
  const pgp: KnownEntity[] = [];
  const publicKeys: KnownPublicKey[] = [];
  const problems: string[] = [];
  const given: { readonly file: string; readonly bytes: Uint8Array }[] = [];
  for (const file of sources.files) {
    const bytes = await readKeyFile(file, problems);
    const pem = bytes && derAsPem(bytes);
    if (bytes) given.push({ file, bytes: pem === undefined ? bytes : Buffer.from(pem) });
  }
  // A certificate may chain to authorities that stand in files of their own.
  const texts = given.map(({ bytes }) => Buffer.from(bytes).toString('latin1'));
  for (const { file, bytes } of given) await addKeys(bytes, { trust: 'trusted', source: t('key file {0}', path.basename(file)) });
  for (const ring of sources.keyRings ? keyRingFiles(sources.environment ?? process.env, sources.home ?? os.homedir()) : []) {
    if (fs.existsSync(ring.file)) {
      const bytes = await readKeyFile(ring.file, problems);
      if (bytes) await addKeys(bytes, { trust: 'keyring', source: ring.name });
    }
  }
  return { pgp: pgp.map((known) => pin(known, pinned)), publicKeys, problems };

  async function addKeys(bytes: Uint8Array, origin: { readonly trust: KeyTrust; readonly source: string }): Promise<void> {
    const read = await readPgpKeys(bytes);
    pgp.push(...read.entities.map((entity) => ({ entity, ...origin })));
    // Bare keys and certificates come from files that the user gives, never from key rings.
    const bare =
      origin.trust === 'trusted'
        ? readPublicKeys(Buffer.from(bytes).toString('latin1'), new Date(sources.now ?? Date.now()), texts)
        : { keys: [], problems: [], hasAuthorities: false };
    publicKeys.push(...bare.keys.map((key) => ({ ...key, ...origin })));
    const found = [...read.problems, ...bare.problems];
    if (read.entities.length + bare.keys.length === 0 && found.length === 0 && !bare.hasAuthorities) found.push(t('it holds no key'));
    problems.push(...found.map((problem) => `${origin.source}: ${problem}`));
  }
}

/** A fingerprint without blanks, colons and `0x`, in upper case. */
export function normalFingerprint(text: string): string {
  return text.startsWith('SHA256:') ? text : text.replace(/^0x/i, '').replace(/[\s:]/g, '').toUpperCase();
}

/** Whether a text is a full fingerprint of an OpenPGP key: 40 digits, or 64 of a version 6 key. Shorter ids identify nobody. */
export function isFullFingerprint(text: string): boolean {
  return /^(?:[0-9A-F]{40}|[0-9A-F]{64})$/.test(normalFingerprint(text));
}

function pin(known: KnownEntity, pinned: ReadonlySet<string>): KnownEntity {
  const { fingerprint } = known.entity;
  if (known.trust === 'trusted' || !isFullFingerprint(fingerprint) || !pinned.has(fingerprint)) return known;
  return { ...known, trust: 'trusted', source: t('pinned by you; found in {0}', known.source) };
}

/** The engines' key rings, in their order (apptainer internal/pkg/sypgp/keyring.go, pkg/syfs/syfs.go). */
export function keyRingFiles(
  environment: Readonly<Record<string, string | undefined>>,
  home: string,
): readonly { readonly file: string; readonly name: string }[] {
  const global = ['/etc', '/usr/local/etc'].flatMap((folder) =>
    ['apptainer', 'singularity'].map((engine) => `${folder}/${engine}/global-pgp-public`),
  );
  const apptainer = environment.APPTAINER_KEYSDIR || environment.SINGULARITY_SYPGPDIR || path.join(home, '.apptainer', 'keys');
  const singularity = environment.SINGULARITY_SYPGPDIR || path.join(home, '.singularity', 'sypgp');
  const local = [...new Set([apptainer, singularity])].map((folder) => path.join(folder, 'pgp-public'));
  return [...global, ...local].map((file) => ({ file, name: file.startsWith(home + path.sep) ? `~${file.slice(home.length)}` : file }));
}

async function readKeyFile(file: string, problems: string[]): Promise<Uint8Array | undefined> {
  try {
    const { size } = await fs.promises.stat(file);
    if (size > maximumKeyFile) throw new Error(t('it is larger than {0} bytes', groupedNumber(maximumKeyFile)));
    return await fs.promises.readFile(file);
  } catch (error) {
    problems.push(t('The key file {0} cannot be read: {1}', file, error instanceof Error ? error.message : String(error)));
    return undefined;
  }
}

/** How to ask key servers. Only for what the user asked to verify, and only where that is allowed. */
export interface KeyServerOptions {
  readonly client: HttpClient;
  /** Base URLs, asked in turn. */
  readonly servers: readonly string[];
  readonly trustedFingerprints: readonly string[];
  readonly signal?: AbortSignal;
}

/** Longest reply of a key server that is read, and keys of it: several keys may have the same 64-bit id. */
const maximumReply = 4 << 20;
const maximumReplyKeys = 16;

/**
 * Asks key servers for keys by their 64-bit ids, as the engines do (HKP: `op=get`). What comes is `fetched`: an id proves nothing
 * about who owns the key. A server that does not answer becomes a problem, for people; rejects only when cancelled.
 */
export async function fetchKeys(ids: readonly string[], options: KeyServerOptions): Promise<KeyMaterial> {
  const pinned = new Set(options.trustedFingerprints.map(normalFingerprint));
  const pgp: KnownEntity[] = [];
  const problems: string[] = [];
  for (const id of ids) {
    for (const server of options.servers) {
      const found = await askServer(id, server, options, problems);
      const matching = found.filter(({ primary, subkeys }) => [primary, ...subkeys].some((key) => key.id === id.toLowerCase()));
      pgp.push(...matching.map((entity) => pin({ entity, trust: 'fetched', source: originOf(server) }, pinned)));
      if (matching.length > 0) break;
    }
  }
  return { pgp, publicKeys: [], problems };
}

async function askServer(id: string, server: string, { client, signal }: KeyServerOptions, problems: string[]) {
  const digits = id.toLowerCase().replace(/^0+(?=.)/, '');
  const url = `${server.replace(/\/+$/, '')}/pks/lookup?search=0x${digits}&op=get&exact=on`;
  try {
    const response = await client.request({ url, ...(signal ? { signal } : {}) });
    if (response.status !== 200) {
      await response.discard();
      if (response.status !== 404) problems.push(t('{0} answers {1} when asked for the key {2}.', originOf(server), response.status, id));
      return [];
    }
    const read = await readPgpKeys(Buffer.from(await response.text(maximumReply), 'latin1'), maximumReplyKeys);
    problems.push(...read.problems.map((problem) => `${originOf(server)}: ${problem}`));
    return read.entities;
  } catch (error) {
    signal?.throwIfAborted();
    problems.push(
      t('{0} could not be asked for the key {1}: {2}', originOf(server), id, error instanceof Error ? error.message : String(error)),
    );
    return [];
  }
}

/** A server's URL for people: without userinfo, path and query. */
function originOf(server: string): string {
  return URL.canParse(server) ? new URL(server).origin : server;
}

/** Both together; the first one's keys come first. */
export function joinKeys(a: KeyMaterial, b: KeyMaterial): KeyMaterial {
  return { pgp: [...a.pgp, ...b.pgp], publicKeys: [...a.publicKeys, ...b.publicKeys], problems: [...a.problems, ...b.problems] };
}
