import { expect, test } from 'vitest';
import { lostCalls } from '#diagnose/window/lost-calls.ts';
import { call, type SpanNode, server, times, traceOf } from '#test/trace.ts';

const CALLEES = ['cart', 'fraud', 'ledger'] as const;

/** `POST /pay` of web, which calls these one after another. */
function paid(...callees: readonly string[]) {
  const children = callees.map(
    (name, at): SpanNode =>
      call('web', name, `POST /${name}`, { at: 2 + at * 10, ms: 8 }, [
        server(name, `POST /${name}`, { at: 3 + at * 10, ms: 6 }),
      ]),
  );
  return traceOf(server('web', 'POST /pay', { ms: 40 }, children));
}

const healthy = times(40, () => paid(...CALLEES));
const half = (other: () => ReturnType<typeof paid>) => times(40, (i) => (i % 2 === 0 ? other() : paid(...CALLEES)));

test('a call that half of the executions leave out, and go on', () => {
  const now = half(() => paid('cart', 'ledger'));
  expect(lostCalls(healthy, now)).toMatchObject([
    { service: 'web', operation: 'POST /pay', callee: 'fraud', isLast: false, before: [0, 40], now: [20, 40] },
  ]);
});

test('not where the execution stops there', () => {
  expect(
    lostCalls(
      healthy,
      half(() => paid('cart')),
    ),
  ).not.toContainEqual(expect.objectContaining({ callee: 'fraud' }));
});

test('a last call that is left out may be a stop', () => {
  expect(
    lostCalls(
      healthy,
      half(() => paid('cart', 'fraud')),
    ),
  ).toMatchObject([{ callee: 'ledger', isLast: true }]);
});

test('not where one healthy execution in ten does without it, as where an operation serves several kinds', () => {
  const mixed = times(40, (i) => (i % 10 === 0 ? paid('cart', 'ledger') : paid(...CALLEES)));
  expect(
    lostCalls(
      mixed,
      half(() => paid('cart', 'ledger')),
    ),
  ).toEqual([]);
});

test('not where somebody else is called in its place', () => {
  expect(
    lostCalls(
      healthy,
      half(() => paid('cart', 'risk', 'ledger')),
    ),
  ).toEqual([]);
});

test('not in health', () => {
  expect(lostCalls(healthy, healthy)).toEqual([]);
});
