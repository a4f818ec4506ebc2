import { expect, test } from 'vitest';
import { notificationAbove } from '#detect/signs/calls/notifications.ts';
import { server, span, traceOf } from '#test/trace.ts';

test.each([
  ['send email', 'send email'],
  ['GET /emails', ''],
  ['charge card', ''],
])('%s', (operation, found) => {
  const trace = traceOf(
    server('shop', 'POST /orders', { ms: 100 }, [
      span('shop', operation, { ms: 90 }, [span('shop', 'work', { ms: 80 })]),
    ]),
  );
  expect(notificationAbove(trace, trace.spanCount - 1)).toBe(found);
});
