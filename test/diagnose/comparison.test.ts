import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { logChanges } from '#diagnose/compare-logs.ts';
import { compareTraces } from '#diagnose/comparison.ts';
import { chooseHealthy } from '#diagnose/healthy-choice.ts';
import type { Comparison } from '#model/requests/comparison.ts';
import { traceFrom } from '#model/trace/build/span-rows.ts';
import type { Trace } from '#model/trace/trace.ts';
import { comparisonSummary } from '#present/words/comparison-summary.ts';
import { guideExamples } from '#test/guide-report.ts';
import { logLine } from '#test/log-line.ts';
import { type Happening, happening } from '#test/otlp.ts';
import { randomOf } from '#test/random.ts';
import { call, DRAWN_AT_US, query, rowsOf, type SpanNode, server, span, times, traceOf } from '#test/trace.ts';
import { TRACE_CHANGES } from '#test/trace-changes.ts';
import '#test/property-runs.ts';

function compared(healthy: readonly Trace[], failing: readonly Trace[]): Comparison {
  return compareTraces({ traces: healthy, chosen: '' }, { traces: failing, chosen: '' }, undefined).comparison;
}

function verdict(comparison: Comparison): string {
  return comparisonSummary(comparison).verdict;
}

/** Nothing of the kinds of difference. */
const NOTHING = { structure: [], durations: [], attributes: [], responses: [], conclusion: { told: 'none' } };

describe('the guides’ request with an expired token', () => {
  const request = (token: string, status: number, ms: number) =>
    traceOf(
      server('api-gateway', 'GET /api/orders', {
        ms,
        failed: status >= 500,
        attributes: {
          'http.response.status_code': status,
          'http.request.header.authorization': `["Bearer ${token}"]`,
          'http.request.header.content-type': '["application/json"]',
        },
      }),
    );
  const comparison = compared([request('valid_token', 200, 250)], [request('expired_token', 500, 5000)]);

  test('the token is the difference that says the most, and is not shown', () => {
    expect(verdict(comparison)).toBe(
      'request header authorization of api-gateway: GET /api/orders differs from the healthy trace, and says that it is expired',
    );
    expect(JSON.stringify(comparisonSummary(comparison))).not.toMatch(/valid_token|expired_token/);
  });

  test('status and duration are said with it: 200 and 500, 250 ms and 5 s, 20×', () => {
    const [subject] = comparisonSummary(comparison).subject;
    expect(subject).toBe(
      'GET /api/orders on api-gateway: failed with 500 (healthy: answered with 200) and took 5 s instead of 250 ms (20×)',
    );
    expect(comparison.attributes.map(({ name }) => name)).toEqual([
      'http.request.header.authorization',
      'http.response.status_code',
    ]);
  });

  test('one healthy trace makes nothing sure', () => {
    expect(comparison.conclusion.told).toBe('uncertain');
    expect(comparison.few?.problem).toBe('the baseline has only 1 trace');
  });
});

test('of tokens that no two requests share, it tells whether they had expired', () => {
  const part = (claims: object) => Buffer.from(JSON.stringify(claims)).toString('base64url');
  const request = (id: number, expiresInS: number) =>
    traceOf(
      server('web', 'GET /me', {
        ms: 20 + id,
        attributes: {
          'http.request.header.authorization': `Bearer ${part({ alg: 'HS256' })}.${part({ sub: id, exp: DRAWN_AT_US / 1_000_000 + expiresInS })}.c2ln${id}`,
        },
      }),
    );
  const comparison = compared([request(1, 600)], [request(2, -60)]);
  expect(comparison.attributes).toMatchObject([{ name: 'http.request.header.authorization.expires', role: 'input' }]);
  expect(verdict(comparison)).toBe(
    'request header authorization.expires of web: GET /me is “before this request”, healthy: “after this request”',
  );
  expect(compared([request(1, 600)], [request(2, 60)])).toMatchObject(NOTHING);
});

type Orders = Readonly<{
  queryMs?: number;
  queries?: number;
  stock?: boolean;
  version?: string;
  id?: number;
  extra?: readonly SpanNode[];
  rows?: number;
  failing?: boolean;
}>;

