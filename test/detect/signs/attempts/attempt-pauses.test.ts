import { expect, test } from 'vitest';
import { pausesOf } from '#detect/signs/attempts/attempt-pauses.ts';
import { call, server, traceOf } from '#test/trace.ts';

test.each([
  [[0, 10, 20], 'The attempts followed one another without a pause.'],
  [[0, 110, 320], 'The pauses between the attempts grow (100 ms to 200 ms).'],
  [[0, 110, 220], 'The pauses between the attempts are 100 ms, without backoff.'],
])('attempts of 10 ms at %j', (starts, words) => {
  const attempts = starts.map((at) => call('web', 'shop', 'GET /', { at, ms: 10, failed: true }));
  const trace = traceOf(server('web', 'GET /', { ms: 1000 }, attempts));
  expect(pausesOf(trace, [...trace.children(trace.root)])).toBe(words);
});
