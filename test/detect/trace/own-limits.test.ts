/** A cancelled call that its caller ended by its own limit, and calls that nobody waited for any more. */
import { expect, test } from 'vitest';
import { runDetector } from '#detect/run.ts';
import { timeoutCascade } from '#detect/trace/timeout-cascade.ts';
import { call, type SpanNode, server, traceOf } from '#test/trace.ts';

const failed = { failed: true };
const status = (code: number) => ({ 'http.response.status_code': code });

type Told = Readonly<{ given?: number; got?: number; ranMs?: number; beside?: readonly SpanNode[]; endMs?: number }>;

/** The deck cancels its call to the crane after three seconds, and the desk got an answer from it. */
const cancelled = ({ given = 500, got = given, ranMs = 9000, beside = [], endMs = 3060 }: Told = {}) =>
  traceOf(
    server('desk', 'POST /berths', { ms: 3100, ...failed, attributes: status(500) }, [
      call('desk', 'deck', 'POST', { at: 10, ms: 3070, ...failed, attributes: got === 0 ? {} : status(got) }, [
        server('deck', 'POST /berths', { at: 15, ms: endMs, ...failed, attributes: status(given) }, [
          ...beside,
          call('deck', 'crane', 'POST', { at: 40, ms: 3005, ...failed, attributes: { 'error.type': 'AbortError' } }, [
            server('crane', 'POST /lifts', { at: 45, ms: ranMs, attributes: status(200) }),
          ]),
        ]),
      ]),
    ]),
  );

const blamed = (told: Told) => {
  const outcome = runDetector(timeoutCascade, { trace: cancelled(told) });
  return outcome.kind === 'found' ? outcome.findings.map(({ service }) => service) : [];
};

test('A caller that aborts its call and answers with a failure reached its own limit', () => {
  expect(blamed({})).toEqual(['crane']);
  expect(blamed({ given: 504 })).toEqual(['crane']);
});

test('Nothing shows a limit where the callee ended in time', () => {
  expect(blamed({ ranMs: 2900 })).toEqual([]);
});

test('Nothing shows a limit where nobody got the answer', () => {
  expect(blamed({ got: 0 })).toEqual([]);
});

test('Nothing shows a limit where another call failed first, or where the caller went on', () => {
  const stock = call('deck', 'stock', 'GET', { at: 40, ms: 2990, ...failed, attributes: status(500) });
  expect(blamed({ beside: [stock] })).not.toContain('crane');
  expect(blamed({ endMs: 2000 })).not.toContain('crane');
});
