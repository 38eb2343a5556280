import { t } from './l10n';

/** How the user's language writes numbers: the character between thousands, and the one before tenths. */
function separators(): { readonly thousands: string; readonly decimal: string } {
  return { thousands: t('1,000').charAt(1), decimal: t('0.1').charAt(1) };
}

/** Bytes for people, 1000-based as hubs and shops count: `412 MB`, `1.9 GB`, `640 bytes`. */
export function humanBytes(bytes: number | bigint): string {
  let value = Number(bytes);
  if (value < 1000) return value === 1 ? t('1 byte') : t('{0} bytes', value);
  const units = ['kB', 'MB', 'GB', 'TB', 'PB'];
  let unit = -1;
  do {
    value /= 1000;
    unit++;
  } while (value >= 999.5 && unit < units.length - 1);
  return `${value < 9.95 ? value.toFixed(1).replace('.', separators().decimal) : value.toFixed(0)} ${units[unit] ?? ''}`;
}

/** A number with thousands separated: `432,013,312`. */
export function groupedNumber(value: number | bigint): string {
  return value.toString().replace(/\B(?=(\d{3})+(?!\d))/g, separators().thousands);
}

/** How long ago, for people: `just now`, `3 minutes ago`, `12 days ago`. Both in milliseconds since the epoch. */
export function humanAge(then: number, now: number): string {
  const minutes = Math.max(0, now - then) / 60_000;
  const days = minutes / 1440;
  if (minutes < 1) return t('just now');
  if (minutes < 2) return t('1 minute ago');
  if (minutes < 60) return t('{0} minutes ago', Math.floor(minutes));
  if (minutes < 120) return t('1 hour ago');
  if (days < 2) return t('{0} hours ago', Math.floor(minutes / 60));
  if (days < 60) return t('{0} days ago', Math.floor(days));
  if (days < 730) return t('{0} months ago', Math.round(days / 30.44));
  return t('{0} years ago', Math.round(days / 365.25));
}

/** Seconds for people: `40 s`, `3 min`, `2 h 05 min`. */
export function humanDuration(seconds: number): string {
  if (seconds < 60) return t('{0} s', Math.max(1, Math.round(seconds)));
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return t('{0} min', minutes);
  return t('{0} h {1} min', Math.floor(minutes / 60), String(minutes % 60).padStart(2, '0'));
}

/** A name with the digests in it shortened: `sha256:9a1b2c3d4e5f…`; a digest tells people nothing beyond its beginning. */
export function shortDigests(name: string): string {
  return name.replace(/([0-9a-f]{12})[0-9a-f]{20,}/g, '$1…');
}
