import { expect, test } from 'vitest';
import { type SpanRow, traceFrom } from '#model/trace/build/span-rows.ts';
import { errorOrigins, saysClientError } from '#model/trace/views/error-origins.ts';
import { call, server, times, traceOf } from '#test/trace.ts';

test('many failed calls of one caller that put up with them are one origin for each name, in linear time', () => {
  const count = 30_000;
  const trace = traceOf(
    server(
      'web',
      'GET /',
      { ms: count },
      times(count, (at) => call('web', 'shop', at % 2 === 0 ? 'GET /a' : 'GET /b', { at, ms: 1, failed: true })),
    ),
  );
  const origins = errorOrigins(trace);
  expect(origins.map(({ spans }) => spans.length)).toEqual([count / 2, count / 2]);
  expect(origins.map(({ symptom }) => trace.operation(symptom))).toEqual(['GET /a', 'GET /b']);
});

test('who does not take a good answer fails, whatever code its library gives that', () => {
  const code = (name: number) => ({ 'rpc.system': 'grpc', 'rpc.grpc.status_code': name });
  const refused = (answer: number) => {
    const trace = traceOf(
      server('tower', 'History', { ms: 90, failed: true, attributes: code(11) }, [
        call('tower', 'log', 'List', { at: 5, ms: 60, failed: true, attributes: code(11) }, [
          server('log', 'List', { at: 6, ms: 50, attributes: code(answer) }),
        ]),
      ]),
    );
    return [0, 1].map((span) => saysClientError(trace, span));
  };
  expect(refused(0)).toEqual([false, false]);
  expect(refused(11)).toEqual([true, true]);
});

test('of very many different calls that failed below one caller some are origins, in linear time', () => {
  const count = 30_000;
  const trace = traceOf(
    server(
      'web',
      'GET /',
      { ms: count + 5, failed: true },
      times(count, (at) => call('web', `shop-${at}`, 'GET /', { at, ms: 1, failed: true, statusText: `no ${at}` })),
    ),
  );
  const origins = errorOrigins(trace);
  expect(origins).toHaveLength(12);
  expect(origins.every(({ rivals, symptom }) => rivals === 11 && symptom === trace.root)).toBe(true);
});

test('a chain of failures that parts at every step is walked once', () => {
  const row = (id: string, parentId: string | undefined, statusText: string): SpanRow => ({
    id,
    parentId,
    service: 's',
    operation: id,
    kind: 'server',
    startUs: 0,
    durationUs: 1000,
    failed: true,
    statusText,
    attributes: {},
    events: [],
    links: [],
  });
  const rows = times(20_000, (level) => [
    row(`level ${level}`, level === 0 ? undefined : `level ${level - 1}`, ''),
    row(`side ${level}`, `level ${level}`, `side ${level} broke`),
  ]).flat();
  expect(errorOrigins(traceFrom(rows, 'drawn')).length).toBeLessThanOrEqual(12);
});