/** An order with its own ids, ports and times in every request. */
function orders({
  queryMs = 12,
  queries = 1,
  stock = true,
  version = '1.4.2',
  id = 1,
  extra = [],
  rows = 40,
  failing = false,
}: Orders = {}): SpanNode {
  const resource = { 'service.version': version, 'host.name': `web-${id % 3}` };
  return server(
    'order-service',
    `GET /orders/${id}`,
    {
      ms: queries * queryMs + 30,
      resource,
      failed: failing,
      attributes: {
        'http.response.status_code': failing ? 500 : 200,
        'http.request.header.x-request-id': `a3f0c2d${id}9b`,
        'client.port': 40_000 + id * 17,
        'user.id': id * 31,
        'http.response.body.size': 2_000 + (id % 4) * 10,
      },
    },
    [
      ...times(queries, (at) =>
        query('order-service', `SELECT * FROM orders WHERE id = ${id + at}`, {
          at: 2 + at * queryMs,
          ms: queryMs,
          resource,
          attributes: { 'db.response.returned_rows': rows },
        }),
      ),
      ...(stock
        ? [
            call(
              'order-service',
              'stock',
              'GET /stock',
              { at: queries * queryMs + 4, ms: 14, resource, failed: failing },
              [server('stock', 'GET /stock', { at: queries * queryMs + 5, ms: 12, failed: failing })],
            ),
          ]
        : []),
      ...extra,
    ],
  );
}

const HEALTHY = times(10, (id) => traceOf(orders({ id: id + 1, queryMs: 11 + (id % 4) })));

function changed(options: Orders): Comparison {
  return compared(HEALTHY, [traceOf(orders({ id: 77, ...options }))]);
}

describe('against ten healthy traces', () => {
  test('jitter, other ids, ports, hosts and times are no difference', () => {
    expect(changed({ queryMs: 13 })).toMatchObject(NOTHING);
    expect(verdict(changed({ queryMs: 13 }))).toMatch(/^No difference/);
  });

  test('the call that holds the added time says the most, with how clearly', () => {
    const comparison = changed({ queryMs: 900 });
    expect(comparison.conclusion).toMatchObject({ told: 'clear', main: { kind: 'duration' } });
    expect(verdict(comparison)).toMatch(
      /^order-service: SELECT orders alone takes 900 ms, healthy: 12 ms \(75×\): 100 % of the time/,
    );
    // What only waits for it is not named.
    expect(comparison.durations.map(({ at }) => at.operation)).toEqual(['SELECT orders']);
  });

  test('a loop is a call that is made more often, not one that is slow', () => {
    const comparison = changed({ queries: 50 });
    expect(comparison.structure).toMatchObject([{ change: 'more', told: 'clear', failingCount: { median: 50 } }]);
    expect(comparison.durations).toEqual([]);
    expect(verdict(comparison)).toContain('SELECT orders is made 50 times, healthy: once');
  });

  test('a call with all below it is missing once, and added once the other way round', () => {
    expect(changed({ stock: false }).structure).toMatchObject([{ change: 'missing', below: 1, healthyTraces: 10 }]);
    const extra = [call('order-service', 'audit', 'POST /audit', { at: 3, ms: 4 }, [server('audit', 'POST /audit')])];
    expect(changed({ extra }).structure).toMatchObject([
      { change: 'added', below: 1, at: { service: 'order-service' } },
    ]);
  });

  test('what some of the healthy ones leave out is optional', () => {
    const mixed = times(10, (id) => traceOf(orders({ id: id + 1, stock: id % 3 === 0 })));
    expect(compared(mixed, [traceOf(orders({ id: 77, stock: false }))]).structure).toEqual([]);
    expect(compared(mixed, [traceOf(orders({ id: 77 }))]).structure).toEqual([]);
  });

  test('one odd healthy trace among ten does not decide', () => {
    const odd = traceOf(orders({ id: 5, stock: false, queryMs: 900, version: '1.5.0', queries: 30 }));
    const comparison = compared(
      [...HEALTHY.slice(1), odd],
      [traceOf(orders({ id: 77, stock: false, queryMs: 900, version: '1.5.0' }))],
    );
    expect(comparison.durations.map(({ at }) => at.operation)).toEqual(['SELECT orders']);
    expect(comparison.structure.map(({ change }) => change)).toEqual(['missing']);
    expect(comparison.attributes).toMatchObject([{ name: 'service.version', healthyWith: 1, told: 'clear' }]);
  });

  test('a version that none of them ran is said once, beside what it explains', () => {
    const comparison = changed({ version: '1.5.0', queryMs: 900 });
    expect(comparison.attributes).toMatchObject([{ name: 'service.version', of: 'resource', told: 'clear' }]);
    expect(verdict(comparison)).toContain('also, service.version of order-service is “1.5.0”, healthy: “1.4.2”');
  });

  test('where a failure begins is named, and not whoever it reached', () => {
    const comparison = changed({ failing: true });
    expect(comparison.structure.filter(({ change }) => change === 'failing')).toMatchObject([
      { at: { service: 'stock' } },
    ]);
    expect(verdict(comparison)).toMatch(/^stock: GET \/stock fails, in none of the 10 healthy traces/);
  });

  test('an answer that became small, and a field that became empty', () => {
    expect(changed({ rows: 0 }).responses).toMatchObject([{ measure: 'rows', failing: 0, told: 'clear' }]);
    const body = (text: string, id: number) =>
      traceOf(server('profile', 'GET /me', { ms: 20, attributes: { 'http.response.body': text, 'enduser.id': id } }));
    const healthy = times(8, (id) => body(JSON.stringify({ id, name: 'Ann', address: { city: 'Ulm' } }), id));
    const comparison = compared(healthy, [body('{"id":9,"name":"Ann","address":{"city":null}}', 9)]);
    expect(comparison.attributes).toMatchObject([{ name: 'http.response.body.address.city', isEmptied: true }]);
  });

  test('healthy traces that lost spans here and there make nothing added', () => {
    const thinned = HEALTHY.map((_, id) => {
      const rows = rowsOf(orders({ id: id + 1 }));
      // Each lost another one of its leaves, as samplers and full queues lose them.
      const leaves = rows.filter((row) => !rows.some(({ parentId }) => parentId === row.id));
      const lost = leaves[id % leaves.length];
      return traceFrom(rows.filter((row) => row !== lost));
    });
    expect(compared(thinned, [traceOf(orders({ id: 77 }))])).toMatchObject(NOTHING);
  });

  test('spans that did not come prove nothing missing', () => {
    const rows = rowsOf(orders({ id: 77 }));
    const torn = traceFrom(rows.filter(({ operation, kind }) => !(operation === 'GET /stock' && kind === 'client')));
    const comparison = compared(HEALTHY, [torn]);
    expect(comparison.gaps).toContainEqual(
      expect.objectContaining({ problem: '1 of the 1 traces under examination lack spans' }),
    );
    expect(comparison.structure.every(({ change, told }) => change === 'missing' && told === 'uncertain')).toBe(true);
  });
});

