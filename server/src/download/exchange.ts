import { t } from '../text/l10n';
import { HttpError } from '../platform/ports';
import type { Transport, TransportReply } from '../platform/transport';
import { withoutUserinfo } from '../platform/transportSocket';
import { basicAuthorization } from '../platform/userinfo';
import { judgeReply, strongEtag } from './replyCheck';
import type { Asked, JudgedReply, Validators } from './replyCheck';
import type { HeaderContext } from './request';
import type { SourceFailure } from './sourceState';

/** A source as the exchange sees it. */
export interface ExchangeSource {
  readonly url: string;
  readonly etag?: string;
  readonly headers?: (context: HeaderContext) => Promise<Readonly<Record<string, string>>>;
}

export interface ExchangeWorld {
  readonly transport: Transport;
  readonly userAgent: string;
  refuse(url: string, step: 'source' | 'redirect'): Promise<string | undefined>;
}

/** A reply that may be read, or why there is none. */
export type Exchanged =
  | {
      readonly kind: 'range' | 'whole';
      readonly end: number | undefined;
      readonly total: number | undefined;
      readonly validators: Validators;
      readonly reply: TransportReply;
    }
  | { readonly kind: 'empty' }
  | { readonly kind: 'failure'; readonly failure: SourceFailure };

const mostRedirects = 10;

/**
 * Asks one source for ranges: follows its redirects, each checked anew; keeps its credentials to its own origin (CVE-2021-22923,
 * CVE-2021-22876: no Referer either); asks for identity coding; judges the reply. Where redirects led is remembered while it works.
 */
export class Exchange {
  private readonly start: URL;
  private readonly basic: string | undefined;
  private arrived: string | undefined;
  private own: Readonly<Record<string, string>> | undefined;
  /** What the last good reply said about its version. */
  validators: Validators = {};
  /** How often the version was another one than before. */
  changes = 0;

  constructor(
    private readonly source: ExchangeSource,
    private readonly world: ExchangeWorld,
  ) {
    this.start = new URL(source.url);
    this.basic = basicAuthorization(this.start);
  }

  /** Without userinfo, for logs and journals. */
  get name(): string {
    return withoutUserinfo(this.start);
  }
  get host(): string {
    return this.start.host;
  }

  /** Takes note of a reply's version; true when it is another one than before. */
  sees(validators: Validators): boolean {
    const before = this.validators;
    this.validators = validators;
    const changed =
      before.etag !== undefined && validators.etag !== undefined
        ? before.etag !== validators.etag
        : before.lastModified !== undefined && validators.lastModified !== undefined && before.lastModified !== validators.lastModified;
    if (changed) this.changes++;
    return changed;
  }

  /** Never rejects, but for what is no matter of the source. `whole`: without a range. */
  async ask(asked: Asked, whole: boolean, signal: AbortSignal): Promise<Exchanged> {
    const remembered = this.arrived;
    const first = await this.attempt(remembered ?? this.start.href, asked, whole, signal);
    if (first.kind !== 'failure') return first;
    this.arrived = undefined;
    // Where a redirect led before may have expired (signed URLs): from the start again.
    if (remembered === undefined || first.failure.kind === 'retry' || signal.aborted) return first;
    return await this.attempt(this.start.href, asked, whole, signal);
  }

  private async attempt(url: string, asked: Asked, whole: boolean, signal: AbortSignal): Promise<Exchanged> {
    try {
      return await this.follow(new URL(url), asked, whole, signal);
    } catch (error) {
      if (!(error instanceof HttpError)) throw error;
      return { kind: 'failure', failure: failureOf(error) };
    }
  }

