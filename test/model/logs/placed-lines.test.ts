import { expect, test } from 'vitest';
import { linesOfTrace } from '#model/logs/log-correlation.ts';
import { placedLines } from '#model/logs/placed-lines.ts';
import { logLine } from '#test/log-line.ts';
import { server, span, traceOf } from '#test/trace.ts';

const trace = traceOf(
  server('web', 'GET /', { ms: 1000 }, [
    span('web', 'render', { at: 200, ms: 300 }, [span('web', 'template', { at: 250, ms: 100 })]),
    server('pay', 'POST /pay', { at: 600, ms: 200 }),
  ]),
);
const own = { traceId: trace.traceId };

function placesOf(lines: Parameters<typeof linesOfTrace>[1], offsets: Parameters<typeof placedLines>[2] = []) {
  return placedLines(trace, linesOfTrace(trace, lines, { several: false }), offsets).map(
    ({ line, span, atUs }) => `${line.line} ${trace.spanId(span)} ${atUs / 1000}`,
  );
}

test('a line lies at the span that it names, whenever it was written', () => {
  expect(placesOf([logLine('web', 900, 'late', { ...own, spanId: '0.0.0' })])).toEqual(['late 0.0.0 900']);
});

test('a line that names none lies at the innermost span of its service that ran then', () => {
  const at = [100, 220, 300, 360, 650, 990];
  expect(placesOf(at.map((ms) => logLine('web', ms, 'x', own)))).toEqual([
    'x 0 100',
    'x 0.0 220',
    'x 0.0.0 300',
    'x 0.0 360',
    'x 0 650',
    'x 0 990',
  ]);
});

test('a line outside of its service’s spans, and one that may be another request’s, lie nowhere', () => {
  expect(placesOf([logLine('pay', 100, 'early', own), logLine('web', 300, 'unsure')])).toEqual([]);
});

test('a clock that is off is put right first', () => {
  const offsets = [{ service: 'pay', against: '', offsetUs: -3_000_000, agreeing: 3, pairs: 3 }];
  expect(placesOf([logLine('pay', 3_700, 'paid', own)], offsets)).toEqual(['paid 0.1 700']);
});
