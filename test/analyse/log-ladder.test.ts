/** From lines as a store gives them to what the report says of how they belong to the request. */
import { describe, expect, test } from 'vitest';
import { happening, logsJsonlOf, otlpOf } from '#test/otlp.ts';
import { reportOf } from '#test/report-of.ts';
import { type ScenarioLog, scenarios } from '#test/scenarios.ts';
import { DRAWN_AT_US, server, span } from '#test/trace.ts';

const slowQuery = scenarios.find(({ expected }) => expected?.kind === 'slow-query');
if (slowQuery === undefined) throw new Error('there is no slow query among the scenarios');

function reportWith(tie: ScenarioLog['tie']) {
  if (slowQuery === undefined) throw new Error('there is no slow query');
  const happened = happening({ ...slowQuery, logs: slowQuery.logs.map((log) => ({ ...log, tie: 'fields' })) });
  const lines = logsJsonlOf(happened);
  const nameless = lines.replaceAll(/"(?:trace|span)_id":"[0-9a-f]+",?/g, '').replaceAll(',}', '}');
  return reportOf(JSON.stringify(otlpOf(happened)), { logs: tie === 'fields' ? lines : nameless });
}

describe('the text of a line', () => {
  test('confirms a verdict where the line names the trace', async () => {
    const { diagnosis, logs } = await reportWith('fields');
    expect(diagnosis).toMatchObject({ kind: 'slow-query', signals: { said: 1 } });
    expect(logs?.rungs).toMatchObject([{ rung: 'trace-id', surety: 'certain' }]);
  });

  test('confirms none where it may be another request’s', async () => {
    const { diagnosis, logs } = await reportWith('none');
    expect(diagnosis).toMatchObject({ kind: 'slow-query', signals: { said: 0 } });
    expect(diagnosis?.status).not.toBe('confirmed');
    expect(logs?.rungs).toMatchObject([{ rung: 'time', surety: 'unsure' }]);
  });
});

test('lines of others are no headline over a quick request that went well', async () => {
  const happened = happening({
    name: 'beside',
    title: '',
    what: '',
    roots: [server('seats', 'GET /maps/7', { ms: 30 })],
    logs: [],
    expected: undefined,
  });
  const beside = async (labels: Readonly<Record<string, string>>) => {
    const line = {
      ts: `${DRAWN_AT_US + 10_000}000`,
      labels: { service: 'seats', level: 'error', ...labels },
      line: 'POST /holds failed: timeout exceeded when trying to connect',
    };
    return (await reportOf(JSON.stringify(otlpOf(happened)), { logs: JSON.stringify(line) })).diagnosis;
  };
  expect(await beside({})).toBeNull();
  expect(await beside({ trace_id: happened.traceId })).toMatchObject({ status: 'inconclusive' });
});

test('the report names each kind of match, and wrong clocks', async () => {
  const roots = [
    server('gateway', 'POST /orders', { ms: 900, attributes: { 'http.request.header.x-request-id': 'req-91' } }, [
      server('cart', 'GET /cart', { at: 100, ms: 20 }),
      server('stock', 'GET /stock', { at: 200, ms: 20 }, [span('stock', 'count', { at: 205, ms: 10 })]),
      server('mail', 'POST /mail', { at: 400, ms: 100 }),
    ]),
  ];
  const happened = happening({ name: 'ladder', title: '', what: '', roots, logs: [], expected: undefined });
  const stockSpan = happened.rows.find(({ operation }) => operation === 'GET /stock')?.id ?? '';
  const line = (service: string, at: number, text: string, labels = {}) =>
    JSON.stringify({ ts: `${DRAWN_AT_US + at * 1000}000`, labels: { service, ...labels }, line: text });
  const named = { trace_id: happened.traceId, span_id: stockSpan };
  const logs = [
    ...[205, 210, 215].map((at) => line('stock', at + 3_000, `counted at ${at}`, named)),
    line('cart', 110, 'X-Request-ID: req-91 read'),
    line('mail', 450, 'queue is long'),
  ].join('\n');
  const report = await reportOf(JSON.stringify(otlpOf(happened)), { logs });
  expect(report.logs).toEqual({
    lines: 5,
    rungs: [
      { rung: 'trace-id', surety: 'certain', lines: 3, services: ['stock'], ids: [] },
      { rung: 'request-id', surety: 'certain', lines: 1, services: ['cart'], ids: ['req-91'] },
      { rung: 'time', surety: 'unsure', lines: 1, services: ['mail'], ids: [] },
    ],
    clockOffsets: [{ service: 'stock', against: '', offsetUs: -3_000_000, agreeing: 3, pairs: 3 }],
  });
});

test('without log lines the report has none', async () => {
  const happened = happening(slowQuery);
  expect((await reportOf(JSON.stringify(otlpOf(happened)))).logs).toBeNull();
});