  private async follow(begin: URL, asked: Asked, whole: boolean, signal: AbortSignal): Promise<Exchanged> {
    const seen = new Set<string>();
    let url = begin;
    let refreshed = false;
    for (;;) {
      const refusal = await this.world.refuse(withoutUserinfo(url), url.origin === this.start.origin ? 'source' : 'redirect');
      if (refusal !== undefined) return drop(refusal);
      const reply = await this.world.transport.get({
        url: withoutUserinfo(url),
        headers: await this.headersFor(url, asked, whole),
        signal,
      });
      if (reply.status === 401 && url.origin === this.start.origin && this.source.headers !== undefined && !refreshed) {
        refreshed = true;
        await reply.discard();
        await this.renewHeaders(url, reply.headers['www-authenticate']?.join(', '));
        continue;
      }
      const location = [301, 302, 303, 307, 308].includes(reply.status) ? reply.headers.location?.[0] : undefined;
      if (location === undefined) return await this.judged(url, reply, asked);
      await reply.discard();
      seen.add(url.href);
      const next = redirectTarget(location, url, seen);
      if (typeof next === 'string') return drop(next);
      url = next;
    }
  }

  private async judged(url: URL, reply: TransportReply, asked: Asked): Promise<Exchanged> {
    const judged: JudgedReply = judgeReply(reply.status, reply.headers, reply.length, asked, Date.now());
    if (judged.kind === 'failure' || judged.kind === 'empty') {
      await reply.discard();
      return judged;
    }
    if (url.href !== this.start.href) this.arrived = url.href;
    return {
      kind: judged.kind,
      end: judged.kind === 'range' ? judged.end : judged.total,
      total: judged.total,
      validators: judged.validators,
      reply,
    };
  }

  private async headersFor(url: URL, asked: Asked, whole: boolean): Promise<Record<string, string>> {
    const headers: Record<string, string> = { 'User-Agent': this.world.userAgent, Accept: '*/*', 'Accept-Encoding': 'identity' };
    if (!whole) {
      headers.Range = `bytes=${asked.from}-${asked.to === undefined ? '' : asked.to - 1}`;
      const etag = strongEtag(this.validators);
      if (etag !== undefined && asked.from > 0) headers['If-Range'] = etag;
    }
    if (this.source.etag !== undefined && !this.source.etag.startsWith('W/')) headers['If-Match'] = this.source.etag;
    if (url.origin !== this.start.origin) return headers;
    if (this.basic !== undefined) headers.Authorization = this.basic;
    if (this.source.headers !== undefined) {
      this.own ??= await this.askForHeaders({ url: withoutUserinfo(url), refresh: false });
      Object.assign(headers, this.own);
    }
    return headers;
  }

  private async renewHeaders(url: URL, challenge: string | undefined): Promise<void> {
    this.own = await this.askForHeaders({ url: withoutUserinfo(url), refresh: true, ...(challenge === undefined ? {} : { challenge }) });
  }

  private async askForHeaders(context: HeaderContext): Promise<Readonly<Record<string, string>>> {
    try {
      return (await this.source.headers?.(context)) ?? {};
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new HttpError('forbidden', t('no sign-in for {0}: {1}', this.host, reason), this.host, { cause: error });
    }
  }
}

/** Where a redirect leads, or why it is not followed. */
function redirectTarget(location: string, from: URL, seen: ReadonlySet<string>): URL | string {
  if (!URL.canParse(location, from.href)) return t('it redirects to something that is no URL');
  const target = new URL(withoutUserinfo(new URL(location, from)));
  if (target.protocol !== 'https:' && target.protocol !== 'http:') return t('it redirects to {0}, which is not followed', target.protocol);
  if (from.protocol === 'https:' && target.protocol === 'http:')
    return t('it redirects from https to plain http ({0}), which is not followed', target.host);
  if (seen.has(target.href)) return t('it redirects in a circle');
  if (seen.size > mostRedirects) return t('it redirects more than {0} times', mostRedirects);
  return target;
}

/** How much an error of the network counts against the source. */
export function failureOf(error: HttpError): SourceFailure {
  const final = ['tls', 'redirect', 'forbidden', 'too-large'].includes(error.failure);
  return { kind: final ? 'drop' : 'retry', reason: error.message };
}

function drop(reason: string): Exchanged {
  return { kind: 'failure', failure: { kind: 'drop', reason } };
}
