import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LOST_ROOT } from '#model/trace/build/lost-root.ts';
import { type SpanRow, traceFrom } from '#model/trace/build/span-rows.ts';
import type { Trace } from '#model/trace/trace.ts';

const span = (
  id: string,
  parentId: string | undefined,
  [startUs, endUs]: readonly [number, number],
  more: Partial<SpanRow> = {},
): SpanRow => ({
  id,
  parentId,
  service: 'web',
  operation: id,
  kind: 'internal',
  startUs: 1_000_000 + startUs,
  durationUs: endUs - startUs,
  failed: undefined,
  attributes: {},
  ...more,
});
const client = (peer: string) => ({ kind: 'client', attributes: { 'peer.service': peer } }) as const;
const server = (service: string) => ({ kind: 'server', service }) as const;

/** `child < parent`, with `?` where the place is an estimate. */
function placesOf(trace: Trace): string[] {
  return Array.from({ length: trace.spanCount }, (_, at) => {
    const parent = trace.parent(at);
    const above = parent === undefined ? '-' : trace.operation(parent);
    return `${trace.operation(at)} < ${above}${trace.isEstimated(at) ? '?' : ''}`;
  });
}

describe('a request that names no parent', () => {
  const placed = (...more: readonly SpanRow[]) =>
    placesOf(
      traceFrom([
        span('root', undefined, [0, 100_000], server('web')),
        span('call stock', 'root', [10_000, 90_000], client('stock:8080')),
        ...more,
      ]),
    );

  test('goes below the call that waits for its service', () => {
    const trace = traceFrom([
      span('root', undefined, [0, 100_000], server('web')),
      span('call stock', 'root', [10_000, 90_000], client('stock:8080')),
      span('read', undefined, [20_000, 80_000], server('stock')),
    ]);
    expect(placesOf(trace)).toContain('read < call stock?');
    expect([trace.repairs.placedRoot, trace.repairs.placedOrphan, trace.repairs.extraRoot]).toEqual([1, 0, 0]);
  });

  test('stays a root without such a call', () => {
    expect(placed(span('read', undefined, [20_000, 180_000], server('stock')))).toContain('read < -');
    expect(placed(span('read', undefined, [20_000, 80_000], server('mail')))).toContain('read < -');
    expect(placed(span('read', undefined, [20_000, 80_000], { service: 'stock' }))).toContain('read < -');
    expect(
      placed(
        span('answer', 'call stock', [15_000, 85_000], server('stock')),
        span('read', undefined, [20_000, 80_000], server('stock')),
      ),
    ).toContain('read < -');
  });

  test('stays a root where a message only was sent to it', () => {
    const trace = traceFrom([
      span('root', undefined, [0, 100_000], server('web')),
      span('publish', 'root', [10_000, 90_000], { kind: 'producer', attributes: { 'peer.service': 'stock' } }),
      span('read', undefined, [20_000, 80_000], server('stock')),
    ]);
    expect(placesOf(trace)).toContain('read < -');
  });
});

