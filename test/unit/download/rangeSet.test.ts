import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Contributions } from '../../../server/src/download/contributions';
import { RangeSet } from '../../../server/src/download/rangeSet';

const size = 60;
const step = fc.record({ add: fc.boolean(), from: fc.nat(size), length: fc.nat(20), source: fc.nat(2) });

describe('RangeSet', () => {
  test('is a set of offsets, whatever is added and removed', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        const ranges = new RangeSet();
        const model = new Set<number>();
        for (const { add, from, length } of steps) {
          if (add) ranges.add(from, from + length);
          else ranges.remove(from, from + length);
          for (let at = from; at < from + length; at++) if (add) model.add(at);
            else model.delete(at); // prettier-ignore
        }
        const offsets = ranges.list.flatMap(({ from, to }) => Array.from({ length: to - from }, (_, index) => from + index));
        expect(offsets).toEqual([...model].sort((a, b) => a - b));
        expect(ranges.bytes).toBe(model.size);
        ranges.list.forEach((range, index) => expect(range.from).toBeGreaterThan(ranges.list[index - 1]?.to ?? -1));
        for (let at = 0; at < 90; at += 7) {
          expect(ranges.at(at) !== undefined).toBe(model.has(at));
          expect(ranges.next(at)?.from).toBe([...model].sort((a, b) => a - b).find((offset) => offset >= at));
        }
        expect(ranges.gaps(100).bytes).toBe(100 - model.size);
      }),
    );
  });
});

describe('Contributions', () => {
  test('know the last giver of every byte', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        const contributions = new Contributions();
        const model = new Map<number, number>();
        for (const { add, from, length, source } of steps) {
          if (add) contributions.add(from, from + length, source);
          else contributions.remove(from, from + length);
          for (let at = from; at < from + length; at++) if (add) model.set(at, source);
            else model.delete(at); // prettier-ignore
        }
        const found = contributions.list.flatMap(({ from, to, source }) =>
          Array.from({ length: to - from }, (_, index) => [from + index, source]),
        );
        expect(found).toEqual([...model].sort(([a], [b]) => a - b));
        expect(contributions.sourcesOf(10, 30)).toEqual(
          new Set([...model].filter(([at]) => at >= 10 && at < 30).map(([, source]) => source)),
        );
      }),
    );
  });
});
