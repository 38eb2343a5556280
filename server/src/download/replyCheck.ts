import { groupedNumber } from '../text/human';
import { t } from '../text/l10n';
import { registeredHashName } from '../image/digest';
import { instanceDigests } from '../platform/instanceDigest';
import type { HttpHeaders } from '../platform/ports';
import type { SourceFailure } from './sourceState';

/** What was asked of a source and what is known about the file. */
export interface Asked {
  readonly from: number;
  /** Undefined: to the end of a file whose size is not known yet. */
  readonly to: number | undefined;
  /** Bytes of the whole file. */
  readonly size: number | undefined;
  /** Declared sha-256 or sha-512 of the file by IANA name, to compare with what the source says about itself. */
  readonly digests: Readonly<Record<string, string>>;
}

/** What marks this version of the file at its source (RFC 9110 §8.8). */
export interface Validators {
  readonly etag?: string;
  readonly lastModified?: string;
}

export type JudgedReply =
  | { readonly kind: 'range'; readonly end: number; readonly total: number | undefined; readonly validators: Validators }
  | { readonly kind: 'whole'; readonly total: number | undefined; readonly validators: Validators }
  /** The file is empty: there is no range to give. */
  | { readonly kind: 'empty' }
  | { readonly kind: 'failure'; readonly failure: SourceFailure };

/** Whether a reply is what was asked for. Pure; `now` in milliseconds since the epoch for `Retry-After` dates. */
export function judgeReply(status: number, headers: HttpHeaders, length: number | undefined, asked: Asked, now: number): JudgedReply {
  const coding = headers['content-encoding']?.join(',').trim().toLowerCase() ?? '';
  if (status === 206 || status === 200) {
    if (coding !== '' && coding !== 'identity')
      return drop(t('it sends the file compressed ({0}) although that was not asked for', coding));
    const other = contradictingDigest(headers, asked.digests);
    if (other !== undefined) return drop(t('it says that its file has another {0}', other));
    return status === 206 ? judgeRange(headers, length, asked) : judgeWhole(headers, length, asked);
  }
  if (status === 416) {
    const total = /^bytes \*\/(\d{1,16})$/i.exec(headers['content-range']?.[0] ?? '')?.[1];
    if (total === '0' && asked.size === undefined && asked.from === 0) return { kind: 'empty' };
    return total !== undefined && asked.size !== undefined && Number(total) !== asked.size
      ? otherSize(Number(total), asked.size)
      : drop(t('it cannot give the range that was asked for (416)'));
  }
  if (status === 412) return drop(t('it has another version of the file (412)'));
  if (status === 401) return drop(t('it asks for a sign-in (401)'));
  if (status === 403) return drop(t('it refuses access (403)'));
  if (status === 404 || status === 410) return drop(t('it does not have the file ({0})', status));
  if (status === 429 || status === 408 || status === 425 || status >= 500) return retry(headers, status, now);
  return drop(t('it answered {0}', status));
}

/** A strong validator (RFC 9110 §8.8.3): equal tags mean equal bytes. */
export function strongEtag(validators: Validators): string | undefined {
  return validators.etag !== undefined && /^"[^"]*"$/.test(validators.etag) ? validators.etag : undefined;
}

function judgeRange(headers: HttpHeaders, length: number | undefined, asked: Asked): JudgedReply {
  const field = /^bytes (\d{1,16})-(\d{1,16})\/(\d{1,16}|\*)$/i.exec(headers['content-range']?.join(',') ?? '');
  if (field === null) return drop(t('its partial reply does not say which part it is'));
  const [first, last] = [Number(field[1]), Number(field[2])];
  const total = field[3] === '*' ? undefined : Number(field[3]);
  if (asked.size !== undefined && total !== undefined && total !== asked.size) return otherSize(total, asked.size);
  const tooLong = last < first || last >= (asked.to ?? total ?? Infinity);
  if (first !== asked.from || tooLong || (total !== undefined && last >= total))
    return drop(t('it sent bytes {0}–{1} instead of those asked for', groupedNumber(first), groupedNumber(last)));
  if (length !== undefined && length !== last - first + 1) return drop(t('the length of its reply contradicts its range'));
  return { kind: 'range', end: last + 1, total, validators: validatorsOf(headers) };
}

function judgeWhole(headers: HttpHeaders, length: number | undefined, asked: Asked): JudgedReply {
  if (asked.size !== undefined && length !== undefined && length !== asked.size) return otherSize(length, asked.size);
  return { kind: 'whole', total: length, validators: validatorsOf(headers) };
}

function validatorsOf(headers: HttpHeaders): Validators {
  const etag = headers.etag?.[0];
  const lastModified = headers['last-modified']?.[0];
  return { ...(etag === undefined ? {} : { etag }), ...(lastModified === undefined ? {} : { lastModified }) };
}

/** RFC 6249 §7: a mirror whose digest of the whole file differs is not used. Names the kind. */
function contradictingDigest(headers: HttpHeaders, expected: Readonly<Record<string, string>>): string | undefined {
  for (const { algorithm, hex } of instanceDigests(headers)) {
    const name = registeredHashName(algorithm);
    if ((expected[name] ?? hex) !== hex) return name;
  }
  return undefined;
}

function retry(headers: HttpHeaders, status: number, now: number): JudgedReply {
  const field = headers['retry-after']?.[0] ?? '';
  const time = /^\d{1,6}$/.test(field) ? Number(field) * 1000 : Date.parse(field) - now;
  const reason = status === 429 ? t('it asks to slow down (429)') : t('it answered {0}', status);
  return { kind: 'failure', failure: { kind: 'retry', reason, ...(time > 0 ? { retryAfter: time } : {}) } };
}

function otherSize(found: number, expected: number): JudgedReply {
  return drop(t('its file has {0} bytes instead of {1}', groupedNumber(found), groupedNumber(expected)));
}

function drop(reason: string): JudgedReply {
  return { kind: 'failure', failure: { kind: 'drop', reason } };
}
