// RFC 3339 date-time as RFC 5854, section 3.2 narrows it, and the RFC 822 dates of Metalink 3.

/** What is wrong with a date. `at` and `length` point into the value. */
export interface DateFault {
  readonly kind: 'format' | 'range' | 'lower-t' | 'lower-z' | 'zone';
  readonly at: number;
  readonly length: number;
}

const shape = /^(\d{4})-(\d{2})-(\d{2})(?:([Tt ])(\d{2}):(\d{2}):(\d{2})(\.\d+)?(Z|z|[+-]\d{2}:\d{2}|[+-]\d{4}|[+-]\d{2}|))?$/;

/** The first fault of a date; undefined when it is a date-time with an upper-case `T` and a zone. A leap second is fine. */
export function dateFault(value: string): DateFault | undefined {
  const whole = { at: 0, length: value.length };
  const match = shape.exec(value);
  if (match === null) return { kind: 'format', ...whole };
  const [, year = '', month = '', day = '', separator, hour = '', minute = '', second = '', , zone = ''] = match;
  if (separator === undefined || separator === ' ') return { kind: 'format', ...whole };
  if (!isCalendarDay(Number(year), Number(month), Number(day)) || Number(hour) > 23 || Number(minute) > 59 || Number(second) > 60) {
    return { kind: 'range', ...whole };
  }
  if (separator === 't') return { kind: 'lower-t', at: 10, length: 1 };
  if (zone === 'z') return { kind: 'lower-z', at: value.length - 1, length: 1 };
  if (zone === 'Z') return undefined;
  const offset = /^[+-](\d{2}):(\d{2})$/.exec(zone);
  if (offset === null) return { kind: 'zone', at: value.length - Math.max(zone.length, 1), length: Math.max(zone.length, 1) };
  return Number(offset[1]) > 23 || Number(offset[2]) > 59 ? { kind: 'range', ...whole } : undefined;
}

/** Milliseconds since the epoch of a faultless date-time; a leap second counts as the second before. Undefined for anything else. */
export function dateMilliseconds(value: string): number | undefined {
  if (dateFault(value) !== undefined) return undefined;
  const milliseconds = Date.parse(value.replace(/:60(?=[.Z+-])/, ':59'));
  return Number.isNaN(milliseconds) ? undefined : milliseconds;
}

/** The date-time that was most likely meant: RFC 3339 with small faults, a date alone, or RFC 822. Undefined when there is none. */
export function repairDate(value: string): string | undefined {
  const text = value.trim();
  // What a date is looked for in is short: see `suggestAgent`.
  if (text.length > 100) return undefined;
  const match = shape.exec(text);
  const repaired = match === null ? fromRfc822(text) : normalise(match);
  return repaired !== undefined && dateFault(repaired) === undefined ? repaired : undefined;
}

function normalise(match: RegExpExecArray): string {
  const [, year = '', month = '', day = '', separator, hour = '', minute = '', second = '', fraction = '', zone = ''] = match;
  if (separator === undefined) return `${year}-${month}-${day}T00:00:00Z`;
  const digits = /^([+-])(\d{2}):?(\d{2})?$/.exec(zone);
  const offset = digits === null ? 'Z' : `${digits[1] ?? '+'}${digits[2] ?? '00'}:${digits[3] ?? '00'}`;
  return `${year}-${month}-${day}T${hour}:${minute}:${second}${fraction}${offset}`;
}

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

/** Zone names of RFC 822, section 5.1, as offsets. */
const zones: Readonly<Record<string, string>> = {
  UT: 'Z', GMT: 'Z', UTC: 'Z', Z: 'Z', EST: '-05:00', EDT: '-04:00', CST: '-06:00', CDT: '-05:00', MST: '-07:00', MDT: '-06:00', PST: '-08:00', PDT: '-07:00',
}; // prettier-ignore

const rfc822 =
  /^(?:[A-Za-z]{3,9},?\s+)?(\d{1,2})\s+([A-Za-z]{3})[a-z]*\s+(\d{2}|\d{4})\s+(\d{1,2}):(\d{2})(?::(\d{2}))?\s*([A-Za-z]{1,3}|[+-]\d{4})?$/;

/** RFC 822 and RFC 2822: two-digit years, zone names, missing seconds (Metalink 3: `pubdate`, `refreshdate`). */
function fromRfc822(text: string): string | undefined {
  const match = rfc822.exec(text);
  if (match === null) return undefined;
  const [, day = '', monthName = '', yearText = '', hour = '', minute = '', second = '00', zone = 'GMT'] = match;
  const month = months.indexOf(monthName.toLowerCase()) + 1;
  const year = yearText.length === 4 ? yearText : String(Number(yearText) + (Number(yearText) < 70 ? 2000 : 1900));
  const offset = /^[+-]\d{4}$/.test(zone) ? `${zone.slice(0, 3)}:${zone.slice(3)}` : zones[zone.toUpperCase()];
  if (month === 0 || offset === undefined) return undefined;
  const two = (part: string | number): string => String(part).padStart(2, '0');
  return `${year}-${two(month)}-${two(day)}T${two(hour)}:${minute}:${second}${offset === '+00:00' ? 'Z' : offset}`;
}

function isCalendarDay(year: number, month: number, day: number): boolean {
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const days = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1];
  return days !== undefined && day >= 1 && day <= days;
}
