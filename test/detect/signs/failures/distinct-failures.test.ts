import { expect, test } from 'vitest';
import { distinctFailures } from '#detect/signs/failures/distinct-failures.ts';
import { NO_LINES } from '#model/logs/log-line.ts';
import { call, server, span, traceOf } from '#test/trace.ts';

test('failures of one operation with one message are one failure', () => {
  const failed = (at: number, statusText: string) =>
    span('web', `part ${at}`, { at, ms: 20 }, [
      call('web', 'shop', 'GET /a', { at, ms: 10, failed: true, statusText }),
    ]);
  const trace = traceOf(
    server('web', 'GET /', { ms: 1000 }, [failed(0, 'refused'), failed(400, 'out of memory'), failed(800, 'refused')]),
  );
  expect(distinctFailures(trace, NO_LINES).map(({ said, spans }) => [said?.text, spans.length])).toEqual([
    ['refused', 2],
    ['out of memory', 1],
  ]);
});
