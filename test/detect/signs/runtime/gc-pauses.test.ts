import { describe, expect, test } from 'vitest';
import { pauseInLine, pauseOfEvent, pauseOfSpan, pausesOfEvents } from '#detect/signs/runtime/gc-pauses.ts';

describe('a line of a log tells of a pause', () => {
  test.each([
    ['[12.3s][info][gc] GC(7) Pause Full (G1 Compaction Pause) 1980M->1610M(2048M) 1312.412ms', 1312.412],
    ['[0.5s][info][gc] GC(3) Pause Young (Normal) (G1 Evacuation Pause) 24M->4M(256M) 3.105ms', 3.105],
    ['GC(12) Pause Young (Concurrent Start) (G1 Humongous Allocation) 1200M->800M(2048M) 812.3ms', 812.3],
    ['[32.121s][info][gc,phases] GC(2) y: Pause Mark Start 1.5ms', 1.5],
    ['[32.179s][info][gc,phases] GC(2) Pause Relocate Start 2.5ms', 2.5],
    ['GC(3) Pause Initial Mark 14.1ms', 14.1],
    ['GC(9) Pause Final Mark (process weakrefs) 612.5ms', 612.5],
    ['GC(9) Pause Degenerated GC (Mark) 1312.4ms', 1312.4],
    [
      '[1.361s][info][safepoint] Safepoint "G1CollectForAllocation", Time since last: 295590960 ns, Reaching safepoint: 238882 ns, At safepoint: 23888872 ns, Total: 24127754 ns',
      24.128,
    ],
    ['[49:0x5] 9123 ms: Mark-Compact 980.1 (2048.0) -> 610.2 (2050.0) MB, pooled: 0 MB, 812.4 / 0.0 ms', 812.4],
    ['2026-01-06: [Full GC (Ergonomics) [PSYoungGen: 1K->0K(2K)] 1980K->1610K(2048K), 1.3124 secs]', 1312.4],
    ['Total time for which application threads were stopped: 1.3124000 seconds, Stopping took 0.0001 seconds', 1312.4],
    ['Detected pause in JVM or host machine (eg GC): pause of approximately 1312ms', 1312],
    [
      '[1:0x5] 9123 ms: Mark-sweep (reduce) 1980.1 (2048.0) -> 1610.2 (2050.0) MB, 1312.4 / 0.0 ms (average mu = 0.1)',
      1312.4,
    ],
    ['gc 18 @12.3s 5%: 0.018+1312+0.004 ms clock, 0.07+1/2/3+0.01 ms cpu, 4->4->2 MB', 0.022],
    ['gc: done, 12 unreachable, 0 uncollectable, 1.3124s elapsed', 1312.4],
    ['GC pause: 1312 ms', 1312],
    ['Gen2 GC took 1312ms', 1312],
    ['stop-the-world pause of 1.3 s', 1300],
    ['application paused for 1.3 s by garbage collection', 1300],
  ])('%s', (line, ms) => {
    expect(pauseInLine(line)?.us).toBe(Math.round(ms * 1000));
  });

  test.each([
    '[12.3s][info][gc] GC(7) Concurrent Mark Cycle 1312.412ms',
    '[12.3s][info][gc] GC(7) Concurrent Mark From Roots 1312.412ms',
    'GC(3) Concurrent reset 1312.4ms',
    'Safepoint "Cleanup", Time since last: 2000163220 ns, Reaching safepoint: 2541547347 ns, At safepoint: 359683 ns, Total: 2541907030 ns',
    'GET /gc 200 1312ms',
    'gc finished',
    'order 17 paused for 1312 ms',
    'heap after GC 1312 MB',
  ])('but not %s', (line) => {
    expect(pauseInLine(line)).toBeUndefined();
  });
});

test.each([
  ['gc', true],
  ['GC pause', true],
  ['jvm.gc.pause', true],
  ['Full GC (Ergonomics)', true],
  ['G1 Young Generation', true],
  ['stop-the-world', true],
  ['garbage_collection', true],
  ['G1 Concurrent GC', false],
  ['gc-service', false],
  ['GET /gc', false],
  ['collect garbage bins', false],
  ['old orders', false],
])('a span called %s is a pause: %s', (name, isPause) => {
  expect(pauseOfSpan(name)).toBe(isPause);
});

describe('an event tells of a pause', () => {
  const event = (name: string, attributes = {}, atUs = 0) => ({ name, attributes, atUs });

  test.each([
    ['by an attribute with a unit', event('gc', { 'gc.pause_ms': 812 }), 812_000],
    ['by an attribute in another unit', event('gc', { durationNanos: 812_000_000 }), 812_000],
    ['by OpenTelemetry’s, which is in seconds', event('gc', { 'jvm.gc.duration': 0.812 }), 812_000],
    ['by its name', event('GC pause 812 ms'), 812_000],
    ['by its message', event('log', { message: 'GC pause: 812 ms' }), 812_000],
  ])('%s', (_, told, us) => {
    expect(pauseOfEvent(told)?.us).toBe(us);
  });

  test.each([
    ['the longer of two pauses', { 'gc.young.pause_ms': 3, 'gc.full.pause_ms': 1312 }, 1_312_000],
    ['the pause, and not the whole collection', { 'gc.cycle.duration_ms': 900, 'gc.pause_ms': 3 }, 3_000],
    ['the longer of two numbers of which none is called a pause', { 'gc.time_ms': 3, 'gc.duration_ms': 812 }, 812_000],
  ])('by %s', (_, attributes, us) => {
    expect(pauseOfEvent(event('gc', attributes))?.us).toBe(us);
  });

  test('by the event that ends it, although a small number stands beside it', () => {
    const over = event('gc_end', {}, 900_000);
    const begun = event('gc_start', { 'gc.time_ms': 2 }, 100_000);
    expect(pausesOfEvents([begun, over])).toMatchObject([{ us: 800_000, atUs: 100_000 }]);
  });

  test('by the event that ends it', () => {
    const over = event('gc_end', {}, 900_000);
    expect(pausesOfEvents([event('gc_start', {}, 100_000), over])).toMatchObject([{ us: 800_000 }]);
    expect(pausesOfEvents([event('GCStart', {}, 100_000), event('other'), over])).toMatchObject([{ us: 800_000 }]);
  });

  test('by the next event that ends it, each of several', () => {
    const both = [event('gc_start', {}, 1), event('gc_end', {}, 5), event('gc_start', {}, 10), event('gc_end', {}, 18)];
    expect(pausesOfEvents(both).map(({ us }) => us)).toEqual([4, 8]);
  });

  test.each([
    ['the duration of something else', event('query', { duration_ms: 812 })],
    ['a start without an end', event('gc_start')],
    ['a concurrent phase', event('gc concurrent mark', { duration_ms: 812 })],
    ['a count', event('gc', { 'gc.count': 812 })],
  ])('but not %s', (_, told) => {
    expect(pauseOfEvent(told)).toBeUndefined();
  });
});
