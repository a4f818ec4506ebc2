import { expect, test } from 'vitest';
import { leastTimeUs, requestFacts, timeOfRequest } from '#detect/signs/request-share.ts';
import { server, traceOf } from '#test/trace.ts';

const trace = traceOf(server('shop', 'GET /report', { ms: 2000 }));

test('a time has to reach both thresholds', () => {
  expect(leastTimeUs(trace, 100, 0.1)).toBe(200_000);
  expect(leastTimeUs(trace, 300, 0.1)).toBe(300_000);
});

test('a part of the request is named with the whole', () => {
  expect(timeOfRequest(500_000, requestFacts(trace))).toBe('500 ms of the 2 s of GET /report');
});
