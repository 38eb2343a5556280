import type { Digest } from '../image/digest';
import { metalinkHeaders } from '../hub/metalinkHeaders';
import type { MetalinkFile, MetalinkUrl } from '../metalink/model';
import { metalinkModel } from '../metalink/model';
import { parseMetalink } from '../metalink/parse';
import type { HttpResponse } from '../platform/ports';
import { withoutCredentials } from '../platform/proxySettings';
import type { CheckMirrorsResult } from '../protocol';
import type { Finding } from '../text/finding';
import { groupedNumber, humanBytes } from '../text/human';
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
      options.onProgress({ what: t('{0} of {1} mirrors', done, total), done, total });
      return probe;
    });
    const usual = mostCommon(probes.flatMap((p) => (p.size === undefined ? [] : [p.size])));
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
    // Servers that know no HEAD are asked for one byte.
    if (response.status === 405 || response.status === 501)
      response = await world.http.request({ url: url.url, headers: { range: 'bytes=0-0' }, signal, reason: 'command' });
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
  const [etag, lastModified] = [header('etag'), header('last-modified')];
  return {
    url,
    status: response.status,
    digests,
    ranges: response.status === 206 || header('accept-ranges')?.includes('bytes') === true,
    milliseconds,
    ...(whole !== undefined && /^\d+$/.test(whole) && { size: BigInt(whole) }),
    ...(etag !== undefined && { etag }),
    ...(lastModified !== undefined && { lastModified }),
  };
}

function judge(probe: Probe, file: MetalinkFile, usual: bigint | undefined): { ok: boolean; message: string } {
  if (probe.problem !== undefined) return { ok: false, message: t('This mirror could not be asked: {0}', probe.problem) };
  if (probe.status !== 200 && probe.status !== 206)
    return { ok: false, message: t('This mirror answers with status {0}.', probe.status ?? 0) };
  const wrong = contradiction(probe, file, usual);
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

function contradiction(probe: Probe, file: MetalinkFile, usual: bigint | undefined): string | undefined {
  if (probe.size !== undefined && file.size !== undefined && probe.size !== file.size)
    return t(
      'This mirror has {0} bytes; {1} are declared. A download will not use it.',
      groupedNumber(probe.size),
      groupedNumber(file.size),
    );
  if (probe.size !== undefined && file.size === undefined && usual !== undefined && probe.size !== usual)
    return t('This mirror has {0} bytes, most others {1}.', groupedNumber(probe.size), groupedNumber(usual));
  for (const digest of probe.digests) {
    const declared = file.hashes.find((hash) => hash.type.replace('-', '') === digest.algorithm);
    if (declared && declared.value !== digest.hex)
      return t('This mirror says its {0} is {1}…; {2}… is declared.', declared.type, digest.hex.slice(0, 12), declared.value.slice(0, 12));
  }
  return undefined;
}

function mostCommon(values: readonly bigint[]): bigint | undefined {
  const counts = new Map<bigint, number>();
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
