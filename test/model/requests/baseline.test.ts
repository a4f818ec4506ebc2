import { describe, expect, test } from 'vitest';
import { baselines } from '#model/requests/baseline.ts';
import { spanGroups } from '#model/trace/views/span-groups.ts';
import { call, query, type SpanNode, type SpanOptions, server, span, times, traceOf } from '#test/trace.ts';

const page = (operation: string, ms: number, options: SpanOptions = {}, ...children: SpanNode[]) =>
  traceOf(server('web', operation, { ms, ...options }, children));

describe('groups of spans', () => {
  const namesOf = (root: SpanNode) => {
    const groups = spanGroups(traceOf(root));
    return times(groups.count, (group) => groups.name(group)).toSorted();
  };
  const orders = (id: number, ...children: SpanNode[]) => server('web', `GET /orders/${id}`, { ms: 90 }, children);

  test('have one name in every trace, whatever the ids, the values and the address', () => {
    const one = orders(
      17,
      query('web', 'SELECT * FROM orders WHERE id = 17', { at: 1 }),
      span('web', 'GET', { at: 5, kind: 'client', attributes: { 'server.address': '10.0.3.17' } }),
    );
    const other = orders(
      4,
      query('web', 'SELECT * FROM orders WHERE id = 4', { at: 1 }),
      span('web', 'GET', { at: 5, kind: 'client', attributes: { 'server.address': '10.0.9.4:8080' } }),
    );
    expect(namesOf(one)).toEqual(namesOf(other));
    expect(namesOf(one)).toHaveLength(3);
  });

  test('tell calls of one vague name apart by whom they reach', () => {
    const both = orders(1, call('web', 'stock', 'GET', { at: 1 }), call('web', 'rates', 'GET', { at: 5 }));
    expect(namesOf(both)).toHaveLength(3);
  });

  test('hold every span once, in order of start', () => {
    const trace = traceOf(orders(1, ...times(9, (i) => call('web', 'stock', `GET /stock/${i % 3}`, { at: 9 - i }))));
    const groups = spanGroups(trace);
    const all = times(groups.count, (group) => [...groups.spans(group)]);
    expect(all.flat().toSorted((a, b) => a - b)).toEqual(times(trace.spanCount, (i) => i));
    for (const spans of all) expect(spans).toEqual(spans.toSorted((a, b) => a - b));
    all.forEach((spans, group) => {
      for (const each of spans) expect(groups.of[each]).toBe(group);
    });
  });
});

describe('a baseline', () => {
  const question = page('GET /orders/9', 500);

  test('is made of traces that begin with the same operation, whatever the id', () => {
    const all = baselines([page('GET /orders/1', 100), page('GET /orders/2', 120), page('GET /health', 2)]);
    expect(all.of(question)).toMatchObject({ traces: 2, rootUs: { median: 110_000 } });
    expect(all.of(page('POST /orders', 1))).toBeUndefined();
  });

  test('tells requests of one vague name apart by their route', () => {
    const route = (name: string): SpanOptions => ({ attributes: { 'http.route': name } });
    const all = baselines([page('GET', 10, route('/a')), page('GET', 900, route('/b'))]);
    expect(all.of(page('GET', 1, route('/a')))?.rootUs.median).toBe(10_000);
    expect(all.of(page('GET', 1, route('/c')))).toBeUndefined();
  });

  test('leaves failed and refused requests out', () => {
    const status = (code: number): SpanOptions => ({ attributes: { 'http.response.status_code': code } });
    const all = baselines([
      page('GET /orders/1', 100),
      page('GET /orders/2', 9000, { failed: true }),
      page('GET /orders/3', 9000, status(503)),
      page('GET /orders/4', 1, status(404)),
    ]);
    expect(all.of(question)?.traces).toBe(1);
  });

  test('compares with those that reach the same services, where there are ten of them', () => {
    const cached = (count: number) => times(count, (i) => page(`GET /orders/${i}`, 10));
    const asked = times(12, (i) =>
      page(
        `GET /orders/${i}`,
        400,
        {},
        call('web', 'db', 'GET /rows', { at: 5, ms: 300 }, [server('db', 'GET /rows', { at: 6 })]),
      ),
    );
    const usual = (count: number) => baselines([...asked, ...cached(count)]).of(question);
    expect(usual(10)).toMatchObject({ traces: 22, alike: 10, rootUs: { median: 10_000 } });
    expect(usual(9)).toMatchObject({ traces: 21, alike: 21, rootUs: { median: 400_000 } });
  });

  test('does not depend on the order of its traces', () => {
    const traces = times(30, (i) =>
      page(
        `GET /orders/${i}`,
        100 + i,
        { attributes: { 'http.response.body.size': 1000 + i } },
        ...times(i % 4, (j) =>
          call('web', `s${j}`, `GET /s${j}`, { at: j, ms: 5 }, [server(`s${j}`, 'GET', { at: j })]),
        ),
      ),
    );
    const shown = (all: ReturnType<typeof baselines>) => {
      const baseline = all.of(traces[3] ?? question);
      const groups = times(baseline?.groups.count ?? 0, (group) => baseline?.usual(group));
      return { groups, rootUs: baseline?.rootUs, services: baseline?.services };
    };
    expect(shown(baselines(traces.toReversed()))).toEqual(shown(baselines(traces)));
    expect(shown(baselines(traces)).services?.map(({ name }) => name)).toEqual(['s0', 's1', 's2']);
  });

  test('counts an operation in the traces that have it, and times of those that did not fail', () => {
    const calls = (count: number, failed = false) =>
      page('GET /orders/1', 100, {}, ...times(count, (i) => call('web', 'x', 'GET /x', { at: i, ms: 1 + i, failed })));
    const all = baselines([calls(4), calls(6), calls(5, true), ...times(20, () => calls(0))]);
    const trace = calls(1);
    const baseline = all.of(trace);
    const usual = baseline?.usual(baseline.groups.of[1] ?? 0);
    expect(usual).toMatchObject({ count: { traces: 3, median: 5 }, meanOwnUs: { traces: 2, median: 3000 } });
  });
});
