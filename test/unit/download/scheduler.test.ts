import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { RangeSet } from '../../../server/src/download/rangeSet';
import { Scheduler } from '../../../server/src/download/scheduler';
import type { Command } from '../../../server/src/download/assignment';
import type { SchedulerOptions } from '../../../server/src/download/ledger';

const mebibyte = 1024 * 1024;

function schedulerOf(bands: readonly number[], more: Partial<SchedulerOptions> = {}): Scheduler {
  return new Scheduler({
    size: 100 * mebibyte,
    sources: bands.map((band, id) => ({ id, server: `server-${id}`, band })),
    connections: 4,
    grain: mebibyte,
    pause: 100,
    longestPause: 10_000,
    ...more,
  });
}

const fetches = (commands: readonly Command[]): string[] =>
  commands.map((command) =>
    command.kind === 'fetch' ? `${command.source}:${command.from / mebibyte}-${command.to / mebibyte}` : `stop ${command.source}`,
  );

describe('what is fetched from where', () => {
  test('a single source gets everything in one request', () => {
    expect(fetches(schedulerOf([1]).plan(0))).toEqual(['0:0-100']);
  });
  test('sources of one priority begin together, with small ranges while their speed is unknown', () => {
    expect(fetches(schedulerOf([1, 1]).plan(0))).toEqual(['0:0-4', '1:4-8']);
  });
  test('a worse priority is let in for a piece that the only better source gave wrong', () => {
    const scheduler = schedulerOf([1, 2], { pieceLength: mebibyte });
    scheduler.plan(0);
    scheduler.received(0, 100 * mebibyte, 1000);
    scheduler.badPiece(4, [0], 'wrong');
    scheduler.finished(0, 1000);
    expect(fetches(scheduler.plan(1000))).toEqual(['1:4-5']);
  });
  test('a source of a worse priority waits', () => {
    expect(fetches(schedulerOf([2, 1]).plan(0))).toEqual(['1:0-100']);
  });
  test('it joins when the better one leaves much to do, and stays when the sum rises', () => {
    const scheduler = schedulerOf([1, 2]);
    scheduler.plan(0);
    expect(feed(scheduler, { 0: mebibyte }, 0, 1000)).toEqual(['1:5-9']);
    feed(scheduler, { 0: mebibyte, 1: mebibyte }, 1000, 3000);
    expect(scheduler.states.get(1)?.admitted).toBe(true);
  });
  test('it is sent away when the sum does not rise: the line is full', () => {
    const scheduler = schedulerOf([1, 2, 3], { size: 400 * mebibyte });
    scheduler.plan(0);
    feed(scheduler, { 0: 4 * mebibyte }, 0, 1000);
    feed(scheduler, { 0: 3.5 * mebibyte, 1: mebibyte / 2 }, 1000, 4000);
    expect([1, 2].map((id) => scheduler.states.get(id)?.admitted)).toEqual([false, false]);
  });
  test('two sources on one server are one connection', () => {
    const sources = [0, 1].map((id) => ({ id, server: 'same', band: 1 }));
    expect(schedulerOf([], { sources }).plan(0)).toHaveLength(1);
  });
  test('never more connections than allowed', () => {
    expect(schedulerOf([1, 1, 1, 1, 1], { connections: 2 }).plan(0)).toHaveLength(2);
  });
  test('without hashes one source at a time', () => {
    expect(fetches(schedulerOf([1, 1], { exclusive: true }).plan(0))).toEqual(['0:0-100']);
  });
  test('ranges end where pieces end', () => {
    expect(fetches(schedulerOf([1, 1], { pieceLength: 3 * mebibyte }).plan(0))).toEqual(['0:0-6', '1:6-12']);
  });
  test('what is there is not fetched', () => {
    expect(fetches(schedulerOf([1], { done: [{ from: 0, to: 60 * mebibyte }] }).plan(0))).toEqual(['0:60-100']);
  });
});

