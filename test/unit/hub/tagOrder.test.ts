import fc from 'fast-check';
import { expect, test } from 'vitest';
import { orderTags } from '../../../server/src/hub/tagOrder';

const order = (...names: string[]): string[] => orderTags(names.map((name) => ({ name }))).map(({ name }) => name);

test.each([
  [['1.9', '1.10', 'latest', '1.2']],
  [['2.0-rc.1', '2.0', '1.9']],
  [['2.0-rc.1', '2.0-rc.2', '2.0-rc.10', '2.0-beta', '2.0-alpha1', '2.0-dev']],
  [['v1.4', '1.4-slim', '1.4', '1.4.1', '1.5']],
  [['stable', '22.04', '18.04', 'edge', 'latest', 'sha256-abc.sig']],
  [['3.5.0--py_0', '3.5.0--py_1', '3.6.0--pyh_0']],
  [['20240101', '20231231']],
  [['99999999999999999999', '1']],
])('%j', (names) => {
  const expected: Record<string, string[]> = {
    '1.9': ['latest', '1.10', '1.9', '1.2'],
    '2.0-rc.1':
      names.length === 3 ? ['2.0', '2.0-rc.1', '1.9'] : ['2.0-rc.10', '2.0-rc.2', '2.0-rc.1', '2.0-beta', '2.0-alpha1', '2.0-dev'],
    'v1.4': ['1.5', '1.4.1', '1.4', 'v1.4', '1.4-slim'],
    stable: ['latest', '22.04', '18.04', 'edge', 'stable', 'sha256-abc.sig'],
    '3.5.0--py_0': ['3.6.0--pyh_0', '3.5.0--py_0', '3.5.0--py_1'],
    '20240101': ['20240101', '20231231'],
    '99999999999999999999': ['99999999999999999999', '1'],
  };
  expect(order(...names)).toEqual(expected[names[0] ?? '']);
});

test('names that are no versions go by when they were pushed', () => {
  const tags = [
    { name: 'old', updated: '2020-01-01T00:00:00Z' },
    { name: 'unknown' },
    { name: 'new', updated: '2025-01-01T00:00:00Z' },
    { name: 'odd', updated: 'yesterday' },
  ];
  expect(orderTags(tags).map(({ name }) => name)).toEqual(['new', 'old', 'odd', 'unknown']);
});

test('nothing is lost, and the order does not depend on the order before', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.stringMatching(/^[0-9v][0-9a-z._-]{0,8}$/), { maxLength: 30 }), (names) => {
      const ordered = order(...names);
      expect([...ordered].sort()).toEqual([...names].sort());
      expect(order(...names.toReversed())).toEqual(ordered);
    }),
  );
});
