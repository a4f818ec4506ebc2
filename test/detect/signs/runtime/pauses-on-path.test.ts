import { expect, test } from 'vitest';
import { pausesOnPath } from '#detect/signs/runtime/pauses-on-path.ts';
import { lengthOf } from '#model/trace/views/path-within.ts';
import { call, server, span, traceOf } from '#test/trace.ts';

test('a pause costs only the own time of its service', () => {
  const paused = (peerMs: number) => {
    const trace = traceOf(
      server('shop', 'GET /', { ms: 1000 }, [
        call('shop', 'stock', 'GET /stock', { ms: peerMs }),
        span('shop', 'gc', { at: 200, ms: 300 }),
      ]),
    );
    return pausesOnPath(trace, [], 1000).map(({ service, lost, item }) => [service, lengthOf(lost) / 1000, item.text]);
  };
  expect(paused(100)).toEqual([['shop', 300, 'gc']]);
});