describe('when something goes wrong', () => {
  test('a failed range goes to another source, and the first one rests', () => {
    const scheduler = schedulerOf([1, 1], { size: 8 * mebibyte });
    scheduler.plan(0);
    scheduler.failed(0, { kind: 'retry', reason: 'x' }, 10);
    expect(scheduler.plan(11)).toEqual([]);
    feed(scheduler, { 1: 2 * mebibyte }, 0, 900);
    expect(scheduler.position(1)).toBeGreaterThan(0);
    expect(scheduler.states.get(0)?.restsUntil).toBe(110);
  });
  test('Retry-After is kept, up to a limit', () => {
    const scheduler = schedulerOf([1]);
    scheduler.plan(0);
    scheduler.failed(0, { kind: 'retry', reason: '429', retryAfter: 5000 }, 0);
    expect(scheduler.plan(4999)).toEqual([]);
    expect(scheduler.plan(5000)).toHaveLength(1);
    scheduler.failed(0, { kind: 'retry', reason: '429', retryAfter: 5_000_000 }, 5000);
    expect(scheduler.plan(15_000)).toHaveLength(1);
  });
  test('five failures in a row are the end of a source', () => {
    const scheduler = schedulerOf([1]);
    for (let time = 0; time < 100_000; time += 10_000) {
      if (scheduler.plan(time).length > 0) scheduler.failed(0, { kind: 'retry', reason: 'x' }, time);
    }
    expect(scheduler.states.get(0)).toMatchObject({ requests: 5, dropped: 'x' });
    expect(scheduler.exhausted).toBe(true);
  });
  test('a wrong piece is not asked from its giver while another is there', () => {
    const scheduler = schedulerOf([1, 1], { size: 2 * mebibyte, pieceLength: mebibyte });
    scheduler.plan(0);
    feed(scheduler, { 0: 10 * mebibyte, 1: 10 * mebibyte }, 0, 500);
    scheduler.badPiece(0, [0], 'wrong');
    expect(fetches(scheduler.plan(600))).toEqual(['1:0-1']);
  });
  test('a piece that everybody has wrong is given up in the end', () => {
    const scheduler = schedulerOf([1, 1], { size: mebibyte, pieceLength: mebibyte });
    for (let time = 0; time < 10_000 && !scheduler.exhausted; time += 100) {
      for (const command of scheduler.plan(time)) {
        if (command.kind !== 'fetch') continue;
        scheduler.received(command.source, mebibyte, time);
        scheduler.finished(command.source, time);
        scheduler.goodPiece([0, 1]);
        scheduler.badPiece(0, [command.source], 'wrong');
      }
    }
    expect(scheduler.exhausted).toBe(true);
    expect([...scheduler.states.values()].reduce((sum, state) => sum + state.requests, 0)).toBeLessThan(10);
  });
  test('two sources with many wrong pieces still make the whole file, when no piece is wrong in both', () => {
    const size = 20 * mebibyte;
    const isWrong = [(piece: number) => piece < 8, (piece: number) => piece >= 8];
    const scheduler = schedulerOf([1, 1], { size, pieceLength: mebibyte });
    const right = simulate(scheduler, (source, piece) => isWrong[source]?.(piece) !== true);
    expect([...scheduler.states.values()].map((state) => state.distrusted)).toEqual(['wrong', 'wrong']);
    expect(right.covers(0, size)).toBe(true);
  });
  test('a source that is wrong too often is asked only for what the trusted one has wrong', () => {
    const size = 40 * mebibyte;
    const scheduler = schedulerOf([1, 1], { size, pieceLength: mebibyte });
    const asked: number[] = [];
    const right = simulate(scheduler, (source, piece) => {
      if (scheduler.states.get(1)?.distrusted !== undefined && source === 1) asked.push(piece);
      return source === 0 ? piece !== 30 : piece === 30;
    });
    expect(right.covers(0, size)).toBe(true);
    expect(asked.slice(-1)).toEqual([30]);
    expect(scheduler.states.get(1)?.bad).toBeLessThan(9);
  });
  test('sources that have every piece wrong are given up after a few', () => {
    const scheduler = schedulerOf([1, 1, 1], { size: 100 * mebibyte, pieceLength: mebibyte });
    expect(simulate(scheduler, () => false).bytes).toBe(0);
    expect(scheduler.exhausted).toBe(true);
    expect([...scheduler.states.values()].reduce((sum, state) => sum + state.bad, 0)).toBeLessThan(40);
  });
  test('a piece that the source with ranges has wrong comes from one without', () => {
    const size = 10 * mebibyte;
    const scheduler = schedulerOf([1, 1], { size, pieceLength: mebibyte });
    scheduler.withoutRanges(1);
    expect(simulate(scheduler, (source, piece) => source === 1 || piece !== 3).covers(0, size)).toBe(true);
  });
  test('a crawling source does not hold up the end', () => {
    const scheduler = schedulerOf([1, 1], { size: 8 * mebibyte, pieceLength: 4 * mebibyte });
    scheduler.plan(0);
    const log = feed(scheduler, { 0: 100, 1: 4 * mebibyte }, 0, 6000);
    expect(scheduler.complete).toBe(true);
    expect(log).toContain('stop 0');
  });
  test('a source without ranges is used only when no other is left', () => {
    const scheduler = schedulerOf([1, 1]);
    scheduler.plan(0);
    scheduler.withoutRanges(1);
    expect(fetches(scheduler.plan(1))).toEqual([]);
    scheduler.drop(0, 'gone');
    expect(scheduler.plan(2)).toMatchObject([{ source: 1, whole: true, from: 0 }]);
  });
});