describe('calls are put side by side', () => {
  const page = (...children: readonly SpanNode[]) => traceOf(server('web', 'GET /page', { ms: 100 }, children));
  const stock = (at: number) =>
    call('web', 'stock', 'GET /stock', { at, ms: 10 }, [server('stock', 'GET /stock', { at: at + 1, ms: 8 })]);
  const price = (at: number) => call('web', 'price', 'GET /price', { at, ms: 10 });

  test('in whatever order they were made', () => {
    expect(compared([page(stock(5), price(40))], [page(price(5), stock(40))])).toMatchObject(NOTHING);
  });

  test('below a wrapper that one side has as without it', () => {
    const { structure } = compared([page(stock(5))], [page(span('web', 'with-retry', { at: 4, ms: 12 }, [stock(5)]))]);
    expect(structure.map(({ change, at }) => [change, at.operation])).toEqual([['added', 'with-retry']]);
  });

  test('attempts of one call in one place', () => {
    const attempt = (at: number, failed: boolean) => call('web', 'stock', 'GET /stock', { at, ms: 10, failed });
    const { structure } = compared(
      [page(attempt(5, false))],
      [page(attempt(5, true), attempt(20, true), attempt(40, false))],
    );
    expect(structure).toMatchObject([{ change: 'failing', failingCount: { median: 3 }, healthyCount: { median: 1 } }]);
  });

  test('made from another place: moved, not missing and added', () => {
    const work = (name: string, at: number, ...children: readonly SpanNode[]) =>
      span('web', name, { at, ms: 30 }, children);
    const { structure } = compared(
      [page(work('first', 0, price(5)), work('second', 40))],
      [page(work('first', 0), work('second', 40, price(45)))],
    );
    expect(structure).toMatchObject([{ change: 'moved', from: ['web GET /page', 'web first'] }]);
  });

  test('a chain of a hundred thousand calls of one function is one call', () => {
    const rows = times(100_000, (at) => ({
      ...rowsOf(span('web', 'walk', { ms: 1 }))[0],
      id: `s${at}`,
      parentId: at === 0 ? undefined : `s${at - 1}`,
    }));
    const trace = traceFrom(rows as Parameters<typeof traceFrom>[0]);
    expect(compared([trace], [trace])).toMatchObject(NOTHING);
  });
});

