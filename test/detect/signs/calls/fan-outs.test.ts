import { expect, test } from 'vitest';
import { fansOf, longestOf, mostAtOnce } from '#detect/signs/calls/fan-outs.ts';
import { call, server, times, traceOf } from '#test/trace.ts';

test('calls of one span to different operations of one service are a fan-out', () => {
  const trace = traceOf(
    server(
      'web',
      'GET /',
      { ms: 1000 },
      times(6, (i) => call('web', 'stock', `GET /${i % 2 === 0 ? 'a' : 'b'}`, { at: i * 50, ms: 100 })),
    ),
  );
  const [fan] = fansOf(trace, 5);
  expect(fan).toMatchObject({ dependency: 'stock', calls: { length: 6 }, callers: 1 });
  expect(mostAtOnce(trace, fan?.calls ?? [])).toBe(2);
  expect(longestOf(trace, fan?.calls ?? [])).toBe(100_000);
  expect(fansOf(trace, 7)).toEqual([]);
});
