import { expect, test } from 'vitest';
import { newerTag } from '../../../server/src/operations/newerTag';

const cases: [string, string[], string | undefined][] = [
  ['1.4', ['1.3', '1.4', '1.6', '1.5'], '1.6'],
  ['1.4', ['1.4.1', '1.4-slim', 'latest'], undefined],
  ['1.4-slim', ['1.6', '1.6-slim', '2.0-alpine'], '1.6-slim'],
  ['v2.9', ['v2.10', '2.11'], 'v2.10'],
  ['22.04', ['24.04', '23.10'], '24.04'],
  ['20240101', ['20250101'], undefined], // dates are no versions
  ['latest', ['1.0'], undefined],
  ['1.4', ['1.5-rc1', '2.0rc1'], undefined],
  ['1.4', [], undefined],
];

test.each(cases)('newer than %s among %j', (tag, tags, expected) => {
  expect(
    newerTag(
      tag,
      tags.map((name) => ({ name })),
    ),
  ).toBe(expected);
});
