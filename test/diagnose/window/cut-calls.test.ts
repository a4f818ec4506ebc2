/** Calls that healthy requests make and others do not, by operations whose names hold ids. */
import { expect, test } from 'vitest';
import { cutCalls } from '#diagnose/window/cut-calls.ts';
import type { Trace } from '#model/trace/trace.ts';
import { call, server, times, traceOf } from '#test/trace.ts';

const id = (n: number) => `0a51c3${10 + n}-4e0b-4d17-9c2f-${100000000000 + n}`;

/** `refunds`: the call that is missing in the requests in question. */
function cancel(n: number, { refunds, name }: Readonly<{ refunds: boolean; name: (n: number) => string }>): Trace {
  const check = (at: number) =>
    call('booking', 'login', name(n), { at, ms: 6 }, [server('login', name(n), { at: at + 1, ms: 4 })]);
  const refund = call('booking', 'payment', 'POST /refund', { at: 30, ms: 20 }, [
    server('payment', 'POST /refund', { at: 31, ms: 18 }, [
      call('payment', 'login', name(n), { at: 33, ms: 5 }, [server('login', name(n), { at: 34, ms: 3 })]),
    ]),
  ]);
  return traceOf(server('booking', 'POST /cancel', { ms: 60 }, [check(5), ...(refunds ? [refund] : [])]));
}

test.each([
  ['in names', (n: number) => `GET /tokens/${id(n)}`],
  ['replaced', () => 'GET /tokens/{}'],
])('requests that stop early are seen with ids %s', (_, name) => {
  const healthy = times(10, (n) => cancel(n, { refunds: true, name }));
  const now = times(20, (n) => cancel(n + 10, { refunds: false, name }));
  expect(cutCalls(healthy, now)).toMatchObject([{ service: 'booking', operation: 'POST /cancel', last: 'login' }]);
});