describe('a span whose parent never arrived', () => {
  test('goes below the call that names its service and has no callee', () => {
    const trace = traceFrom([
      span('root', undefined, [0, 100_000], server('web')),
      span('other', 'root', [5_000, 95_000]),
      span('call stock', 'root', [10_000, 90_000], client('stock:8080')),
      span('read', 'lost', [20_000, 80_000], { service: 'stock' }),
    ]);
    expect(placesOf(trace)).toContain('read < call stock?');
    expect(trace.roots).toHaveLength(1);
    expect([trace.repairs.orphan, trace.repairs.placedOrphan, trace.repairs.extraRoot]).toEqual([1, 1, 0]);
  });

  test('goes below the innermost work of its own service that encloses all that name the same parent', () => {
    const trace = traceFrom([
      span('root', undefined, [0, 100_000], server('web')),
      span('outer', 'root', [10_000, 90_000]),
      span('inner', 'outer', [20_000, 50_000]),
      span('first', 'lost', [30_000, 40_000], client('prices')),
      span('second', 'lost', [60_000, 70_000], client('prices')),
    ]);
    expect(placesOf(trace)).toEqual(expect.arrayContaining(['first < outer?', 'second < outer?']));
  });

  test('goes below a call of a service that lost spans, and below a call of a service without spans where nothing else is', () => {
    const through = traceFrom([
      span('root', undefined, [0, 100_000], server('web')),
      span('call stock', 'root', [10_000, 90_000], client('stock')),
      span('read', 'lost 1', [20_000, 30_000], { service: 'stock' }),
      span('render', 'lost 2', [40_000, 80_000], server('renderer')),
    ]);
    expect(placesOf(through)).toEqual(expect.arrayContaining(['read < call stock?', 'render < call stock?']));
    const alone = traceFrom([
      span('call api', undefined, [0, 100_000], client('api')),
      span('render', 'lost', [10_000, 90_000], server('renderer')),
    ]);
    expect(placesOf(alone)).toContain('render < call api?');
    const beside = traceFrom([
      span('root', undefined, [0, 100_000], server('web')),
      span('call mail', 'root', [10_000, 90_000], client('mail.example')),
      span('render', 'lost', [20_000, 80_000], server('renderer')),
    ]);
    expect(placesOf(beside)).toContain('render < root?');
  });

  test('goes below a call of an internal service that lost all of its spans, unless work inside is nearer', () => {
    const between = [
      span('root', undefined, [0, 100_000], server('web')),
      span('call quotes', 'root', [10_000, 90_000], client('quotes:8080')),
    ];
    const request = span('render', 'lost', [20_000, 80_000], server('renderer'));
    expect(placesOf(traceFrom([...between, request]))).toContain('render < call quotes?');
    const trace = traceFrom([...between, request]);
    expect(trace.peer(trace.parent(2) ?? 0)).toBe('quotes:8080');
    const inside = span('prepare', 'root', [15_000, 85_000]);
    expect(placesOf(traceFrom([...between, inside, request]))).toContain('render < prepare?');
    const work = span('render', 'lost', [20_000, 80_000], { service: 'renderer' });
    expect(placesOf(traceFrom([...between, work]))).toContain('render < root?');
  });

  test('goes below any work that encloses it where no call and no work of its service does', () => {
    const trace = traceFrom([
      span('root', undefined, [0, 100_000], server('web')),
      span('answer', 'lost', [20_000, 80_000], server('stock')),
    ]);
    expect(placesOf(trace)).toContain('answer < root?');
  });

  test('never goes below a call of another service, a query, or a call that was answered', () => {
    const trace = traceFrom([
      span('root', undefined, [0, 100_000], server('web')),
      span('call prices', 'root', [10_000, 90_000], client('prices')),
      span('SELECT', 'root', [10_000, 90_000], { kind: 'client', attributes: { 'db.system': 'mysql' } }),
      span('call stock', 'root', [10_000, 90_000], client('stock')),
      span('answered', 'call stock', [12_000, 88_000], server('stock')),
      span('late', 'lost', [20_000, 80_000], server('stock')),
    ]);
    expect(placesOf(trace)).toContain('late < answered?');
  });

  test('stays a root where nothing encloses it, and where nobody waits for it', () => {
    const trace = traceFrom([
      span('root', undefined, [0, 100], server('web')),
      span('later', 'lost', [200, 300]),
      span('consume', 'gone', [10, 20], { kind: 'consumer' }),
    ]);
    expect(placesOf(trace)).toEqual(['root < -', 'consume < -', 'later < -']);
    expect(trace.repairs.placedOrphan).toBe(0);
  });

  test('is placed however many lose theirs, and never below itself', () => {
    const ids = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'lost', 'gone', undefined);
    const soup = fc.array(fc.tuple(ids, fc.nat(50), fc.nat(50), fc.constantFrom('web', 'stock')), { maxLength: 12 });
    fc.assert(
      fc.property(soup, (rows) => {
        const spans = rows.map(([parentId, startUs, us, service], at) =>
          span('abcdefghijkl'[at] ?? '', parentId, [startUs, startUs + us], { service }),
        );
        if (spans.length === 0) return;
        const trace = traceFrom(spans);
        const backwards = traceFrom(spans.toReversed());
        expect(placesOf(backwards)).toEqual(placesOf(trace));
        for (let at = 0; at < trace.spanCount; at += 1) {
          const parent = trace.parent(at);
          if (parent === undefined || !trace.isEstimated(at)) continue;
          expect(trace.isUnder(parent, at)).toBe(false);
          if (trace.repairs.clockSkew > 0) continue;
          expect(trace.startUs(parent)).toBeLessThanOrEqual(trace.startUs(at));
          expect(trace.endUs(parent)).toBeGreaterThanOrEqual(trace.endUs(at));
        }
      }),
    );
  });

  test('fifty thousand of them, each with a parent of its own', () => {
    const lost = Array.from({ length: 50_000 }, (_, i) => span(`s${i}`, `lost-${i}`, [i, 100_000 - i]));
    const trace = traceFrom([span('root', undefined, [0, 100_000]), ...lost]);
    expect(trace.roots).toHaveLength(1);
    expect(trace.repairs.placedOrphan).toBe(50_000);
  });
});

describe('a root that never arrived', () => {
  test('is stood for by a span where calls of one service name it', () => {
    const trace = traceFrom([
      span('one', 'lost', [10_000, 20_000], client('stock')),
      span('two', 'lost', [30_000, 80_000], client('stock')),
      span('three', 'gone', [40_000, 70_000], { service: 'stock' }),
    ]);
    expect(placesOf(trace)).toEqual([`${LOST_ROOT} < -`, `one < ${LOST_ROOT}`, `two < ${LOST_ROOT}`, 'three < two?']);
    expect([trace.service(trace.root), trace.durationUs, trace.repairs.lostRoot]).toEqual(['web', 70_000, 1]);
  });

  test('ends when its last call ended, whatever a callee did after the call was given up', () => {
    const trace = traceFrom([
      span('one', 'lost', [10_000, 20_000], client('db')),
      span('two', 'lost', [30_000, 80_000], client('stock')),
      span('three', 'two', [31_000, 900_000], server('stock')),
      span('four', 'three', [40_000, 890_000], { service: 'stock' }),
    ]);
    expect([trace.operation(trace.root), trace.durationOfUs(trace.root)]).toEqual([LOST_ROOT, 70_000]);
  });

  test('is not made up where a span has no parent, encloses them, or servers of several services name it', () => {
    const calls = [span('one', 'lost', [10, 20]), span('two', 'lost', [30, 80])];
    const lostRoots = (...spans: SpanRow[]) => traceFrom(spans).repairs.lostRoot;
    expect(lostRoots(...calls, span('root', undefined, [0, 90]))).toBe(0);
    expect(lostRoots(...calls, span('server', 'of-a-gateway', [0, 90], server('web')))).toBe(0);
    expect(lostRoots(span('one', 'lost', [10, 20], server('a')), span('two', 'lost', [30, 80], server('b')))).toBe(0);
  });
});
