import { expect, test } from 'vitest';
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
  const origins = trace.errorOrigins;
  expect(origins.map(({ spans }) => spans.length)).toEqual([count / 2, count / 2]);
  expect(origins.map(({ symptom }) => trace.operation(symptom))).toEqual(['GET /a', 'GET /b']);
});
