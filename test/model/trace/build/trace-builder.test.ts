import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type SpanRow, traceFrom } from '#model/trace/build/span-rows.ts';
import { criticalPath, pathUs } from '#model/trace/views/critical-path.ts';
import { selfUs } from '#model/trace/views/self-time.ts';
import { namedSoup, spanSoup, tiedSoup } from '#test/span-soup.ts';

const row = (
  id: string,
  parentId: string | undefined,
  startUs: number,
  durationUs: number,
  more: Partial<SpanRow> = {},
): SpanRow => ({
  id,
  parentId,
  service: 'web',
  operation: id,
  kind: 'internal',
  startUs,
  durationUs,
  failed: undefined,
  attributes: {},
  ...more,
});
const on = (host: string) => ({ 'host.name': host });

test.each([
  ['stock.svc', 'stock'],
  ['stock.svc.cluster.local', 'stock'],
  ['stock.shop.svc', 'stock'],
  ['stock.service.consul', 'stock'],
  ['stock.svcs.example', 'stock.svcs.example'],
  ['svc.example', 'svc.example'],
])('a call of %s is a call of %s', (address, peer) => {
  const call = row('a', undefined, 0, 100, { kind: 'client', attributes: { 'server.address': address } });
  expect(traceFrom([call]).peer(0)).toBe(peer);
});

describe('repairs', () => {
  test('a span that comes twice is one span', () => {
    const trace = traceFrom([row('a', undefined, 0, 100), row('b', 'a', 10, 20), row('b', 'a', 10, 20)]);
    expect([trace.spanCount, trace.repairs.duplicateSpan]).toEqual([2, 1]);
  });

  test('client and server that share an id become caller and callee, and the descendants belong to the callee', () => {
    const trace = traceFrom([
      row('a', undefined, 0, 100, { kind: 'client' }),
      row('a', undefined, 10, 80, { kind: 'server', service: 'stock' }),
      row('b', 'a', 20, 10, { service: 'stock' }),
    ]);
    expect(trace.repairs.sharedSpanId).toBe(1);
    expect([0, 1, 2].map((span) => trace.parent(span))).toEqual([undefined, 0, 1]);
    expect(trace.peer(0)).toBe('stock');
  });

  test('the server is the callee of the client whose id it has, although its clock says that it began first', () => {
    const trace = traceFrom([
      row('root', undefined, 0, 100, { kind: 'server' }),
      row('a', 'root', 10, 80, { kind: 'client' }),
      row('a', 'root', 9, 70, { kind: 'server', service: 'stock' }),
    ]);
    expect(trace.repairs.sharedSpanId).toBe(1);
    const [client = -1] = trace.children(0);
    expect([trace.kind(client), trace.peer(client), trace.children(client).length]).toEqual(['client', 'stock', 1]);
  });

  test('a hundred thousand spans of one id are read in linear time', () => {
    const spans = Array.from({ length: 100_000 }, (_, i) => row('a', 'a', i, 1));
    const trace = traceFrom(spans);
    expect([trace.spanCount, trace.roots.length]).toEqual([100_000, 1]);
  });

  test('a span whose parent never came is a root where no span encloses it', () => {
    const trace = traceFrom([row('a', undefined, 0, 100), row('b', 'gone', 90, 20)]);
    expect(trace.repairs).toMatchObject({ orphan: 1, placedOrphan: 0, extraRoot: 1 });
    expect(trace.spanId(trace.root)).toBe('a');
  });

  test('a circle is cut at its earliest span, and a span that is its own parent is a root', () => {
    const trace = traceFrom([
      row('a', 'c', 0, 100),
      row('b', 'a', 10, 50),
      row('c', 'b', 20, 20),
      row('self', 'self', 5, 5),
    ]);
    expect(trace.repairs).toMatchObject({ cycle: 1, selfParent: 1 });
    expect(criticalPath(trace).reduce((sum, step) => sum + step.endUs - step.startUs, 0)).toBe(100);
  });

  test.each<[string, number, number]>([
    ['client server', 1, 0],
    ['server client', 1, 0],
    ['client server client', 1, 1],
    ['client server server', 2, 0],
    ['internal internal internal', 0, 2],
    ['client server internal', 1, 1],
    ['server client client', 1, 1],
  ])(
    'of spans with one id, %s, %i are the other side of a call and %i are counted as others',
    (kinds, shared, others) => {
      const rows = kinds
        .split(' ')
        .map((kind, i) => row('same', undefined, i, 50 - i, { kind: kind as SpanRow['kind'] }));
      expect(traceFrom(rows).repairs).toMatchObject({ sharedSpanId: shared, repeatedSpanId: others, duplicateSpan: 0 });
    },
  );

  test('a negative duration is none, a missing service has a name', () => {
    const trace = traceFrom([row('a', undefined, 0, -5, { service: '' })]);
    expect([trace.durationOfUs(0), trace.service(0)]).toEqual([0, 'unknown-service']);
    expect(trace.repairs).toMatchObject({ negativeDuration: 1, unnamedService: 1 });
  });
});