describe('healthy traces are chosen', () => {
  const at = (minutes: number, options: Orders = {}): Trace =>
    traceFrom(
      rowsOf(orders(options)).map((row) => ({ ...row, startUs: row.startUs + minutes * 60_000_000 })),
      `at ${minutes}`,
    );

  test('of the same request, before it, well, of ordinary duration, the nearest first', () => {
    const others = [
      ...times(20, (minute) => at(-minute - 1)),
      at(-0.5, { queryMs: 900 }),
      at(-0.4, { failing: true }),
      at(5),
      traceOf(server('order-service', 'POST /pay', { ms: 40 })),
    ];
    const { traceIds, chosen } = chooseHealthy(others, at(0, { queryMs: 800 }));
    expect(traceIds).toEqual(times(10, (minute) => `at ${-minute - 1}`));
    expect(chosen).toBe(
      '10 of 24 that were found: the nearest before the failing one, without failures, of normal duration (42 ms); left out: 1 of other requests, 1 with failures, 1 of unusual duration, 1 that came later',
    );
    expect(chooseHealthy(others.toReversed(), at(0, { queryMs: 800 })).traceIds).toEqual(traceIds);
  });

  test('from after it where none came before, and it says so', () => {
    expect(chooseHealthy([at(1), at(2)], at(0)).chosen).toContain('none came before the failing one');
    expect(chooseHealthy([at(1, { failing: true })], at(0)).chosen).toBe(
      'none of the 1 that were found is suitable (1 with failures)',
    );
  });
});

describe('log lines', () => {
  const well = (id: number) => [
    logLine('web', 0, `GET /orders/${id} started`),
    logLine('web', 5, `order ${id} read in ${3 + (id % 5)} ms`),
  ];
  const healthy = times(8, well);

  test('that appear and vanish, whatever ids they hold', () => {
    const failing = [
      [well(91)[0], logLine('web', 9, 'pool exhausted after 3000 ms', { level: 'error' })].filter(
        (line) => line !== undefined,
      ),
    ];
    expect(logChanges(healthy, failing)?.map(({ change, level, told }) => [change, level, told])).toEqual([
      ['appeared', 'error', 'clear'],
      ['vanished', 'info', 'clear'],
    ]);
  });

  test('that are the same but for their ids do not differ, and without any nothing is said', () => {
    expect(logChanges(healthy, [well(91)])).toEqual([]);
    expect(logChanges(healthy, [[]])).toBeUndefined();
  });
});

describe('every comparison', () => {
  const scenarios = new Map(guideExamples.map((scenario) => [scenario.name, happening(scenario)]));
  const any = fc.constantFrom(...scenarios.keys());
  const named = (name: string): Happening => {
    const found = scenarios.get(name);
    if (found === undefined) throw new Error(`there is no ${name}`);
    return found;
  };
  const drawn = ({ rows, traceId }: Happening) => traceFrom([...rows], traceId);

  test.each([...scenarios.keys()])('of %s with itself finds no difference', (name) => {
    const trace = drawn(named(name));
    expect(compared([trace], [trace])).toMatchObject(NOTHING);
    expect(
      compared(
        times(6, () => trace),
        [trace],
      ),
    ).toMatchObject(NOTHING);
  });

  test('stays as it is when spans get other ids, another order, another time, older names', () => {
    const changes = ['other ids', 'another time', 'spans in another order', 'attributes by older names'] as const;
    fc.assert(
      fc.property(any, any, fc.constantFrom(...changes), fc.nat(), (one, other, change, seed) => {
        const before = compared([drawn(named(one))], [drawn(named(other))]);
        const renamed = TRACE_CHANGES[change](named(other), randomOf(seed), () => false);
        expect(told(compared([drawn(named(one))], [drawn(renamed)]))).toEqual(told(before));
      }),
      { numRuns: 100 },
    );
  });

  test('with its sides exchanged exchanges what is added and what is missing', () => {
    const well = fc.constantFrom(
      ...[...scenarios.keys()].filter((name) => named(name).rows.every(({ failed }) => !failed)),
    );
    fc.assert(
      fc.property(well, well, (one, other) => {
        const there = compared([drawn(named(one))], [drawn(named(other))]);
        const back = compared([drawn(named(other))], [drawn(named(one))]);
        expect(callsThat('added', there)).toEqual(callsThat('missing', back));
        expect(callsThat('missing', there)).toEqual(callsThat('added', back));
      }),
      { numRuns: 100 },
    );
  });
});

function told({ structure, durations, attributes }: Comparison) {
  return {
    structure: structure.map((one) => [one.change, one.at.service, one.at.operation, one.told].join(' ')).sort(),
    durations: durations.map((one) => [one.at.service, one.at.operation, one.told].join(' ')).sort(),
    attributes: attributes.map(({ name, at, failing }) => [name, at.service, ...failing].join(' ')).sort(),
  };
}

function callsThat(change: 'added' | 'missing', { structure }: Comparison): string[] {
  return structure
    .filter((one) => one.change === change)
    .map(({ at }) => `${at.service} ${at.operation}`)
    .sort();
}
