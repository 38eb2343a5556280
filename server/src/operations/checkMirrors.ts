import type { Digest } from '../image/digest';
import { metalinkHeaders } from '../hub/metalinkHeaders';
import type { MetalinkFile, MetalinkUrl } from '../metalink/model';
import { metalinkModel } from '../metalink/model';
import { parseMetalink } from '../metalink/parse';
import type { HttpResponse } from '../platform/ports';
import { withoutCredentials } from '../platform/proxySettings';
import type { CheckMirrorsResult } from '../protocol';
import type { Finding } from '../text/finding';
import { groupedNumber, humanBytes, humanDuration } from '../text/human';
import { t } from '../text/l10n';
import type { ProgressListener } from './progress';
import type { World } from './world';

export interface CheckMirrorsOptions {
  /** Only this file entry. */
  readonly file?: string;
  readonly signal: AbortSignal;
  readonly onProgress: ProgressListener;
}

/** What one URL answered. */
interface Probe {
  readonly url: MetalinkUrl;
  readonly status?: number;
  readonly size?: bigint;
  readonly etag?: string;
  readonly lastModified?: string;
  readonly digests: readonly Digest[];
  readonly mediaType?: string;
  readonly retryAfter?: string;
  readonly ranges: boolean;
  readonly milliseconds: number;
  /** Why there is no answer, for people. */
  readonly problem?: string;
}

const atOnce = 6;

/**
 * Asks every URL of a metalink for its header fields and compares them with the declaration and with each other. Each URL gets one
 * finding: information when it is good, a warning with the reason when it is not. Rejects only when aborted.
 */
export async function checkMirrors(
  world: World,
  text: string,
  options: CheckMirrorsOptions,
): Promise<{ mirrors: CheckMirrorsResult['mirrors']; findings: Finding[] }> {
  const files = metalinkModel(parseMetalink(text)).files.filter(
    (file) => options.file === undefined || file.name === options.file || file.writtenName === options.file,
  );
  const total = files.reduce((sum, file) => sum + file.urls.length, 0);
  const mirrors: CheckMirrorsResult['mirrors'][number][] = [];
  const findings: Finding[] = [];
  let done = 0;
  for (const file of files) {
    const probes = await inTurns(file.urls, atOnce, async (url) => {
      const probe = await probeUrl(world, url, options.signal);
      done++;
      options.onProgress({ what: total === 1 ? t('1 URL') : t('{0} of {1} URLs', done, total), done, total });
      return probe;
    });
    const usual = usualOf(probes);
    for (const probe of probes) {
      const { ok, message } = judge(probe, file, usual);
      mirrors.push({ url: withoutCredentials(probe.url.url), ok, message, milliseconds: Math.round(probe.milliseconds) });
      findings.push({
        code: ok ? 'mirrors/good' : 'mirrors/bad',
        severity: ok ? 'information' : 'warning',
        message,
        range: probe.url.range,
      });
    }
  }
  return { mirrors, findings };
}

async function probeUrl(world: World, url: MetalinkUrl, signal: AbortSignal): Promise<Probe> {
  const started = performance.now();
  const failed = (problem: string): Probe => ({ url, digests: [], ranges: false, milliseconds: performance.now() - started, problem });
  if (url.scheme !== 'http' && url.scheme !== 'https') return failed(t('not asked: only http and https URLs can be'));
  try {
    let response = await world.http.request({ method: 'HEAD', url: url.url, signal, reason: 'command' });
    // Servers that know no HEAD, and storage whose signed URLs are for GET only, are asked for one byte.
    if ([403, 405, 501].includes(response.status)) {
      await response.discard();
      response = await world.http.request({ url: url.url, headers: { range: 'bytes=0-0' }, signal, reason: 'command' });
    }
    const milliseconds = performance.now() - started;
    await response.discard();
    return readProbe(url, response, milliseconds);
  } catch (error) {
    signal.throwIfAborted();
    return failed(error instanceof Error ? error.message : String(error));
  }
}

function readProbe(url: MetalinkUrl, response: HttpResponse, milliseconds: number): Probe {
  const header = (name: string) => response.headers[name]?.[0];
  const whole = /\/(\d+)$/.exec(header('content-range') ?? '')?.[1] ?? (response.status === 200 ? header('content-length') : undefined);
  const { digests } = metalinkHeaders([...response.redirects, { url: response.url, headers: response.headers }]);
  const [etag, lastModified, retryAfter] = [header('etag'), header('last-modified'), header('retry-after')];
  const mediaType = header('content-type')?.split(';', 1)[0]?.trim().toLowerCase();
  return {
    url,
    status: response.status,
    digests,
    ranges: response.status === 206 || header('accept-ranges')?.includes('bytes') === true,
    milliseconds,
    ...(whole !== undefined && /^\d+$/.test(whole) && { size: BigInt(whole) }),
    ...(etag !== undefined && { etag }),
    ...(lastModified !== undefined && { lastModified }),
    ...(mediaType !== undefined && { mediaType }),
    ...(retryAfter !== undefined && { retryAfter }),
  };
}