describe('every byte exactly once, whatever happens', () => {
  const event = fc.record({ source: fc.nat(3), bytes: fc.integer({ min: 0, max: 4000 }), what: fc.nat(11), wait: fc.nat(400) });
  test('simulated sources of any speed, with failures', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(2), { minLength: 1, maxLength: 4 }),
        fc.option(fc.integer({ min: 50, max: 900 }), { nil: undefined }),
        fc.array(event, { maxLength: 300 }),
        (bands, pieceLength, events) => {
          const size = 10_000;
          const scheduler = schedulerOf(bands, { size, grain: 64, ...(pieceLength === undefined ? {} : { pieceLength }) });
          const got = new RangeSet();
          let now = 0;
          const deliver = (source: number, bytes: number): void => {
            const from = scheduler.position(source);
            // As the reader does: up to the next multiple of the grain, and no further than the limit.
            const to = Math.min(from + bytes, scheduler.limit(source));
            if (to <= from) return;
            expect([from, scheduler.limit(source)].every(Number.isSafeInteger)).toBe(true);
            expect(got.gaps(size).covers(from, to)).toBe(true);
            got.add(from, to);
            scheduler.received(source, to - from, now);
            if (to === scheduler.limit(source)) scheduler.finished(source, now);
          };
          for (const { source, bytes, what, wait } of events) {
            now += wait;
            scheduler.plan(now);
            if (what === 0) scheduler.failed(source, { kind: 'retry', reason: 'x' }, now);
            else if (what === 1) scheduler.giveBack(source);
            else deliver(source, bytes);
          }
          for (let round = 0; round < 2000 && !scheduler.complete && !scheduler.exhausted; round++) {
            now += 100;
            scheduler.plan(now);
            for (const source of scheduler.states.keys()) deliver(source, 700);
          }
          expect(scheduler.exhausted || got.covers(0, size)).toBe(true);
        },
      ),
      { numRuns: 200 },
    );
  });
});

/** Carries out what the scheduler plans, a piece at a time, and checks each piece; tells what is right at the end. */
function simulate(scheduler: Scheduler, isRight: (source: number, piece: number) => boolean): RangeSet {
  const right = new RangeSet();
  for (let now = 0; now < 100_000 && !scheduler.exhausted && !scheduler.complete; now += 50) {
    scheduler.plan(now);
    for (const source of scheduler.states.keys()) {
      const from = scheduler.position(source);
      const to = Math.min(from + mebibyte, scheduler.limit(source));
      if (to <= from) continue;
      scheduler.received(source, to - from, now);
      if (to === scheduler.limit(source)) scheduler.finished(source, now);
      const piece = from / mebibyte;
      if (isRight(source, piece)) {
        right.add(from, to);
        scheduler.goodPiece([source]);
      } else scheduler.badPiece(piece, [source], 'wrong');
    }
  }
  return right;
}

/** Lets sources deliver at steady rates (bytes a second) from one time to another; tells what was started and stopped on the way. */
function feed(scheduler: Scheduler, rates: Readonly<Record<number, number>>, from: number, to: number): string[] {
  const log: string[] = [];
  for (let now = from + 50; now <= to; now += 50) {
    for (const [id, rate] of Object.entries(rates)) {
      const source = Number(id);
      const bytes = Math.min(rate / 20, scheduler.limit(source) - scheduler.position(source));
      if (bytes <= 0) continue;
      scheduler.received(source, bytes, now);
      if (scheduler.position(source) >= scheduler.limit(source)) scheduler.finished(source, now);
    }
    if (now < to) log.push(...fetches(scheduler.plan(now)));
  }
  return log;
}
