/** Calls of a job one after another: its plan, unless many others are asked by themselves and nothing says why. */
import { describe, expect, test } from 'vitest';
import { diagnosed } from '#test/diagnosed.ts';
import { logLine } from '#test/log-line.ts';
import { call, span, times, traceOf } from '#test/trace.ts';

type Row = Readonly<{
  count?: number;
  ms?: number;
  pauseMs?: number;
  address?: (at: number) => string;
  said?: string;
  level?: string;
}>;

const polled = ({ count = 40, ms = 1500, pauseMs = 50, address = gauge, said = '', level = 'info' }: Row = {}) => {
  const allMs = count * (ms + pauseMs);
  const trace = traceOf(
    span(
      'airflow',
      'gauges_poll',
      { ms: allMs + 100, attributes: { dag_id: 'gauges_poll', 'job.name': 'gauges_poll' } },
      [
        span(
          'gauges',
          'poll',
          { at: 10, ms: allMs + 50 },
          times(count, (i) =>
            call('gauges', 'gauge.example', 'GET', {
              at: 20 + i * (ms + pauseMs),
              ms,
              attributes: { 'http.request.method': 'GET', 'url.full': address(i) },
            }),
          ),
        ),
      ],
    ),
  );
  const line = { ...logLine('gauges', allMs, said, { level }), rung: 'trace-id' as const };
  return diagnosed(trace, said === '' ? [] : [line]).diagnosis;
};
const gauge = (at: number) => `http://gauge-${at}.example/now`;

describe('a job that asks forty others, a second and a half each', () => {
  test('may do it without need, which nothing on record decides', () => {
    expect(polled()).toMatchObject({ kind: 'sequential-calls', status: 'inconclusive', service: 'gauges' });
    expect(polled({ said: 'read 40 gauges' })).toMatchObject({ kind: 'sequential-calls', status: 'inconclusive' });
  });

  test('does so though a short pause lies between, and most of the time is that of the calls', () => {
    expect(polled({ pauseMs: 800 })?.kind).toBe('sequential-calls');
    expect(polled({ pauseMs: 4000 })).toBeUndefined();
  });

  test('keeps to its plan by a line, however the line says so', () => {
    for (const said of [
      'paced to one request each 1.5 s',
      '40 gauges read in 62 s (yesterday 61 s)',
      'one line of radio, gauges answer in turn',
      '40 gauges, 62 s as every night',
    ])
      expect(polled({ said }), said).toBeUndefined();
    expect(polled({ said: 'gauges are slower than usual', level: 'warn' })?.kind).toBe('sequential-calls');
  });

  test('works off few, is done soon, or reads one address or its pages', () => {
    expect(polled({ count: 12 })).toBeUndefined();
    expect(polled({ ms: 200 })).toBeUndefined();
    expect(polled({ address: () => 'http://gauge.example/now' })).toBeUndefined();
    expect(polled({ address: (at) => `http://gauge.example/all?page=${at}` })).toBeUndefined();
  });
});