/** What most mirrors of a file say, for values that the document does not declare. */
interface Usual {
  readonly size: bigint | undefined;
  /** Hexadecimal, by algorithm. */
  readonly digests: ReadonlyMap<string, string>;
}

function usualOf(probes: readonly Probe[]): Usual {
  const algorithms = new Set(probes.flatMap(({ digests }) => digests.map(({ algorithm }) => algorithm)));
  const digestsOf = (algorithm: string) =>
    probes.flatMap(({ digests }) => digests.filter((digest) => digest.algorithm === algorithm).map(({ hex }) => hex));
  return {
    size: mostCommon(probes.flatMap(({ size }) => (size === undefined ? [] : [size]))),
    digests: new Map([...algorithms].map((algorithm) => [algorithm, mostCommon(digestsOf(algorithm)) ?? ''])),
  };
}

function judge(probe: Probe, file: MetalinkFile, usual: Usual): { ok: boolean; message: string } {
  const wrong = unusable(probe) ?? contradiction(probe, file, usual);
  if (wrong !== undefined) return { ok: false, message: wrong };
  const facts = [
    probe.size === undefined ? t('size not told') : humanBytes(probe.size),
    probe.ranges ? t('parts can be fetched') : t('no parts: only as a whole'),
    t('{0} ms', Math.round(probe.milliseconds)),
    ...(probe.lastModified === undefined ? [] : [t('modified {0}', probe.lastModified)]),
    ...(probe.etag === undefined ? [] : [`ETag ${probe.etag}`]),
    ...(probe.digests.length > 0 ? [t('its digest agrees')] : []),
  ];
  return { ok: true, message: t('This mirror answers: {0}.', facts.join(', ')) };
}

/** Why nothing can be fetched from there now. */
function unusable({ problem, status = 0, retryAfter, mediaType }: Probe): string | undefined {
  if (problem !== undefined) return t('This mirror could not be asked: {0}', problem);
  if (status === 429 || (status === 503 && retryAfter !== undefined))
    return retryAfter === undefined
      ? t('This mirror limits how often it may be asked (status {0}). Try again later.', status)
      : t('This mirror limits how often it may be asked (status {0}). It asks to wait: {1}.', status, waitOf(retryAfter));
  if (status === 401 || status === 403) return t('This mirror asks for a sign-in (status {0}).', status);
  if (status === 404 || status === 410) return t('This mirror does not have the file (status {0}).', status);
  if (status !== 200 && status !== 206) return t('This mirror answers with status {0}.', status);
  if (mediaType === 'text/html') return t('This mirror answers with a web page, not with the file.');
  return undefined;
}

/** `Retry-After` is seconds or a date (RFC 9110, section 10.2.3). */
function waitOf(retryAfter: string): string {
  return /^\d+$/.test(retryAfter) ? humanDuration(Number(retryAfter)) : retryAfter;
}

function contradiction(probe: Probe, file: MetalinkFile, usual: Usual): string | undefined {
  const { size } = probe;
  if (size !== undefined && file.size !== undefined && size !== file.size)
    return t('This mirror has {0} bytes; {1} are declared. A download will not use it.', groupedNumber(size), groupedNumber(file.size));
  if (size !== undefined && file.size === undefined && usual.size !== undefined && size !== usual.size)
    return t('This mirror has {0} bytes, most others {1}.', groupedNumber(size), groupedNumber(usual.size));
  for (const { algorithm, hex } of probe.digests) {
    const declared = file.hashes.find((hash) => hash.type.replace('-', '') === algorithm);
    if (declared && declared.value !== hex)
      return t('This mirror says its {0} is {1}…; {2}… is declared.', declared.type, hex.slice(0, 12), declared.value.slice(0, 12));
    const others = usual.digests.get(algorithm);
    if (declared === undefined && others !== undefined && others !== hex)
      return t('This mirror says its {0} is {1}…, most others {2}….', algorithm, hex.slice(0, 12), others.slice(0, 12));
  }
  return undefined;
}

function mostCommon<T>(values: readonly T[]): T | undefined {
  const counts = new Map<T, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1])[0]?.[0];
}

/** `work` on every item, `limit` at a time; results in the order of the items. */
async function inTurns<T, R>(items: readonly T[], limit: number, work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  const worker = async () => {
    for (let index = next++; index < items.length; index = next++) {
      const item = items[index];
      if (item !== undefined) results[index] = await work(item);
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, worker));
  return results;
}