describe('clock skew', () => {
  const caller = row('a', undefined, 1000, 100, { kind: 'client', resource: on('h1') });

  test('a callee before its caller is centred in it, and its descendants move along', () => {
    const trace = traceFrom([
      caller,
      row('b', 'a', 0, 50, { kind: 'server', service: 'stock', resource: on('h2') }),
      row('c', 'b', 10, 10, {
        service: 'stock',
        resource: on('h2'),
        events: [{ atUs: 12, name: 'e', attributes: {} }],
      }),
    ]);
    const find = (id: string) => [0, 1, 2].find((span) => trace.spanId(span) === id) ?? -1;
    expect(trace.startEpochUs).toBe(1000);
    expect(trace.startUs(find('b'))).toBe(25);
    expect(trace.startUs(find('c'))).toBe(35);
    expect(trace.shiftUs(find('c'))).toBe(1025);
    expect(trace.events(find('c')).map(({ atUs }) => atUs)).toEqual([37]);
    expect(trace.repairs.clockSkew).toBe(2);
  });

  test('a callee that outlived its caller ran longer, which is work and no skew', () => {
    const trace = traceFrom([
      caller,
      row('b', 'a', 1010, 5000, { kind: 'server', service: 'stock', resource: on('h2') }),
    ]);
    expect([trace.repairs.clockSkew, trace.startUs(1)]).toEqual([0, 10]);
  });

  test('spans of one host keep their times however odd', () => {
    const trace = traceFrom([caller, row('b', 'a', 1090, 50, { service: 'stock', resource: on('h1') })]);
    expect(trace.repairs.clockSkew).toBe(0);
  });

  test('a consumer may start long after its producer ended', () => {
    const trace = traceFrom([
      { ...caller, kind: 'producer' },
      row('b', 'a', 46_000_000, 50, { kind: 'consumer', service: 'fulfilment', resource: on('h2') }),
    ]);
    expect([trace.repairs.clockSkew, trace.startUs(1)]).toEqual([0, 45_999_000]);
  });

  test('a shift beyond the maximum is left alone', () => {
    const spans = [caller, row('b', 'a', 0, 50, { kind: 'server', service: 'stock', resource: on('h2') })];
    expect(traceFrom(spans, 'x', 1000).repairs.clockSkew).toBe(0);
    expect(traceFrom(spans, 'x', 1025).repairs.clockSkew).toBe(1);
  });
});

describe('what counts as failed', () => {
  const failed = (more: Partial<SpanRow>) => traceFrom([row('a', undefined, 0, 1, more)]).failed(0);

  test.each<[string, Partial<SpanRow>, boolean]>([
    ['a status that says so', { failed: true }, true],
    ['a status OK over a 500', { failed: false, attributes: { 'http.response.status_code': 500 } }, false],
    ['a 500', { attributes: { 'http.status_code': '500' } }, true],
    ['a 404 on a client', { kind: 'client', attributes: { 'http.response.status_code': 404 } }, true],
    ['a 404 on a server', { kind: 'server', attributes: { 'http.response.status_code': 404 } }, false],
    ['an error tag as text', { attributes: { error: 'true' } }, true],
    ['an error tag that says false', { attributes: { error: 'false' } }, false],
    ['the type of an error', { attributes: { 'error.type': 'timeout' } }, true],
    ['the type of an error beside a tag that says false', { attributes: { 'error.type': '404', error: false } }, false],
    ['a status that says ok beside the type of an error', { failed: false, attributes: { 'error.type': 'x' } }, false],
    ['gRPC NOT_FOUND on a server', { kind: 'server', attributes: { 'rpc.grpc.status_code': 5 } }, false],
    ['gRPC NOT_FOUND on a client', { kind: 'client', attributes: { 'rpc.grpc.status_code': '5' } }, true],
    [
      'gRPC UNAVAILABLE by name on a server',
      { kind: 'server', attributes: { 'rpc.status_code': 'UNAVAILABLE' } },
      true,
    ],
  ])('%s: %o → %s', (_, more, expected) => {
    expect(failed(more)).toBe(expected);
  });
});

