/** Attempts with long pauses are no load: the answer below them leads. */
import { expect, test } from 'vitest';
import { diagnosed } from '#test/diagnosed.ts';
import { call, server, span, times, traceOf } from '#test/trace.ts';

const failed = { failed: true };
/** Attempts, so many seconds apart, at a service whose supplier answers 503. */
const verdictOf = (apartS: number, attempts = 4) =>
  diagnosed(
    traceOf(
      span('mover', 'move stock', { ms: attempts * (apartS + 1) * 1000, ...failed }, [
        ...times(attempts, (n) => {
          const at = 10 + n * apartS * 1000;
          return call('mover', 'booker', 'POST /book', { at, ms: 900, ...failed }, [
            server('booker', 'POST /book', { at: at + 5, ms: 890, ...failed }, [
              call('booker', 'erp.supplier.example', 'POST', {
                at: at + 10,
                ms: 870,
                ...failed,
                attributes: { 'http.response.status_code': 503 },
              }),
            ]),
          ]);
        }),
      ]),
    ),
  ).diagnosis;

test('a caller that waits long between its attempts is not what is wrong', () => {
  expect(verdictOf(20)).toMatchObject({ kind: 'error-origin' });
  expect(verdictOf(20)?.service).not.toBe('mover');
});

test('a caller that repeats its call at once more often than usual multiplies the load', () => {
  expect(verdictOf(1, 6)).toMatchObject({ kind: 'retry-storm', service: 'mover' });
  expect(verdictOf(1)).toMatchObject({ kind: 'error-origin', service: 'erp.supplier.example' });
});
