import { afterEach, expect, test } from 'vitest';
import { groupedNumber, humanAge, humanBytes, humanDuration } from '../../../server/src/text/human';
import { useTranslation } from '../../../server/src/text/l10n';
import { textKey } from '../../../server/src/text/textKey';

afterEach(() => useTranslation(undefined));

test.each([
  [0, '0 bytes'], [1, '1 byte'], [999, '999 bytes'], [1000, '1.0 kB'], [9950, '10 kB'], [412_000_000, '412 MB'], [999_999_999, '1.0 GB'], [1_900_000_000, '1.9 GB'], [2n ** 64n, '18447 PB'],
] as const)('%s bytes', (bytes, text) => expect(humanBytes(bytes)).toBe(text)); // prettier-ignore

const minute = 60_000;
const day = 1440 * minute;
test.each([
  [10_000, 'just now'], [-5, 'just now'], [minute, '1 minute ago'], [3 * minute, '3 minutes ago'], [60 * minute, '1 hour ago'], [30 * 60 * minute, '30 hours ago'],
  [12 * day, '12 days ago'], [60 * day, '2 months ago'], [70 * day, '2 months ago'], [730 * day, '2 years ago'], [800 * day, '2 years ago'],
] as const)('%s ms ago', (age, text) => expect(humanAge(1e12 - age, 1e12)).toBe(text)); // prettier-ignore

test.each([[0.2, '1 s'], [40, '40 s'], [200, '3 min'], [7500, '2 h 05 min']] as const)('%s s', (seconds, text) => expect(humanDuration(seconds)).toBe(text)); // prettier-ignore

test.each([[432_013_312, '432,013,312'], [12, '12'], [2n ** 64n, '18,446,744,073,709,551,616']] as const)('%s grouped', (value, text) => expect(groupedNumber(value)).toBe(text)); // prettier-ignore

test('numbers are written as in the language of the user', () => {
  useTranslation({ [textKey('1,000')]: '1.000', [textKey('0.1')]: '0,1' });
  expect([groupedNumber(432_013_312), humanBytes(1_900_000_000)]).toEqual(['432.013.312', '1,9 GB']);
});
