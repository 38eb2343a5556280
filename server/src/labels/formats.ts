import { t } from '../text/l10n';
import { isLicenceExpression, suggestLicence } from './licence';

/** A typed label value: the `format` of a label in a JSON Schema. */
export interface Format {
  test(value: string): boolean;
  /** What the value should be, as the end of "… is not": `a URL such as https://example.org`. */
  describe(): string;
  /** A value that the author probably meant. */
  suggest?(value: string): string | undefined;
}

/** Typed values that label schemas, ours and the user's, can name as `format`. */
export const formats: Readonly<Record<string, Format>> = {
  uri: {
    test: isUrl,
    describe: () => t('a URL such as `https://example.org/tool`'),
    suggest: (value) => (/^(?:www\.)?[a-z0-9-]+(?:\.[a-z0-9-]+)+(?:\/\S*)?$/i.test(value) ? `https://${value}` : undefined),
  },
  'repository-url': {
    test: (value) => isUrl(value) || /^[\w.-]+@[\w.-]+:\S+$/.test(value),
    describe: () => t('the URL of a repository such as `https://github.com/org/tool`'),
    suggest: (value) => (/^(?:github|gitlab)\.com\/\S+$/i.test(value) ? `https://${value}` : undefined),
  },
  'date-time': {
    test: isDateTime,
    describe: () => t('a date and time as in RFC 3339, such as `2026-01-31T12:00:00Z`'),
    suggest: suggestDateTime,
  },
  date: { test: isDate, describe: () => t('a date such as `2026-01-31`') },
  'spdx-expression': {
    test: isLicenceExpression,
    describe: () => t('an SPDX licence expression such as `Apache-2.0` or `MIT OR GPL-2.0-or-later`'),
    suggest: suggestLicence,
  },
  'biocontainers-license': {
    test: (value) => /^custom license$/i.test(value) || isLicenceExpression(value.replace(/^SPDX:\s*/i, '')),
    describe: () => t('an SPDX licence expression such as `SPDX:Apache-2.0`, or `Custom License`'),
    suggest: (value) => {
      const licence = suggestLicence(value);
      return licence === undefined ? undefined : `SPDX:${licence}`;
    },
  },
  semver: {
    test: (value) => semanticVersion.test(value),
    describe: () => t('a semantic version such as `1.4.2`'),
    suggest: (value) => (semanticVersion.test(value.slice(1)) && /^v/i.test(value) ? value.slice(1) : undefined),
  },
  email: {
    test: (value) => /^[^\s@<>"(),:;]+@(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?\.)+[A-Za-z]{2,63}$/.test(value),
    describe: () => t('an e-mail address such as `jane@example.org`'),
    suggest: (value) => /<([^\s@<>]+@[^\s@<>]+\.[^\s@<>]+)>/.exec(value)?.[1],
  },
  'git-hash': {
    test: (value) => /^(?:[0-9a-f]{7,40}|[0-9a-f]{64})$/i.test(value),
    describe: () => t('a Git commit: 7 to 40 hexadecimal digits'),
  },
  digest: {
    test: (value) => /^(?:sha256:[0-9a-f]{64}|sha384:[0-9a-f]{96}|sha512:[0-9a-f]{128})$/.test(value),
    describe: () => t('a digest such as `sha256:` and 64 hexadecimal digits'),
  },
};

function isUrl(value: string): boolean {
  return /^[A-Za-z][A-Za-z0-9+.-]*:\S+$/.test(value) && !/\s/.test(value) && URL.canParse(value) && !/^[a-z][a-z0-9+.-]*:\/*$/i.test(value);
}

/** RFC 3339, section 5.6 `date-time`, with the days of each month checked; a leap second may end a day. */
function isDateTime(value: string): boolean {
  const match = /^(\d{4}-\d\d-\d\d)[Tt ](\d\d):(\d\d):(\d\d)(?:\.\d+)?(?:[Zz]|[+-](\d\d):(\d\d))$/.exec(value);
  if (!match) return false;
  const [, date = '', hour, minute, second, zoneHour = '0', zoneMinute = '0'] = match;
  return (
    isDate(date) && Number(hour) <= 23 && Number(minute) <= 59 && Number(second) <= 60 && Number(zoneHour) <= 23 && Number(zoneMinute) <= 59
  );
}

function isDate(value: string): boolean {
  const match = /^(\d{4})-(\d\d)-(\d\d)$/.exec(value);
  if (!match) return false;
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])];
  const date = new Date(Date.UTC(2000, 0, 1));
  date.setUTCFullYear(year, month - 1, day);
  return month >= 1 && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
}

/** `2026-01-31` and `2026-01-31 12:00` become a full date and time in UTC; other forms are guesses that we do not make. */
function suggestDateTime(value: string): string | undefined {
  const match = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d)(:\d\d)?)?$/.exec(value);
  if (!match) return undefined;
  const [, date = '', time = '00:00', seconds = ':00'] = match;
  const full = `${date}T${time}${seconds}Z`;
  return isDateTime(full) ? full : undefined;
}

/** The grammar of semver.org, version 2.0.0. */
const semanticVersion =
  /^(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)(?:-(?:0|[1-9]\d*|\d*[A-Za-z-][\dA-Za-z-]*)(?:\.(?:0|[1-9]\d*|\d*[A-Za-z-][\dA-Za-z-]*))*)?(?:\+[\dA-Za-z-]+(?:\.[\dA-Za-z-]+)*)?$/;
