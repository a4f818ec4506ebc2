/** Where failures begin that only the caller's span shows. */
import { expect, test } from 'vitest';
import { newFailures } from '#diagnose/window/new-failures.ts';
import { call, type SpanOptions, server, times, traceOf } from '#test/trace.ts';

type Answer = SpanOptions['attributes'];

/** `POST /orders` of web, which asks stock; its call is marked as failed where `isFailed`, the answer of stock is not. */
function ordered(isFailed: boolean, ofCall: Answer = {}, ofCallee: Answer = ofCall) {
  return traceOf(
    server('web', 'POST /orders', { ms: 30 }, [
      call(
        'web',
        'stock',
        'stock.v1.Stock/Hold',
        { at: 2, ms: 20, failed: isFailed, ...(ofCall && { attributes: ofCall }) },
        [server('stock', 'stock.v1.Stock/Hold', { at: 3, ms: 18, ...(ofCallee && { attributes: ofCallee }) })],
      ),
    ]),
  );
}

const healthy = times(60, () => ordered(false));
const failing = (ofCall: Answer, ofCallee?: Answer) =>
  newFailures(
    healthy,
    times(60, (i) => (i % 3 === 0 ? ordered(true, ofCall, ofCallee) : ordered(false))),
    [],
  ).map(({ service }) => service);

const rpc = (code: number) => ({ 'rpc.system': 'grpc', 'rpc.grpc.status_code': code });

test('who refuses for a limit of its own is where the failure begins, though only its caller is marked', () => {
  expect(failing(rpc(8))).toEqual(['stock']);
  expect(failing({ 'http.response.status_code': 429 })).toEqual(['stock']);
});

test('a limit that the callee knows nothing of is one of the caller, or of who stands between', () => {
  expect(failing(rpc(8), rpc(0))).toEqual(['web']);
});

test('a call that was aborted, which says nothing of a limit, still begins at its caller', () => {
  expect(failing(rpc(10))).toEqual(['web']);
});