describe('the critical path', () => {
  const path = (spans: readonly SpanRow[]) => {
    const trace = traceFrom(spans);
    return criticalPath(trace).map(({ span, startUs, endUs }) => [trace.spanId(span), startUs, endUs]);
  };

  test('goes through the child that ended last, chains siblings that touch, and fills the rest with own time', () => {
    expect(
      path([row('r', undefined, 0, 100), row('a', 'r', 10, 30), row('b', 'r', 40, 40), row('beside', 'r', 15, 20)]),
    ).toEqual([
      ['r', 0, 10],
      ['a', 10, 40],
      ['b', 40, 80],
      ['r', 80, 100],
    ]);
  });

  test('clamps a child to its caller and drops one that lies outside', () => {
    expect(path([row('r', undefined, 0, 100), row('a', 'r', 50, 100), row('late', 'r', 100, 10)])).toEqual([
      ['r', 0, 50],
      ['a', 50, 100],
    ]);
  });

  test('leaves out consumers, because no span waits for them', () => {
    expect(path([row('r', undefined, 0, 100), row('a', 'r', 10, 80, { kind: 'consumer' })])).toEqual([['r', 0, 100]]);
  });

  test('is as long as a chain of a hundred thousand spans', () => {
    const chain = Array.from({ length: 100_000 }, (_, i) =>
      row(`${i}`, i === 0 ? undefined : `${i - 1}`, i, 200_000 - i),
    );
    expect(criticalPath(traceFrom(chain))).toHaveLength(100_000);
  });
});

describe('of any soup of spans', () => {
  test('the path covers exactly the root’s time, in order, without overlap and without two neighbours of one span', () => {
    fc.assert(
      fc.property(spanSoup, (spans) => {
        const trace = traceFrom(spans);
        let at = trace.startUs(trace.root);
        let before = -1;
        for (const { span, startUs, endUs } of criticalPath(trace)) {
          expect(startUs).toBe(at);
          expect(endUs).toBeGreaterThan(startUs);
          expect(span).not.toBe(before);
          at = endUs;
          before = span;
        }
        expect(at).toBe(trace.endUs(trace.root));
        expect(pathUs(trace, [trace.root])).toBe(trace.durationOfUs(trace.root));
      }),
    );
  });

  test.each([
    ['spans that differ', namedSoup],
    ['spans of which some share an id', spanSoup],
    ['spans of which many share id, kind and times', tiedSoup],
  ])('the order in which it came changes nothing: %s', (_, soup) => {
    const picture = (spans: readonly SpanRow[]) => {
      const trace = traceFrom(spans);
      const told = (span: number | undefined) =>
        span === undefined ? '' : `${trace.spanId(span)} ${trace.service(span)} ${trace.operation(span)}`;
      return {
        repairs: trace.repairs,
        path: criticalPath(trace).map(({ span, startUs, endUs }) => [told(span), startUs, endUs]),
        spans: Array.from({ length: trace.spanCount }, (__, span) => [
          told(span),
          told(trace.parent(span)),
          trace.startUs(span),
          trace.durationOfUs(span),
          trace.shiftUs(span),
          trace.kind(span),
          trace.peer(span),
          trace.failed(span),
        ]),
      };
    };
    const shuffled = soup.chain((spans) =>
      fc.tuple(fc.constant(spans), fc.shuffledSubarray(spans, { minLength: spans.length })),
    );
    fc.assert(
      fc.property(shuffled, ([spans, inAnotherOrder]) => {
        expect(picture(inAnotherOrder)).toEqual(picture(spans));
      }),
    );
  });

  test('own times are never negative, and a span lies under its parent', () => {
    fc.assert(
      fc.property(spanSoup, (spans) => {
        const trace = traceFrom(spans);
        for (let span = 0; span < trace.spanCount; span += 1) {
          expect(selfUs(trace, span)).toBeGreaterThanOrEqual(0);
          expect(selfUs(trace, span)).toBeLessThanOrEqual(trace.durationOfUs(span));
          const parent = trace.parent(span);
          if (parent !== undefined) expect(trace.isUnder(span, parent) && !trace.isUnder(parent, span)).toBe(true);
        }
      }),
    );
  });
});
