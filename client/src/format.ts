import * as vscode from 'vscode';

const units = ['kB', 'MB', 'GB', 'TB', 'PB'];

/** An amount for people, in powers of 1000: `432 MB`, `1.9 GB`. */
export function formatBytes(bytes: number): string {
  if (bytes < 1000) return vscode.l10n.t('{0} bytes', bytes);
  let value = bytes;
  let unit = '';
  for (const next of units) {
    if (value < 999.5) break;
    value /= 1000;
    unit = next;
  }
  const digits = value < 9.95 ? 1 : 0;
  return `${value.toLocaleString(vscode.env.language, { minimumFractionDigits: digits, maximumFractionDigits: digits })} ${unit}`;
}

/** An amount to the byte: `432,013,312 bytes`. */
export function formatExactBytes(bytes: number): string {
  return vscode.l10n.t('{0} bytes', bytes.toLocaleString(vscode.env.language));
}

const day = 86_400_000;
const spans: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ['year', 365 * day],
  ['month', 30 * day],
  ['week', 7 * day],
  ['day', day],
  ['hour', day / 24],
  ['minute', 60_000],
];

/** How long ago for people: `2 months ago`, `yesterday`, `now`. `then` and `now` in milliseconds since the epoch. */
export function formatAge(then: number, now: number = Date.now()): string {
  const age = now - then;
  const [unit, length] = spans.find(([, span]) => age >= span) ?? ['second', 1000];
  const format = new Intl.RelativeTimeFormat(vscode.env.language, { numeric: 'auto' });
  return format.format(unit === 'second' ? 0 : -Math.floor(age / length), unit);
}

/** A point in time for people; `time` in RFC 3339. What is no time is given back as it is. */
export function formatTime(time: string): string {
  const date = new Date(time);
  return Number.isNaN(date.getTime()) ? time : date.toLocaleString(vscode.env.language, { dateStyle: 'medium', timeStyle: 'short' });
}
